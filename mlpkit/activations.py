"""Activation functions with their derivatives, softmax and log-softmax.

Float32 in, float32 out: the work is done in float64 and rounded once. Complex numbers whose
imaginary part is a complex step pass through every function; comparisons look at the real part.
Raises ValueError for arrays that are empty or hold NaN or infinity.
"""

from collections.abc import Callable
from functools import wraps
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .checks import FloatArray, real_array

Elementwise = Callable[[ArrayLike], FloatArray]


def _elementwise(function: Callable[[FloatArray], FloatArray]) -> Elementwise:
    """Check z, compute in double precision, return the dtype of z."""

    @wraps(function)
    def checked(z: ArrayLike) -> FloatArray:
        z = real_array("z", z)
        return function(_double(z)).astype(z.dtype, copy=False)

    return checked


def _double(z: FloatArray) -> FloatArray:
    return z.astype(np.result_type(z, np.float64), copy=False)


# With an underscore at the end: as the training step uses them, unchecked, in the array's own
# precision, written to `out`, which may be z itself.


def identity_(z: FloatArray, out: FloatArray | None = None) -> FloatArray:
    copy: FloatArray = np.positive(z, out=out)
    return copy


def sigmoid_(z: FloatArray, out: FloatArray | None = None) -> FloatArray:
    # e^−|z| cannot overflow: σ(z) = 1/(1 + e^−z) for z ≥ 0 and e^z/(1 + e^z) for z < 0
    positive = z.real >= 0
    e = np.exp(np.where(positive, -z, z))
    sigma: FloatArray = np.divide(np.where(positive, 1, e), 1 + e, out=out)
    return sigma


def relu_(z: FloatArray, out: FloatArray | None = None) -> FloatArray:
    return np.maximum(z, 0, out=out)


def softmax_(z: FloatArray, out: FloatArray | None = None) -> FloatArray:
    # `reduce` is what .max() and .sum() call, without their detour through Python
    out = np.subtract(z, np.maximum.reduce(z, axis=-1, keepdims=True), out=out)
    np.exp(out, out=out)
    out /= np.add.reduce(out, axis=-1, keepdims=True)
    return out


@_elementwise
def identity(z: FloatArray) -> FloatArray:
    """Return z."""
    return identity_(z)


@_elementwise
def identity_derivative(z: FloatArray) -> FloatArray:
    """Return ones of the shape of z."""
    return np.ones_like(z)


@_elementwise
def sigmoid(z: FloatArray) -> FloatArray:
    """Return σ(z) = 1/(1 + e^−z), without overflow. Source: S1-09, S2-38, S3-07.

    >>> sigmoid([-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """
    return sigmoid_(z)


@_elementwise
def sigmoid_derivative(z: FloatArray) -> FloatArray:
    """Return σ'(z) = σ(z)(1 − σ(z)), computed as σ(z)σ(−z) so that nothing cancels."""
    return sigmoid_(z) * sigmoid_(-z)


@_elementwise
def tanh(z: FloatArray) -> FloatArray:
    """Return the hyperbolic tangent of z."""
    return np.tanh(z)


@_elementwise
def tanh_derivative(z: FloatArray) -> FloatArray:
    """Return 1 − tanh²(z), computed as 4σ(2z)σ(−2z) so that nothing cancels."""
    return 4 * sigmoid_(2 * z) * sigmoid_(-2 * z)


@_elementwise
def relu(z: FloatArray) -> FloatArray:
    """Return max(z, 0). Source: S4-22."""
    return relu_(z)


@_elementwise
def relu_derivative(z: FloatArray) -> FloatArray:
    """Return 1 where z > 0, else 0: at the kink the course takes 0. Source: S4-26."""
    return (z.real > 0).astype(z.dtype)


class Activation(NamedTuple):
    """What a hidden layer needs of φ."""

    function: Elementwise
    derivative: Elementwise
    apply: Callable[..., FloatArray]
    """φ(z, out), unchecked."""
    slope: Callable[..., FloatArray]
    """φ' from a = φ(z), which the forward pass has kept: slope(a, out)."""


def _identity_slope(a: FloatArray, out: FloatArray) -> FloatArray:
    out.fill(1)
    return out


def _sigmoid_slope(a: FloatArray, out: FloatArray) -> FloatArray:
    return np.multiply(a, 1 - a, out=out)


def _tanh_slope(a: FloatArray, out: FloatArray) -> FloatArray:
    return np.subtract(1, np.multiply(a, a, out=out), out=out)


def _relu_slope(a: FloatArray, out: FloatArray) -> FloatArray:
    slope: FloatArray = np.greater(a, 0, out=out)
    return slope


ACTIVATIONS = {
    "identity": Activation(identity, identity_derivative, identity_, _identity_slope),
    "sigmoid": Activation(sigmoid, sigmoid_derivative, sigmoid_, _sigmoid_slope),
    "tanh": Activation(tanh, tanh_derivative, np.tanh, _tanh_slope),
    "relu": Activation(relu, relu_derivative, relu_, _relu_slope),
}


def shifted_exp(z: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return d = z − max z, e^d and the sum of e^d without the largest, along the last axis.

    softmax(z) = e^d / (1 + rest): as ln(1 + rest) and 1 − ŷ_max = rest/(1 + rest) do not
    cancel, probabilities close to 1 keep all their digits.
    """
    top = z.real.argmax(axis=-1, keepdims=True)
    largest = np.take_along_axis(z, top, axis=-1)
    with np.errstate(over="ignore"):
        d = np.maximum(z - largest, np.finfo(z.dtype).min)
    # what rounding took from d would be an error of up to |d|/2 ulp in e^d (two-sum)
    back = d - z
    lost = (z - (d - back)) - (largest + back)
    e = np.exp(d)
    e += e * lost
    others = e.copy()
    np.put_along_axis(others, top, 0, axis=-1)
    return d, e, others.sum(axis=-1, keepdims=True)


def _along(axis: int, logits: ArrayLike, formula: Callable[..., FloatArray]) -> FloatArray:
    """Evaluate `formula(d, e, rest)` of `shifted_exp` along `axis`."""
    z = real_array("logits", logits)
    if z.ndim == 0 or not -z.ndim <= axis < z.ndim:
        raise ValueError(f"axis must be an axis of logits, got {axis} for shape {z.shape}")
    # contiguous, because NumPy adds pairwise, with small error, only along the memory
    last = np.ascontiguousarray(np.moveaxis(z, axis, -1))
    result = formula(*shifted_exp(_double(last)))
    smallest = np.finfo(z.dtype).min
    return np.moveaxis(np.maximum(result, smallest).astype(z.dtype, copy=False), -1, axis)


def softmax(logits: ArrayLike, axis: int = -1) -> FloatArray:
    """Return e^{z_k} / Σ_j e^{z_j} along `axis`.

    The largest logit is subtracted first: the result is the same and e^z cannot overflow.
    Source: S0-05, S1-20, S3-12.

    >>> softmax([1000.0, 1000.0])
    array([0.5, 0.5])
    """
    return _along(axis, logits, lambda d, e, rest: e / (1 + rest))


def log_softmax(logits: ArrayLike, axis: int = -1) -> FloatArray:
    """Return ln softmax(logits) along `axis`, finite where softmax itself underflows to 0.

    >>> log_softmax([0.0, -1000.0])
    array([    0., -1000.])
    """
    return _along(axis, logits, lambda d, e, rest: d - np.log1p(rest))


def softmax_jacobian(logits: ArrayLike) -> FloatArray:
    """Return J (…, C, C) with J[…, k, j] = ∂ŷ_k/∂z_j = ŷ_k([k = j] − ŷ_j), for logits (…, C).

    Source: S0-18, S1-77, S2-26, S2-27, S4-16.

    >>> softmax_jacobian([0.0, 0.0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    q = softmax(logits)
    return q[..., :, None] * (np.eye(q.shape[-1], dtype=q.dtype) - q[..., None, :])
