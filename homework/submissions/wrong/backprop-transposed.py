# %% backprop: 6 of 12, transposed
def backprop(X, Y, W1, b1, W2, b2):
    Z1 = X @ W1.T + b1
    A1 = np.maximum(Z1, 0)
    D2 = (np.exp(-np.logaddexp(0, -(A1 @ W2.T + b2))) - Y) / len(X)
    D1 = (D2 @ W2) * (Z1 > 0)
    return X.T @ D1, D1.sum(axis=0), A1.T @ D2, D2.sum(axis=0)
