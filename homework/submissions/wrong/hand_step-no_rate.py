# %% hand_step: 6 of 12, no_rate
delta = 1 / (1 + np.exp(-(W @ x + b))) - y
W_new = W - np.outer(delta, x)
b_new = b - delta
