# Every sum with its letters.
# %% output_layer
import numpy as np


def predict_proba(z):
    return np.exp(-np.logaddexp(np.zeros_like(z), -z))


# %% bce
def bce(z, y):
    return np.einsum("nk->", np.logaddexp(0, z)) / len(z) - np.einsum("nk,nk->", y, z) / len(z)


# %% bce_gradient
def bce_gradient(z, y):
    return np.einsum("nk,->nk", predict_proba(z) - y, 1 / z.shape[0])


# %% hand_step
delta = predict_proba(np.einsum("kj,j->k", W, x) + b) - y
W_new = W - rate * np.einsum("k,j->kj", delta, x)
b_new = b - rate * delta

# %% thresholds
def choose_thresholds(probs, Y):
    grid = np.linspace(0.005, 0.995, 199)
    said = (probs[None] >= grid[:, None, None]).astype(float)
    hits = np.einsum("tnk,nk->tk", said, Y)
    f1 = 2 * hits / (np.einsum("tnk->tk", said) + np.einsum("nk->k", Y) + 1e-12)
    return grid[f1.argmax(axis=0)]


# %% backprop
def backprop(X, Y, W1, b1, W2, b2):
    Z1 = np.einsum("ni,ji->nj", X, W1) + b1
    A1 = np.maximum(Z1, 0)
    D2 = (predict_proba(np.einsum("nj,kj->nk", A1, W2) + b2) - Y) / X.shape[0]
    D1 = np.einsum("nk,kj,nj->nj", D2, W2, np.heaviside(Z1, 0))
    return (
        np.einsum("nj,ni->ji", D1, X),
        np.einsum("nj->j", D1),
        np.einsum("nk,nj->kj", D2, A1),
        np.einsum("nk->k", D2),
    )
