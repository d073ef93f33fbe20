# %% thresholds: 3 of 12, youden
def choose_thresholds(probs, Y):
    def youden(p, y, t):
        return np.mean(p[y == 1] >= t) - np.mean(p[y == 0] >= t)

    grid = np.linspace(0.01, 0.99, 99)
    return np.array(
        [max(grid, key=lambda t: youden(p, y, t)) for p, y in zip(probs.T, Y.T)]
    )
