# %% thresholds: 6 of 12, logit_threshold
def choose_thresholds(probs, Y):
    z = np.log(probs / (1 - probs))
    grid = np.linspace(-4, 4, 161)
    scores = [2 * ((z >= t) * Y).sum(axis=0) / ((z >= t).sum(axis=0) + Y.sum(axis=0)) for t in grid]
    return grid[np.argmax(scores, axis=0)]
