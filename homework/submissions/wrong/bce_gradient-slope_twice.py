# %% bce_gradient: 2.5 of 10, slope_twice
def bce_gradient(z, y):
    a = np.exp(-np.logaddexp(0, -z))
    return (a - y) * a * (1 - a) / len(z)
