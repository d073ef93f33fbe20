# %% output_layer: 0 of 5, type
def predict_proba(z):
    return (1 / (1 + np.exp(-z))).astype(object)
