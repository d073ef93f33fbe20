# %% bce: 9 of 12, mutated
def bce(z, y):
    y[y == 0] = -1
    return np.logaddexp(0, -y * z).sum(axis=1).mean()
