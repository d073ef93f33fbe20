# %% train: 3.5 of 14, hard_decision
from mlpkit import MLP, sgd


def train(X, Y, X_val, Y_val, rng):
    net = MLP([X.shape[1], 32, Y.shape[1]], activation="relu", output="sigmoid", rng=rng)
    sgd(net, X, Y, epochs=20, learning_rate=0.1, momentum=0.9, rng=rng)
    return lambda X: (net.predict_proba(X) > 0.5).astype(float)
