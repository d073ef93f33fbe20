"""Output heads: an output activation and its loss, paired so that ∂𝓛/∂z = ŷ − y.

In each pair the derivative of the activation cancels against that of the loss. That is why
`delta` belongs to the pair and to neither half. `logits` and `Y` are (n, C); the loss is the
mean over the n samples of the sum over the C outputs. Losses are computed in float64; ŷ and δ
keep the dtype of the logits. All methods raise ValueError for shapes that differ, values that
are not finite, and targets outside the head's domain.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from .activations import (
    identity,
    identity_,
    shifted_exp,
    sigmoid,
    sigmoid_,
    softmax,
    softmax_,
)
from .checks import FloatArray, real_array


class Head(ABC):
    """What the pairs share: checks, and the mean over samples."""

    activation: Callable[[ArrayLike], FloatArray]
    apply: Callable[..., FloatArray]
    """The same as the training step uses it: apply(logits, out), unchecked."""

    @classmethod
    def predict_proba(cls, logits: ArrayLike) -> FloatArray:
        """Return ŷ (n, C), the output activation of the logits."""
        return cls.activation(real_array("logits", logits, ndim=2))

    @classmethod
    def loss(cls, logits: ArrayLike, Y: ArrayLike) -> float:
        """Return the mean over samples of the loss, in nats for the cross-entropies."""
        logits, Y = cls._check(logits, Y)
        # divided before the sum, which then stays finite as long as the mean is
        mean: float = (cls._terms(logits, Y) / len(Y)).sum().item()
        return mean

    @classmethod
    def delta(cls, logits: ArrayLike, Y: ArrayLike) -> FloatArray:
        """Return δ = ∂𝓛/∂z = ŷ − y (n, C), one row a sample, not divided by n."""
        delta = cls._delta(*cls._check(logits, Y))
        return delta.astype(np.result_type(np.asarray(logits), np.float32), copy=False)

    @classmethod
    def quick_loss(cls, logits: FloatArray, Y: FloatArray) -> float:
        """Return `loss` unchecked, for softmax in the precision of the logits."""
        return float(cls._terms(logits.astype(np.float64), Y).sum() / len(Y))

    @classmethod
    def check_targets(cls, Y: ArrayLike, n_outputs: int) -> FloatArray:
        """Return Y as an array (n, n_outputs), or raise ValueError."""
        Y = real_array("Y", Y)
        if Y.ndim != 2 or Y.shape[1] != n_outputs:
            raise ValueError(f"Y must have shape (n, {n_outputs}), got shape {Y.shape}")
        return Y

    @classmethod
    def _check(cls, logits: ArrayLike, Y: ArrayLike) -> tuple[FloatArray, FloatArray]:
        logits = real_array("logits", logits, ndim=2)
        Y = cls.check_targets(Y, logits.shape[1])
        if len(Y) != len(logits):
            raise ValueError(f"Y must have as many rows as logits, {len(logits)}, got {len(Y)}")
        return logits.astype(np.result_type(logits, np.float64), copy=False), Y

    @staticmethod
    @abstractmethod
    def _terms(logits: FloatArray, Y: FloatArray) -> FloatArray:
        """Return the summands of the loss (n, C)."""

    @staticmethod
    @abstractmethod
    def _delta(logits: FloatArray, Y: FloatArray) -> FloatArray: ...


class SoftmaxCrossEntropy(Head):
    """Exactly one class a sample: softmax with −Σ_k y_k ln ŷ_k, in nats.

    Targets are distributions, one-hot or soft: ∂𝓛/∂z = ŷ Σ_k y_k − y is ŷ − y only where Σ y = 1.
    Source: S0-09, S0-31, S1-47, S1-82, S2-32, S4-21.

    >>> SoftmaxCrossEntropy.delta([[0.0, 0.0]], [[1, 0]])
    array([[-0.5,  0.5]])
    """

    activation = staticmethod(softmax)
    apply = staticmethod(softmax_)

    @classmethod
    def check_targets(cls, Y: ArrayLike, n_outputs: int) -> FloatArray:
        Y = super().check_targets(Y, n_outputs)
        total = Y.sum(axis=1)
        wrong = np.flatnonzero(
            (np.abs(total - 1) > np.sqrt(np.finfo(Y.dtype).eps)) | (Y.min(axis=1) < 0)
        )
        if wrong.size:
            i = wrong[0]
            raise ValueError(
                "Y must hold a distribution in each row for softmax, "
                f"got sum {total[i]:g} and least entry {Y[i].min():g} in row {i}"
            )
        return Y

    @classmethod
    def quick_loss(cls, logits: FloatArray, Y: FloatArray) -> float:
        # classes in rows: NumPy is slow at many sums of few numbers, fast at few long rows
        z = np.array(logits.T, order="C")
        z -= z.max(axis=0)
        of_targets = np.vdot(Y.T, z)
        log_sums = np.log(np.exp(z, out=z).sum(axis=0))
        return float((log_sums.sum() - of_targets) / len(Y))

    @staticmethod
    def _terms(logits: FloatArray, Y: FloatArray) -> FloatArray:
        d, _, rest = shifted_exp(logits)
        return Y * (np.log1p(rest) - d)

    @staticmethod
    def _delta(logits: FloatArray, Y: FloatArray) -> FloatArray:
        # ŷ − y = (e − y(1 + rest)) / (1 + rest), in an order in which 1 − ŷ does not cancel
        _, e, rest = shifted_exp(logits)
        return ((e - Y) - Y * rest) / (1 + rest)


class SigmoidCrossEntropy(Head):
    """Any number of labels a sample: C sigmoids, each with −y ln ŷ − (1 − y) ln(1 − ŷ), in nats.

    Targets are 0, 1 or between. Source: S1-85, S1-86, S2-05.

    >>> SigmoidCrossEntropy.delta([[0.0, 0.0]], [[1, 1]])
    array([[-0.5, -0.5]])
    """

    activation = staticmethod(sigmoid)
    apply = staticmethod(sigmoid_)

    @classmethod
    def check_targets(cls, Y: ArrayLike, n_outputs: int) -> FloatArray:
        Y = super().check_targets(Y, n_outputs)
        if Y.min() < 0 or Y.max() > 1:
            raise ValueError(
                f"Y must lie between 0 and 1 for sigmoid, got {Y.min():g} to {Y.max():g}"
            )
        return Y

    @staticmethod
    def _terms(logits: FloatArray, Y: FloatArray) -> FloatArray:
        # ln(1 + e^z) − yz with the sign of z taken out: no summand is negative, nothing cancels
        positive = logits.real >= 0
        size = np.where(positive, logits, -logits)
        return size * np.where(positive, 1 - Y, Y) + np.log1p(np.exp(-size))

    @staticmethod
    def _delta(logits: FloatArray, Y: FloatArray) -> FloatArray:
        # σ(z) − y with 1 − σ(z) = σ(−z)
        return (1 - Y) * sigmoid_(logits) - Y * sigmoid_(-logits)


class SquaredError(Head):
    """Any real targets: identity with ½ Σ_k (ŷ_k − y_k)². Source: S0-34.

    >>> SquaredError.loss([[1.0, 2.0]], [[0.0, 0.0]])
    2.5
    """

    activation = staticmethod(identity)
    apply = staticmethod(identity_)

    @staticmethod
    def _terms(logits: FloatArray, Y: FloatArray) -> FloatArray:
        return 0.5 * (logits - Y) ** 2

    @staticmethod
    def _delta(logits: FloatArray, Y: FloatArray) -> FloatArray:
        return logits - Y


HEADS: dict[str, type[Head]] = {
    "softmax": SoftmaxCrossEntropy,
    "sigmoid": SigmoidCrossEntropy,
    "identity": SquaredError,
}
