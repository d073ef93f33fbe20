# %% thresholds: 3 of 12, index
def choose_thresholds(probs, Y):
    grid = np.linspace(0.01, 0.99, 99)
    scores = [
        2 * ((probs >= t) * Y).sum(axis=0) / ((probs >= t).sum(axis=0) + Y.sum(axis=0)) for t in grid
    ]
    return np.argmax(scores, axis=0)
