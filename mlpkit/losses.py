"""Output heads: an output activation and its loss, paired so that ∂𝓛/∂z = ŷ − y.

Each pair is canonical: the derivative of the activation cancels against that of the loss.
That is why `delta` belongs to the pair and to neither half. Shapes: `logits` and `Y` (n, C).
The loss is the mean over the n samples of the sum over the C outputs.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from .activations import identity, log_softmax, sigmoid, softmax
from .checks import FloatArray, real_array


class Head:
    """What the three pairs share."""

    activation: Callable[..., FloatArray]

    @classmethod
    def predict_proba(cls, logits: ArrayLike) -> FloatArray:
        """Return ŷ (n, C), the output activation of the logits."""
        return cls.activation(real_array("logits", logits, ndim=2))

    @classmethod
    def loss(cls, logits: ArrayLike, Y: ArrayLike) -> float:
        """Return the mean over samples of the loss, in nats for the cross-entropies."""
        logits, Y = cls.check(logits, Y)
        total: float = cls.terms(logits, Y).sum().item() / len(logits)
        return total

    @classmethod
    def delta(cls, logits: ArrayLike, Y: ArrayLike) -> FloatArray:
        """Return δ = ∂𝓛/∂z = ŷ − y (n, C), one row a sample, not divided by n."""
        logits, Y = cls.check(logits, Y)
        return cls.activation(logits) - Y

    @classmethod
    def check(cls, logits: ArrayLike, Y: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return both as arrays of the same shape, or raise ValueError."""
        logits = real_array("logits", logits, ndim=2)
        Y = cls.check_targets(Y, logits.shape[1])
        if Y.shape != logits.shape:
            raise ValueError(f"Y must have the shape {logits.shape} of logits, got {Y.shape}")
        return logits, Y.astype(logits.real.dtype, copy=False)

    @staticmethod
    def check_targets(Y: ArrayLike, n_outputs: int) -> FloatArray:
        """Return Y as an array of targets that this head can learn, or raise ValueError."""
        Y = real_array("Y", Y, ndim=2)
        if Y.shape[1] != n_outputs:
            raise ValueError(f"Y must have {n_outputs} columns, got shape {Y.shape}")
        return Y

    @staticmethod
    def terms(logits: FloatArray, Y: FloatArray) -> FloatArray:
        """Return the summands of the loss, shape (n, C)."""
        raise NotImplementedError


class SoftmaxCrossEntropy(Head):
    """Exactly one class per sample: softmax with −Σ_k y_k ln ŷ_k, in nats.

    Targets are distributions: one-hot or soft, each row summing to 1, because
    ∂𝓛/∂z = ŷ Σ_k y_k − y is ŷ − y only then. Source: S0-09, S0-31, S1-47, S2-32, S4-21.
    """

    activation = staticmethod(softmax)

    @staticmethod
    def terms(logits: FloatArray, Y: FloatArray) -> FloatArray:
        return -Y * log_softmax(logits)

    @staticmethod
    def check_targets(Y: ArrayLike, n_outputs: int) -> FloatArray:
        Y = Head.check_targets(Y, n_outputs)
        wrong = (np.abs(Y.sum(axis=1) - 1) > np.sqrt(np.finfo(Y.dtype).eps)) | (Y < 0).any(axis=1)
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise ValueError(
                f"Y must hold a distribution in each row (no negative entry, sum 1) for softmax, "
                f"got sum {Y[row].sum():g} and least entry {Y[row].min():g} in row {row}"
            )
        return Y


class SigmoidCrossEntropy(Head):
    """Any number of labels per sample: C sigmoids, each with −y ln ŷ − (1 − y) ln(1 − ŷ), nats.

    Targets are 0, 1 or soft values between. Source: S1-85, S1-86, S2-05.
    """

    activation = staticmethod(sigmoid)

    @staticmethod
    def terms(logits: FloatArray, Y: FloatArray) -> FloatArray:
        # ln(1 + e^z) − yz with the sign of z taken out: both summands are ≥ 0, nothing cancels
        positive = logits.real >= 0
        size = np.where(positive, logits, -logits)
        return size * np.where(positive, 1 - Y, Y) + np.log1p(np.exp(-size))

    @staticmethod
    def check_targets(Y: ArrayLike, n_outputs: int) -> FloatArray:
        Y = Head.check_targets(Y, n_outputs)
        if Y.min() < 0 or Y.max() > 1:
            raise ValueError(
                f"Y must lie between 0 and 1 for sigmoid, got {Y.min():g} to {Y.max():g}"
            )
        return Y


class SquaredError(Head):
    """Any real targets: identity with ½ Σ_k (ŷ_k − y_k)². Source: S0-34."""

    activation = staticmethod(identity)

    @staticmethod
    def terms(logits: FloatArray, Y: FloatArray) -> FloatArray:
        return 0.5 * (logits - Y) ** 2


HEADS: dict[str, type[Head]] = {
    "softmax": SoftmaxCrossEntropy,
    "sigmoid": SigmoidCrossEntropy,
    "identity": SquaredError,
}
