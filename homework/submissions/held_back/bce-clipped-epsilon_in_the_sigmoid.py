# %% bce: 8 of 12, clipped
def bce(z, y):
    p = 1 / (1 + np.exp(-z) + 1e-7)
    return -np.mean(np.sum(y * np.log(p + 1e-7) + (1 - y) * np.log(1 - p + 1e-7), axis=1))
