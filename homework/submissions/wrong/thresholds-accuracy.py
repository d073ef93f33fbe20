# %% thresholds: 3 of 12, accuracy
def choose_thresholds(probs, Y):
    grid = np.linspace(0.01, 0.99, 99)
    return grid[np.argmax([((probs >= t) == Y).mean(axis=0) for t in grid], axis=0)]
