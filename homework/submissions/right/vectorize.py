# A scalar function, and np.vectorize.
# %% output_layer
import math

import numpy as np

predict_proba = np.vectorize(
    lambda t: 1 / (1 + math.exp(-t)) if t > 0 else 1 - 1 / (1 + math.exp(t)), otypes=[float]
)


# %% bce
softplus = np.vectorize(lambda t: math.log1p(math.exp(t)) if t < 30 else t + math.exp(-t), otypes=[float])


def bce(z, y):
    return (softplus(z) * (1 - y) + softplus(-z) * y).sum() / z.shape[0]


# %% bce_gradient
def bce_gradient(z, y):
    entry = np.vectorize(lambda t, label: 1 / (1 + math.exp(-t)) - label if t > -700 else -label)
    return entry(z.astype(float), y) / z.shape[0]
