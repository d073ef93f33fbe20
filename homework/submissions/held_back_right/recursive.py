# Recursion and closures.
# %% bce
def bce(z, y):
    if len(z) == 1:
        return float(sum(np.logaddexp(0, (1 - 2 * t) * s) for s, t in zip(z[0], y[0])))
    return (bce(z[:1], y[:1]) + (len(z) - 1) * bce(z[1:], y[1:])) / len(z)


# %% bce_gradient
def bce_gradient(z, y):
    return np.array([[(1 - 2 * t) / (1 + np.exp(-(1 - 2 * t) * s)) / len(z) for s, t in zip(*rows)] for rows in zip(z, y)])

# %% backprop
def backprop(X, Y, W1, b1, W2, b2):
    if len(X) > 1:  # the mean over the samples, one after the other
        first = backprop(X[:1], Y[:1], W1, b1, W2, b2)
        others = backprop(X[1:], Y[1:], W1, b1, W2, b2)
        return tuple((a + (len(X) - 1) * b) / len(X) for a, b in zip(first, others))
    h = (W1 @ X[0] + b1).clip(0)
    d = 0.5 + 0.5 * np.tanh((W2 @ h + b2) / 2) - Y[0]
    e = d @ W2 * (h > 0)
    return np.outer(e, X[0]), e, np.outer(d, h), d
