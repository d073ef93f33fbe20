# %% output_layer: 1.25 of 5, tanh
def predict_proba(z):
    return np.tanh(z)
