# %% hand_step: 6 of 12, change_only
delta = 1 / (1 + np.exp(-(W @ x + b))) - y
W_new = rate * np.outer(delta, x)
b_new = rate * delta
