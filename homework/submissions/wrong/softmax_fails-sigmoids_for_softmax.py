# %% softmax_fails: 6 of 9, sigmoids_for_softmax
m = targets.sum(axis=1)
best_softmax_probs = targets
best_softmax_loss = m * np.log(m)
best_sigmoid_loss = np.zeros(3)
