# %% output_layer: 1.25 of 5, hard_decision
def predict_proba(z):
    return (z > 0).astype(float)
