# %% backprop: 6 of 12, bias_no_mean
def backprop(X, Y, W1, b1, W2, b2):
    n = len(X)
    Z1 = X @ W1.T + b1
    A1 = np.maximum(Z1, 0)
    D2 = 1 / (1 + np.exp(-(A1 @ W2.T + b2))) - Y
    D1 = (D2 @ W2) * (Z1 > 0)
    return D1.T @ X / n, D1.sum(axis=0), D2.T @ A1 / n, D2.sum(axis=0)
