# %% output_layer: 0 of 5, global_state
calls = []


def predict_proba(z):
    calls.append(z)
    return np.exp(-np.logaddexp(0, -z)) / len(calls)
