# %% backprop: 6.5 of 12, mask_without_bias
def backprop(X, Y, W1, b1, W2, b2):
    A1 = np.maximum(X @ W1.T + b1, 0)
    D2 = (1 / (1 + np.exp(-(A1 @ W2.T + b2))) - Y) / len(X)
    D1 = (D2 @ W2) * (X @ W1.T > 0)  # the derivative at another argument
    return D1.T @ X, D1.sum(axis=0), D2.T @ A1, D2.sum(axis=0)
