# %% thresholds: 0 of 12, half
def choose_thresholds(probs, Y):
    return np.full(probs.shape[1], 0.5)
