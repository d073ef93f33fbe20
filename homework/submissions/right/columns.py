# Samples in columns inside, as on paper; transposed on the way in and out.
# %% output_layer
import numpy as np


def predict_proba(z):
    Z = z.T
    return (1 / (1 + np.exp(-np.clip(Z, -700, 700)))).T


# %% bce
def bce(z, y):
    Z, T = z.T, y.T
    per_column = np.sum(np.logaddexp(0, Z) - T * Z, axis=0)
    return np.mean(per_column)


# %% bce_gradient
def bce_gradient(z, y):
    Z, T = z.T, y.T
    return np.ascontiguousarray(((predict_proba(z).T - T) / Z.shape[1]).T)


# %% hand_step
x_column, y_column, b_column = x.reshape(-1, 1), y.reshape(-1, 1), b.reshape(-1, 1)
delta = 1 / (1 + np.exp(-(W @ x_column + b_column))) - y_column
W_new = W - rate * delta @ x_column.T
b_new = (b_column - rate * delta).ravel()

# %% backprop
def backprop(X, Y, W1, b1, W2, b2):
    A0, T, m = X.T, Y.T, X.shape[0]
    Z1 = W1 @ A0 + b1[:, None]
    A1 = Z1 * (Z1 > 0)
    Z2 = W2 @ A1 + b2[:, None]
    D2 = predict_proba(Z2) - T
    D1 = (W2.T @ D2) * (Z1 > 0)
    return D1 @ A0.T / m, D1.sum(axis=1) / m, D2 @ A1.T / m, D2.sum(axis=1) / m
