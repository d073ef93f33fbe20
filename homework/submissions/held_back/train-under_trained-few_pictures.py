# %% train: 0 of 14, under_trained
from mlpkit import MLP, sgd


def train(X, Y, X_val, Y_val, rng):
    net = MLP([X.shape[1], 32, Y.shape[1]], activation="relu", output="sigmoid", rng=rng)
    sgd(net, X[:20], Y[:20], epochs=30, learning_rate=0.1, rng=rng)
    return net
