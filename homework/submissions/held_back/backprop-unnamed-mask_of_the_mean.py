# %% backprop: 6 of 12, unnamed
def backprop(X, Y, W1, b1, W2, b2):
    Z1 = X @ W1.T + b1
    A1 = np.maximum(Z1, 0)
    D2 = (1 / (1 + np.exp(-(A1 @ W2.T + b2))) - Y) / len(X)
    D1 = (D2 @ W2) * (Z1.mean(axis=0) > 0)  # one mask for the whole batch
    return D1.T @ X, D1.sum(axis=0), D2.T @ A1, D2.sum(axis=0)
