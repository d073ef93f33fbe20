# %% output_layer: 0 of 5, raised
import math


def predict_proba(z):
    return 1 / (1 + math.exp(-z))  # math takes one number, not an array
