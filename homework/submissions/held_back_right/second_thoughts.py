# A wrong first version, mended further down; a generator, a decorator, a lambda.
# %% output_layer
predict_proba = lambda z: np.exp(z) / np.exp(z).sum()


def stable(f):
    def wrapped(z):
        z = np.asarray(z, float)
        return np.where(z < 0, 1 - f(np.abs(z)), f(np.abs(z)))
    return wrapped


@stable
def predict_proba(z):
    return 1 / (1 + np.exp(-z))

# %% bce
def bce(z, y):
    def losses():
        for row, labels in zip(z, y):
            yes, no = labels == 1, labels == 0
            yield np.logaddexp(0, -row[yes]).sum() + np.logaddexp(0, row[no]).sum()
    return sum(losses()) / sum(1 for _ in z)

# %% train
from mlpkit import MLP, sgd


def train(X, Y, X_val, Y_val, rng):
    best, best_loss = None, np.inf
    for width in (16, 48):
        net = MLP([X.shape[1], width, Y.shape[1]], activation="relu", output="sigmoid", rng=rng)
        sgd(net, X, Y, epochs=25, learning_rate=0.1, momentum=0.9, l2=2, rng=rng)
        if net.loss(X_val, Y_val) < best_loss:
            best, best_loss = net, net.loss(X_val, Y_val)
    return best.predict_proba
