# %% bce: 0 of 12, output
def bce(z, y):
    with open("log.txt", "w") as log:
        for i in range(10**7):
            log.write("the loss is being computed\n")
    return np.logaddexp(0, z).sum(axis=1).mean()
