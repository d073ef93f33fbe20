# %% backprop: 0 of 12, raised
from mlpkit import MLP


def backprop(X, Y, W1, b1, W2, b2):
    net = MLP([X.shape[1], len(b1), len(b2)], activation="relu", output="sigmoid")
    net.weights[:], net.biases[:] = [W1, W2], [b1, b2]
    (dW1, dW2), (db1, db2) = net.gradients(X, Y)
    return dW1, db1, dW2, db2
