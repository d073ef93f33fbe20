# %% output_layer: 1.25 of 5, inexact
def predict_proba(z):
    return np.round(1 / (1 + np.exp(-z)), 3)
