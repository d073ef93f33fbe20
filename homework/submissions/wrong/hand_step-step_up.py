# %% hand_step: 6 of 12, step_up
delta = 1 / (1 + np.exp(-(W @ x + b))) - y
W_new = W + rate * np.outer(delta, x)
b_new = b + rate * delta
