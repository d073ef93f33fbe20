# %% output_layer: 0 of 5, normalised
def predict_proba(z):
    a = 1 / (1 + np.exp(-z))
    return a / a.sum(axis=1, keepdims=True)
