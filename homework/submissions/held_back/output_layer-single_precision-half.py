# %% output_layer: 3.75 of 5, single_precision
def predict_proba(z):
    z = z.astype("float16")
    return 1 / (1 + np.exp(-z))
