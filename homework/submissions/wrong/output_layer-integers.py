# %% output_layer: 4 of 5, integers
def predict_proba(z):
    p = np.zeros_like(z)  # an array of whole numbers for whole numbers
    p[:] = np.exp(-np.logaddexp(0, -z))
    return p
