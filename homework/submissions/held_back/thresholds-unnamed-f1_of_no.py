# %% thresholds: 2 of 12, unnamed
def choose_thresholds(probs, Y):
    def f1_of_no(p, y, t):
        no = p < t
        return 2 * (no & (y == 0)).sum() / max(no.sum() + (y == 0).sum(), 1)

    grid = np.linspace(0.01, 0.99, 99)
    return np.array([max(grid, key=lambda t: f1_of_no(p, y, t)) for p, y in zip(probs.T, Y.T)])
