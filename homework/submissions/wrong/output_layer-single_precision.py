# %% output_layer: 3.75 of 5, single_precision
def predict_proba(z):
    z = np.asarray(z, dtype=np.float32)
    return np.exp(-np.logaddexp(0, -z))
