# %% hand_step: 3 of 12, gradient_only
delta = 1 / (1 + np.exp(-(W @ x + b))) - y
W_new = np.outer(delta, x)
b_new = delta
