"""Gradient descent: full batch, mini-batches or single samples. Source: S1-55, S1-56, S2-35."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from .checks import FloatArray, number, positive_int
from .losses import HEADS
from .mlp import MLP


@dataclass
class History:
    """One entry an epoch.

    `train_loss` is the mean loss of the samples as the epoch met them, each before the step it
    took part in; `validation_loss` and `validation_accuracy` are taken after the epoch. All are
    without the penalty. `learning_rate` is that of the epoch's last step.
    """

    train_loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    learning_rate: list[float] = field(default_factory=list)


def sgd(
    net: MLP,
    X: ArrayLike,
    Y: ArrayLike,
    *,
    epochs: int,
    batch_size: int | None = 32,
    learning_rate: float | Callable[[int], float] = 0.1,
    l2: float = 0.0,
    momentum: float = 0.0,
    rng: np.random.Generator | int,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    progress: bool = False,
) -> History:
    """Train `net` in place on X (n, d) and Y (n, C); return the History.

    `batch_size` None takes all samples in each step. `learning_rate` is a number or a function of
    the step 0, 1, 2, …. `l2` is λ of the penalty (λ/2N) Σ‖W‖² with N = n, whatever the batch
    size. `rng` (a Generator or a seed) shuffles the samples anew in each epoch. `validation` is a
    pair (X, Y). Raises ValueError for wrong arguments and FloatingPointError when the loss is no
    longer finite.
    """
    X, Y = net.check(X, Y)
    epochs = positive_int("epochs", epochs)
    n = len(X)
    batch_size = n if batch_size is None else min(n, positive_int("batch_size", batch_size))
    l2 = number("l2", l2)
    momentum = number("momentum", momentum)
    if not callable(learning_rate):
        number("learning_rate", learning_rate, above=True)
    if momentum >= 1:
        raise ValueError(f"momentum must be less than 1, got {momentum}")
    if validation is not None:
        validation = net.check(*validation)
    rng = np.random.default_rng(rng)
    head = HEADS[net.output]
    velocity = np.zeros_like(net.parameters)
    history, step = History(), 0
    for epoch in _progress(range(epochs), progress):
        total = 0.0
        order = rng.permutation(n)
        for start in range(0, n, batch_size):
            rows = order[start : start + batch_size]
            rate = learning_rate(step) if callable(learning_rate) else learning_rate
            total += len(rows) * head.loss(net.logits(X[rows]), Y[rows])
            gradients = net.gradients(X[rows], Y[rows], l2, n_samples=n)
            velocity *= momentum
            velocity -= rate * np.concatenate(
                [g.ravel() for g in (*gradients.weights, *gradients.biases)]
            )
            net.parameters += velocity
            step += 1
        if not np.isfinite(total):
            raise FloatingPointError(
                f"the loss is {total} in epoch {epoch}: try a smaller learning_rate"
            )
        history.train_loss.append(total / n)
        history.learning_rate.append(float(rate))
        if validation is not None:
            history.validation_loss.append(net.loss(*validation))
            history.validation_accuracy.append(_accuracy(net, *validation))
    return history


def _accuracy(net: MLP, X: FloatArray, Y: FloatArray) -> float:
    predicted = net.predict(X)
    return float((predicted == (Y.argmax(axis=1) if net.output == "softmax" else Y)).mean())


def _progress(epochs: Iterable[int], show: bool) -> Iterable[int]:
    if not show:
        return epochs
    from tqdm import tqdm

    return tqdm(epochs, unit="epoch")  # type: ignore[no-any-return]
