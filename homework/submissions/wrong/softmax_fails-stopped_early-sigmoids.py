# %% softmax_fails: 7 of 9, stopped_early
m = targets.sum(axis=1)
best_softmax_probs = targets / m[:, None]
best_softmax_loss = m * np.log(m)
s = np.zeros((3, 5))
for _ in range(300):  # softmax has come to rest by then
    s -= 0.5 * (1 / (1 + np.exp(-s)) - targets)
best_sigmoid_loss = (np.logaddexp(0, s) - targets * s).sum(axis=1)
