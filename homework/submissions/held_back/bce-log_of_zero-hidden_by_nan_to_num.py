# %% bce: 8 of 12, log_of_zero
def bce(z, y):
    p = 1 / (1 + np.exp(-z))
    terms = y * np.log(p) + (1 - y) * np.log(1 - p)
    return -np.nan_to_num(terms).sum(axis=1).mean()
