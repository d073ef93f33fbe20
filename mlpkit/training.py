"""Gradient descent: full batch, mini-batches or single samples. Source: S1-55, S1-56, S2-35."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .backprop import Pass
from .checks import FloatArray, generator, number, positive_int
from .losses import HEADS
from .mlp import CHUNK, MLP


@dataclass
class History:
    """One entry an epoch; losses are means over samples, without the penalty.

    `train_loss` meets each sample just before the step that it takes part in; the validation
    figures are taken after the epoch, `learning_rate` is that of its last step.
    `validation_accuracy` is the share of right classes for softmax, of right labels for sigmoid.
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
    """Train `net` in place on X (n, d) and Y (n, C).

    A step is v ← μv + η(∂J/∂W + (λ/N)W), W ← W − v, with μ = `momentum`, λ = `l2`, which spares
    the biases, and N = n whatever the batch size. η = `learning_rate` is a number or a function
    of the step 0, 1, …. `batch_size` None takes all samples in each step, otherwise `rng` (a
    Generator or a seed) shuffles them for each epoch. `validation` is a pair (X, Y). `progress`
    shows a bar (needs tqdm).

    Raises ValueError for wrong arguments, FloatingPointError when the loss stops being finite.

    >>> net = MLP([1, 2], rng=0)
    >>> history = sgd(net, [[-1.0], [1.0]], [[1, 0], [0, 1]], epochs=50, learning_rate=1, rng=0)
    >>> history.train_loss[0] > 10 * history.train_loss[-1]
    True
    """
    X, Y = net.check(X, Y)
    n = len(X)
    epochs = positive_int("epochs", epochs)
    batch_size = n if batch_size is None else min(n, positive_int("batch_size", batch_size))
    rate_at = _schedule(learning_rate)
    l2, momentum = number("l2", l2), number("momentum", momentum)
    if momentum >= 1:
        raise ValueError(f"momentum must be less than 1, got {momentum:g}")
    held_out = None if validation is None else _check_validation(net, validation)
    rng = generator("rng", rng)

    passes = {size: Pass(net, size) for size in {batch_size, n % batch_size} - {0}}
    weights = net.parameters[: sum(W.size for W in net.weights)]
    penalty = np.empty_like(weights)
    velocity = np.zeros_like(net.parameters)
    logits = np.empty_like(Y)
    history, step = History(), 0
    for epoch in _with_bar(epochs, history) if progress else range(epochs):
        order = rng.permutation(n) if batch_size < n else np.arange(n)
        with np.errstate(all="ignore"):  # a run that diverges is reported once, below
            for rows, X_batch, Y_batch in _batches(X, Y, order, batch_size):
                work = passes[len(X_batch)]
                logits[rows] = work.forward(X_batch)
                rate = rate_at(step)
                update = work.backward(X_batch, Y_batch, rate / len(X_batch))  # η times gradient
                if l2:
                    update[: weights.size] += np.multiply(weights, rate * l2 / n, out=penalty)
                if momentum:
                    velocity *= momentum
                    velocity += update
                    update = velocity
                net.parameters -= update
                step += 1
        if not (np.isfinite(logits).all() and np.isfinite(net.parameters).all()):
            raise FloatingPointError(
                f"the loss stopped being finite in epoch {epoch + 1}: try a smaller "
                "learning_rate, less momentum, smaller first weights, or inputs scaled to about ±1"
            )
        history.train_loss.append(_mean_loss(net, logits, Y, order))
        history.learning_rate.append(rate)
        if held_out is not None:
            _validate(net, *held_out, history)
    return history


def _schedule(learning_rate: float | Callable[[int], float]) -> Callable[[int], float]:
    if not callable(learning_rate):
        constant = number("learning_rate", learning_rate, positive=True)
        return lambda step: constant
    return lambda step: number(f"learning_rate({step})", learning_rate(step))


def _check_validation(net: MLP, validation: object) -> tuple[FloatArray, FloatArray]:
    if not isinstance(validation, Sequence) or len(validation) != 2:
        raise ValueError(f"validation must be a pair (X, Y), got {type(validation).__name__}")
    try:
        return net.check(*validation)
    except ValueError as error:
        raise ValueError(f"validation: {error}") from None


def _validate(net: MLP, X: FloatArray, Y: FloatArray, history: History) -> None:
    history.validation_loss.append(net.loss(X, Y))
    if net.output != "identity":
        truth = Y.argmax(axis=1) if net.output == "softmax" else Y
        history.validation_accuracy.append(float((net.predict(X) == truth).mean()))


def _with_bar(epochs: int, history: History) -> Iterator[int]:
    from tqdm import tqdm  # type: ignore[import-untyped]

    with tqdm(total=epochs, unit="epoch") as bar:
        for epoch in range(epochs):
            yield epoch
            bar.set_postfix(loss=f"{history.train_loss[-1]:.4f}", refresh=False)
            bar.update()


def _batches(
    X: FloatArray, Y: FloatArray, order: NDArray[np.intp], batch_size: int
) -> Iterator[tuple[slice, FloatArray, FloatArray]]:
    """Yield the place of each batch in `order` and its rows, gathered into the same buffers."""
    n = len(X)
    if batch_size == n:
        yield slice(0, n), X, Y
        return
    X_buffer, Y_buffer = np.empty_like(X[:batch_size]), np.empty_like(Y[:batch_size])
    for start in range(0, n, batch_size):
        rows = slice(start, min(start + batch_size, n))
        picked = order[rows]
        # with mode="raise" NumPy would gather into a copy of `out` first
        X_batch = X.take(picked, axis=0, out=X_buffer[: len(picked)], mode="clip")
        Y_batch = Y.take(picked, axis=0, out=Y_buffer[: len(picked)], mode="clip")
        yield rows, X_batch, Y_batch


def _mean_loss(net: MLP, logits: FloatArray, Y: FloatArray, order: NDArray[np.intp]) -> float:
    """Return the mean loss over an epoch's logits, whose rows are in `order`."""
    head, total = HEADS[net.output], 0.0
    for start in range(0, len(order), CHUNK):
        rows = slice(start, start + CHUNK)
        total += head.quick_loss(logits[rows], Y.take(order[rows], axis=0)) * len(order[rows])
    return total / len(order)
