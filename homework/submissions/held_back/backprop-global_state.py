# %% backprop: 0 of 12, global_state
sums = {}


def backprop(X, Y, W1, b1, W2, b2):
    Z1 = X @ W1.T + b1
    A1 = np.maximum(Z1, 0)
    D2 = (1 / (1 + np.exp(-(A1 @ W2.T + b2))) - Y) / len(X)
    D1 = (D2 @ W2) * (Z1 > 0)
    gradients = D1.T @ X, D1.sum(axis=0), D2.T @ A1, D2.sum(axis=0)
    for i, g in enumerate(gradients):  # accumulated, and never set to zero
        sums[i, g.shape] = sums.get((i, g.shape), 0) + g
    return tuple(sums[i, g.shape] for i, g in enumerate(gradients))
