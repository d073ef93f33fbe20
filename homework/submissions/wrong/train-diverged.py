# %% train: 0 of 14, diverged
def train(X, Y, X_val, Y_val, rng):
    W = np.zeros((X.shape[1], Y.shape[1]))
    for _ in range(2000):  # least squares with a rate far too large
        W -= 100 * X.T @ (X @ W - Y)
    return lambda X: X @ W
