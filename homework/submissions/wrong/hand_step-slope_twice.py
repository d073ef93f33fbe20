# %% hand_step: 3 of 12, slope_twice
a = 1 / (1 + np.exp(-(W @ x + b)))
delta = (a - y) * a * (1 - a)
W_new = W - rate * np.outer(delta, x)
b_new = b - rate * delta
