# Boolean masks and changes in place, but on copies.
# %% output_layer
import numpy as np


def predict_proba(z):
    p = np.array(z, dtype=float)
    positive = p >= 0
    p[positive] = 1 / (1 + np.exp(-p[positive]))
    e = np.exp(p[~positive])
    p[~positive] = e / (1 + e)
    return p


# %% bce
def bce(z, y):
    signed = np.array(z, dtype=float)
    signed[y == 1] *= -1
    loss = np.maximum(signed, 0)
    loss += np.log1p(np.exp(-np.abs(signed)))
    return float(loss.sum() / loss.shape[0])


# %% bce_gradient
def bce_gradient(z, y):
    g = predict_proba(z)
    g -= y
    g /= g.shape[0]
    return g


# %% backprop
def backprop(X, Y, W1, b1, W2, b2):
    A1 = X @ W1.T
    A1 += b1
    A1[A1 < 0] = 0
    D2 = bce_gradient(A1 @ W2.T + b2, Y)
    D1 = D2 @ W2
    D1[A1 == 0] = 0  # the derivative at the kink is zero as well
    return D1.T @ X, D1.sum(axis=0), D2.T @ A1, D2.sum(axis=0)
