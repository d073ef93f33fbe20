# %% bce_gradient: 0 of 10, global_state
n = 0


def bce_gradient(z, y):
    global n
    n += len(z)  # all samples seen so far, not those of this batch
    return (1 / (1 + np.exp(-z)) - y) / n
