# %% output_layer: 0 of 5, nothing
def predict_proba(z):
    np.exp(-np.logaddexp(0, -z))
