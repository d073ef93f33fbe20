# %% output_layer: 0 of 5, missing
def predict(z):
    return np.exp(-np.logaddexp(0, -z))
