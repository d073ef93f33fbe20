# %% bce: 3 of 12, present_only
def bce(z, y):
    return (y * np.logaddexp(0, -z)).sum(axis=1).mean()
