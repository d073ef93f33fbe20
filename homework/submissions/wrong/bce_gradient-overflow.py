# %% bce_gradient: 9 of 10, overflow
def bce_gradient(z, y):
    e = np.exp(z)
    return (e / (1 + e) - y) / len(z)
