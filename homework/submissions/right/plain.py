# The shortest answers, in the book's own style.
# %% output_layer
import numpy as np


def predict_proba(z):
    return np.exp(-np.logaddexp(0, -z))


# %% bce
def bce(z, y):
    return (np.logaddexp(0, z) - y * z).sum(axis=1).mean()


# %% bce_gradient
def bce_gradient(z, y):
    return (predict_proba(z) - y) / len(z)


# %% train
from mlpkit import MLP, sgd


def train(X, Y, X_val, Y_val, rng):
    net = MLP([X.shape[1], 32, Y.shape[1]], activation="relu", output="sigmoid", rng=rng)
    sgd(net, X, Y, epochs=30, learning_rate=0.1, momentum=0.9, l2=2, rng=rng)
    return net.predict_proba


# %% thresholds
def choose_thresholds(probs, Y):
    def f1(said, y):
        return 2 * (said & (y == 1)).sum() / max(said.sum() + y.sum(), 1)

    grid = np.linspace(0.01, 0.99, 99)
    return np.array(
        [grid[np.argmax([f1(p >= t, y) for t in grid])] for p, y in zip(probs.T, Y.T)]
    )


# %% backprop
def backprop(X, Y, W1, b1, W2, b2):
    Z1 = X @ W1.T + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2.T + b2
    D2 = bce_gradient(Z2, Y)
    D1 = (D2 @ W2) * (Z1 > 0)
    return D1.T @ X, D1.sum(axis=0), D2.T @ A1, D2.sum(axis=0)

# %% hand_step
delta = predict_proba(W @ x + b) - y
W_new = W - rate * np.outer(delta, x)
b_new = b - rate * delta

# %% softmax_fails
def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


z, s = np.zeros((3, 5)), np.zeros((3, 5))
for _ in range(4000):
    for n, y in enumerate(targets):
        z[n] -= 0.5 * (y.sum() * softmax(z[n]) - y)
    s -= 0.5 * (predict_proba(s) - targets)
best_softmax_probs = np.array([softmax(row) for row in z])
best_softmax_loss = -(targets * np.log(best_softmax_probs)).sum(axis=1)
best_sigmoid_loss = np.array([bce(s[[n]], targets[[n]]) for n in range(3)])
