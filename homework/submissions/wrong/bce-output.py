# %% bce: 0 of 12, output
def bce(z, y):
    for _ in range(1 << 20):
        print("x" * 1024)  # a gigabyte
    return (np.logaddexp(0, z) - y * z).sum(axis=1).mean()
