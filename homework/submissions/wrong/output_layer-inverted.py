# %% output_layer: 2.5 of 5, inverted
def predict_proba(z):
    return 1 / (1 + np.exp(np.clip(z, -500, 500)))
