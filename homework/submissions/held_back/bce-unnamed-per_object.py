# %% bce: 0 of 12, unnamed
def bce(z, y):
    return (np.logaddexp(0, z) - y * z).sum() / y.sum()
