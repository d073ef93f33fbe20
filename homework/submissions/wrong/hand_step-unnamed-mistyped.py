# %% hand_step: 4 of 12, unnamed
delta = 1 / (1 + np.exp(-(W @ x + b))) - y
W_new = W - rate * np.outer(delta, x)
W_new[1, 2] = -W_new[1, 2]
b_new = b - rate * delta
