# %% softmax_fails: 0 of 9, untrained
best_softmax_probs = np.full((3, 5), 0.2)
best_softmax_loss = targets.sum(axis=1) * np.log(5)
best_sigmoid_loss = np.full(3, 5 * np.log(2))
