# The textbook forms: tanh for the sigmoid, max(z, 0) - yz + ln(1 + exp(-|z|)) for the loss.
# %% output_layer
import numpy as np


def predict_proba(z):
    return 0.5 * (1 + np.tanh(z / 2))


# %% bce
def bce(z, y):
    losses = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))
    return np.mean(np.sum(losses, axis=-1))


# %% bce_gradient
def bce_gradient(z, y):
    n, C = z.shape
    return C * (predict_proba(z) - y) / z.size


# %% hand_step
# with pencil, to four decimals
W_new = [[-0.7193, -1.0731, 0.6462], [2.2642, 1.5881, 0.8238]]
b_new = [4.4269, -7.4119]

# %% softmax_fails
# from the condition that the gradient vanishes: m q = y
m = targets.sum(axis=1, keepdims=True)
best_softmax_probs = targets / m
best_softmax_loss = (m * np.log(m)).ravel()
best_sigmoid_loss = [0.0, 0.0, 0.0]

# %% thresholds
def choose_thresholds(probs, Y):
    # sort each column: "yes" to the first k, whose F1 follows from a running sum
    chosen = []
    for p, y in zip(probs.T, Y.T):
        order = np.argsort(-p)
        f1 = 2 * np.cumsum(y[order]) / (np.arange(1, len(p) + 1) + y.sum())
        chosen.append(p[order][np.argmax(f1)])
    return tuple(chosen)
