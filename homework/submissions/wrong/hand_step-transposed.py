# %% hand_step: 8 of 12, transposed
delta = 1 / (1 + np.exp(-(W @ x + b))) - y
W_new = W.T - rate * np.outer(x, delta)
b_new = b - rate * delta
