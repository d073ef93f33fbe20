# %% train: 10.5 of 14, mutated
from mlpkit import MLP, sgd


def train(X, Y, X_val, Y_val, rng):
    mean = X.mean(axis=0)
    X -= mean  # the caller's pictures as well
    net = MLP([X.shape[1], 32, Y.shape[1]], activation="relu", output="sigmoid", rng=rng)
    sgd(net, X, Y, epochs=30, learning_rate=0.1, momentum=0.9, l2=2, rng=rng)
    return lambda X: net.predict_proba(X - mean)
