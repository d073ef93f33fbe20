# %% bce_gradient: 0 of 10, no_target
def bce_gradient(z, y):
    return np.exp(-np.logaddexp(0, -z)) / len(z)
