# %% hand_step: 8 of 12, bias_forgotten
delta = 1 / (1 + np.exp(-(W @ x + b))) - y
W_new = W - rate * np.outer(delta, x)
b_new = b
