# %% bce_gradient: 2.5 of 10, decided_first
def bce_gradient(z, y):
    a = np.exp(-np.logaddexp(0, -z)) > 0.5
    return (a - y) / len(z)
