# %% bce: 0 of 12, timeout
import time


def bce(z, y):
    time.sleep(3600)
    return (np.logaddexp(0, z) - y * z).sum(axis=1).mean()
