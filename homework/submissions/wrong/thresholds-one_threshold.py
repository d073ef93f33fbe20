# %% thresholds: 3 of 12, one_threshold
def choose_thresholds(probs, Y):
    def micro_f1(t):
        said = probs >= t
        return 2 * (said * Y).sum() / (said.sum() + Y.sum())

    best = max(np.linspace(0.01, 0.99, 99), key=micro_f1)
    return np.full(probs.shape[1], best)
