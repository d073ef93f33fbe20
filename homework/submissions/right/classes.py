# Objects: layers with forward and backward, a network with predict_proba.
# %% output_layer
import numpy as np


class Sigmoid:
    def __call__(self, z):
        a = np.exp(-np.abs(z))
        return np.where(z < 0, a, 1) / (1 + a)


predict_proba = Sigmoid()


# %% bce
class Loss:
    def __call__(self, z, y):
        return -np.mean(np.sum(y * self.log_sigmoid(z) + (1 - y) * self.log_sigmoid(-z), axis=1))

    @staticmethod
    def log_sigmoid(z):
        return -np.logaddexp(0, -z)

    def gradient(self, z, y):
        return (predict_proba(z) - y) / len(z)


loss = Loss()
bce = loss.__call__

# %% bce_gradient
bce_gradient = Loss().gradient


# %% backprop
class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, A):
        self.A = A
        return A @ self.W.T + self.b

    def backward(self, D):
        self.dW, self.db = D.T @ self.A, D.sum(axis=0)
        return D @ self.W


class ReLU:
    def forward(self, Z):
        self.on = Z > 0
        return Z * self.on

    def backward(self, D):
        return D * self.on


def backprop(X, Y, W1, b1, W2, b2):
    layers = [Linear(W1, b1), ReLU(), Linear(W2, b2)]
    A = X
    for layer in layers:
        A = layer.forward(A)
    D = bce_gradient(A, Y)
    for layer in reversed(layers):
        D = layer.backward(D)
    return layers[0].dW, layers[0].db, layers[2].dW, layers[2].db


# %% train
class Net:
    """Two layers in NumPy alone, trained with momentum on small batches."""

    def __init__(self, sizes, rng):
        self.p = []
        for i, o in zip(sizes, sizes[1:]):
            self.p += [rng.normal(scale=np.sqrt(2 / i), size=(o, i)), np.zeros(o)]
        self.v = [np.zeros_like(p) for p in self.p]

    def predict_proba(self, X):
        W1, b1, W2, b2 = self.p
        return 1 / (1 + np.exp(-(np.maximum(X @ W1.T + b1, 0) @ W2.T + b2)))

    def step(self, X, Y, rate):
        W1, b1, W2, b2 = self.p
        Z1 = X @ W1.T + b1
        A1 = np.maximum(Z1, 0)
        D2 = (1 / (1 + np.exp(-(A1 @ W2.T + b2))) - Y) / len(X)
        D1 = (D2 @ W2) * (Z1 > 0)
        for p, v, g in zip(self.p, self.v, (D1.T @ X, D1.sum(0), D2.T @ A1, D2.sum(0))):
            v *= 0.9
            v -= rate * (g + (1e-3 * p if p.ndim == 2 else 0))
            p += v


def train(X, Y, X_val, Y_val, rng):
    net = Net([X.shape[1], 40, Y.shape[1]], rng)
    for _ in range(40):
        order = rng.permutation(len(X))
        for part in np.array_split(order, len(X) // 32):
            net.step(X[part], Y[part], 0.1)
    return net
