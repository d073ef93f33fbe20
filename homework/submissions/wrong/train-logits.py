# %% train: 0 of 14, logits
def train(X, Y, X_val, Y_val, rng):
    W = np.linalg.lstsq(X, Y - 0.5, rcond=None)[0]
    return lambda X: X @ W
