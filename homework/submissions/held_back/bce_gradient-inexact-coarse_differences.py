# %% bce_gradient: 2.5 of 10, inexact
def bce_gradient(z, y):
    def loss(z):
        return (np.logaddexp(0, z) - y * z).sum(axis=1).mean()

    g = np.zeros(z.shape)
    for i in np.ndindex(z.shape):
        up = z.astype(float)
        up[i] += 0.01  # a one-sided difference with a long step
        g[i] = (loss(up) - loss(z)) / 0.01
    return g
