# %% bce: 3 of 12, sigmoid_twice
def bce(p, y):
    p = 1 / (1 + np.exp(-p))  # probabilities, taken for logits below
    return (np.logaddexp(0, p) - y * p).sum(axis=1).mean()
