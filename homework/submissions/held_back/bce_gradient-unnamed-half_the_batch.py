# %% bce_gradient: 0 of 10, unnamed
def bce_gradient(z, y):
    g = 1 / (1 + np.exp(-z)) - y
    g[::2] /= len(z)  # every other row only
    return g
