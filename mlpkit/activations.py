"""Activation functions with their derivatives, softmax and log-softmax.

All work elementwise or along one axis, keep float32 as float32, and accept complex numbers
whose imaginary part is a complex step; comparisons then look at the real part.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .checks import FloatArray, real_array


def identity(z: ArrayLike) -> FloatArray:
    """Return z."""
    return real_array("z", z)


def identity_derivative(z: ArrayLike) -> FloatArray:
    """Return ones of the shape of z."""
    return np.ones_like(real_array("z", z))


def sigmoid(z: ArrayLike) -> FloatArray:
    """Return 1/(1 + e^−z), without overflow for any finite z. Source: S1-09, S2-38, S3-07.

    >>> sigmoid([-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """
    z = real_array("z", z)
    positive = z.real >= 0
    e = np.exp(np.where(positive, -z, z))
    return np.where(positive, 1, e) / (1 + e)


def sigmoid_derivative(z: ArrayLike) -> FloatArray:
    """Return σ(z)(1 − σ(z)), computed as σ(z)σ(−z) so that nothing cancels."""
    z = real_array("z", z)
    return sigmoid(z) * sigmoid(-z)


def tanh(z: ArrayLike) -> FloatArray:
    """Return the hyperbolic tangent of z."""
    return np.tanh(real_array("z", z))


def tanh_derivative(z: ArrayLike) -> FloatArray:
    """Return 1 − tanh²(z), computed as 4σ(2z)σ(−2z) so that nothing cancels."""
    return 4 * sigmoid_derivative(2 * real_array("z", z))


def relu(z: ArrayLike) -> FloatArray:
    """Return max(z, 0). Source: S4-22."""
    z = real_array("z", z)
    return np.where(z.real > 0, z, 0)


def relu_derivative(z: ArrayLike) -> FloatArray:
    """Return 1 where z > 0, else 0: the course takes 0 at the kink. Source: S4-26."""
    z = real_array("z", z)
    return (z.real > 0).astype(z.dtype)


class Activation(NamedTuple):
    """A function φ and its derivative φ', both of z."""

    function: Callable[[ArrayLike], FloatArray]
    derivative: Callable[[ArrayLike], FloatArray]


ACTIVATIONS = {
    "identity": Activation(identity, identity_derivative),
    "sigmoid": Activation(sigmoid, sigmoid_derivative),
    "tanh": Activation(tanh, tanh_derivative),
    "relu": Activation(relu, relu_derivative),
}


def softmax(logits: ArrayLike, axis: int = -1) -> FloatArray:
    """Return e^{z_k} / Σ_j e^{z_j} along `axis`.

    The largest logit is subtracted first: the result is the same and e^z cannot overflow.
    Source: S0-05, S1-20, S3-12.

    >>> softmax([1000.0, 1000.0])
    array([0.5, 0.5])
    """
    z = real_array("logits", logits)
    e = np.exp(z - z.real.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def log_softmax(logits: ArrayLike, axis: int = -1) -> FloatArray:
    """Return ln softmax(logits) along `axis`, finite where softmax itself underflows to 0.

    >>> log_softmax([0.0, -1000.0])
    array([    0., -1000.])
    """
    z = real_array("logits", logits)
    z = z - z.real.max(axis, keepdims=True)
    return z - np.log(np.exp(z).sum(axis, keepdims=True))


def softmax_jacobian(logits: ArrayLike) -> FloatArray:
    """Return J (…, C, C) with J[…, k, j] = ∂ŷ_k/∂z_j = ŷ_k([k = j] − ŷ_j), for logits (…, C).

    Source: S0-18, S1-77, S2-26, S2-27, S4-16.

    >>> softmax_jacobian([0.0, 0.0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    q = softmax(logits)
    return q[..., :, None] * (np.eye(q.shape[-1], dtype=q.dtype) - q[..., None, :])
