# Bias as a column of ones, everything as one product, np.matrix for the weights.
# %% hand_step
ones = np.append(x, 1.0)
theta = np.column_stack([W, b])
a = 1 / (1 + np.exp(-theta @ ones))
theta = theta + rate * np.outer(y - a, ones)
W_new, b_new = theta[:, :3], theta[:, 3]

# %% backprop
def backprop(X, Y, W1, b1, W2, b2):
    n = X.shape[0]
    T1, T2 = np.matrix(np.c_[b1, W1]), np.matrix(np.c_[b2, W2])
    A0 = np.matrix(np.c_[np.ones(n), X])
    Z1 = A0 * T1.T
    A1 = np.c_[np.ones(n), np.maximum(Z1, 0)]
    Z2 = np.asarray(A1 * T2.T)
    D2 = np.matrix(np.where(Z2 > 0, 1, np.exp(-abs(Z2))) / (1 + np.exp(-abs(Z2))) - Y) / n
    D1 = np.multiply(D2 * T2[:, 1:], Z1 > 0)
    G1, G2 = D1.T * A0, D2.T * A1
    return np.array(G1[:, 1:]), np.array(G1[:, 0]).ravel(), np.array(G2[:, 1:]), np.array(G2[:, 0]).ravel()
