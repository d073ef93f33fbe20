# %% output_layer: 3.75 of 5, mutated
def predict_proba(z):
    z *= -1
    return np.exp(-np.logaddexp(0, z))
