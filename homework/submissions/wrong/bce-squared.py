# %% bce: 0 of 12, squared
def bce(z, y):
    return ((np.exp(-np.logaddexp(0, -z)) - y) ** 2).sum(axis=1).mean()
