# %% softmax_fails: 0 of 9, stopped_early
def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


z, s = np.zeros((3, 5)), np.zeros((3, 5))
for _ in range(10):
    z -= 0.1 * (targets.sum(axis=1, keepdims=True) * softmax(z) - targets)
    s -= 0.1 * (1 / (1 + np.exp(-s)) - targets)
best_softmax_probs = softmax(z)
best_softmax_loss = -(targets * np.log(best_softmax_probs)).sum(axis=1)
best_sigmoid_loss = (np.logaddexp(0, s) - targets * s).sum(axis=1)
