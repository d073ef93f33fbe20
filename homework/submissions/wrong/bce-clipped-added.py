# %% bce: 8 of 12, clipped
def bce(z, y):
    p = 1 / (1 + np.exp(-z))
    return -(y * np.log(p + 1e-8) + (1 - y) * np.log(1 - p + 1e-8)).sum(axis=1).mean()
