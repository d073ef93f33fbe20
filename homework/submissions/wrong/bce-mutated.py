# %% bce: 9 of 12, mutated
def bce(z, y):
    y *= z
    return (np.logaddexp(0, z) - y).sum(axis=1).mean()
