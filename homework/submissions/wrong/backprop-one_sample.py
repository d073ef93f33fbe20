# %% backprop: 3 of 12, one_sample
def backprop(X, Y, W1, b1, W2, b2):
    for x, y in zip(X, Y):
        z1 = W1 @ x + b1
        a1 = np.maximum(z1, 0)
        d2 = (np.exp(-np.logaddexp(0, -(W2 @ a1 + b2))) - y) / len(X)
        d1 = (W2.T @ d2) * (z1 > 0)
        # overwritten where += belongs
        dW1, db1, dW2, db2 = np.outer(d1, x), d1, np.outer(d2, a1), d2
    return dW1, db1, dW2, db2
