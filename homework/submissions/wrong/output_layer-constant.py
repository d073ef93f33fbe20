# %% output_layer: 0 of 5, constant
def predict_proba(z):
    return 0.5
