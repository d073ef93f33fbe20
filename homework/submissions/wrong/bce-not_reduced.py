# %% bce: 6 of 12, not_reduced
def bce(z, y):
    return (np.logaddexp(0, z) - y * z).sum(axis=1)
