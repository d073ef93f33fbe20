# %% hand_step: 0 of 12, softmax
e = np.exp(W @ x + b)
delta = e / e.sum() - y
W_new = W - rate * np.outer(delta, x)
b_new = b - rate * delta
