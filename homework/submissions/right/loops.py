# Plain Python: a loop for every index, and the module math.
# %% output_layer
import math

import numpy as np


def sigmoid(t):
    if t >= 0:
        return 1 / (1 + math.exp(-t))
    return math.exp(t) / (1 + math.exp(t))


def predict_proba(z):
    p = np.zeros(z.shape)
    for i in range(z.shape[0]):
        for k in range(z.shape[1]):
            p[i, k] = sigmoid(z[i, k])
    return p


# %% bce
def bce(z, y):
    total = 0.0
    for i in range(len(z)):
        for k in range(len(z[i])):
            t = -z[i, k] if y[i, k] == 1 else z[i, k]  # the loss is ln(1 + e^t)
            total += t + math.log1p(math.exp(-t)) if t > 0 else math.log1p(math.exp(t))
    return total / len(z)


# %% bce_gradient
def bce_gradient(z, y):
    gradient = np.empty(z.shape)
    for i in range(z.shape[0]):
        for k in range(z.shape[1]):
            gradient[i, k] = (sigmoid(z[i, k]) - y[i, k]) / z.shape[0]
    return gradient


# %% hand_step
W_new, b_new = [[0.0] * 3 for _ in range(2)], [0.0, 0.0]
for k in range(2):
    logit = sum(W[k][j] * x[j] for j in range(3)) + b[k]
    delta = sigmoid(logit) - y[k]
    b_new[k] = b[k] - rate * delta
    for j in range(3):
        W_new[k][j] = W[k][j] - rate * delta * x[j]

# %% thresholds
def choose_thresholds(probs, Y):
    chosen = []
    for k in range(probs.shape[1]):
        best, best_score = 0.5, -1.0
        for t in [i / 100 for i in range(1, 100)]:
            hits = wrong_yes = missed = 0
            for p, y in zip(probs[:, k], Y[:, k]):
                if p >= t and y == 1:
                    hits += 1
                elif p >= t:
                    wrong_yes += 1
                elif y == 1:
                    missed += 1
            score = 2 * hits / max(2 * hits + wrong_yes + missed, 1)
            if score > best_score:
                best, best_score = t, score
        chosen.append(best)
    return chosen


# %% backprop
def backprop(X, Y, W1, b1, W2, b2):
    dW1, db1 = np.zeros(W1.shape), np.zeros(b1.shape)
    dW2, db2 = np.zeros(W2.shape), np.zeros(b2.shape)
    for x, y in zip(X, Y):
        z1 = [sum(w * v for w, v in zip(row, x)) + c for row, c in zip(W1, b1)]
        a1 = [max(v, 0.0) for v in z1]
        z2 = [sum(w * v for w, v in zip(row, a1)) + c for row, c in zip(W2, b2)]
        d2 = [(sigmoid(v) - t) / len(X) for v, t in zip(z2, y)]
        for k, d in enumerate(d2):
            db2[k] += d
            for j, a in enumerate(a1):
                dW2[k, j] += d * a
        for j, z in enumerate(z1):
            d1 = sum(W2[k, j] * d for k, d in enumerate(d2)) if z > 0 else 0.0
            db1[j] += d1
            for i, v in enumerate(x):
                dW1[j, i] += d1 * v
    return dW1, db1, dW2, db2
