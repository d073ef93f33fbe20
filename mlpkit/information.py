"""Entropy, cross-entropy and Kullback–Leibler divergence of discrete distributions.

Distributions lie along the last axis; the order is always (true, predicted). "nats" means ln,
"bits" means log₂. A term with p = 0 is 0, whatever its logarithm.
"""

import numpy as np
from numpy.typing import ArrayLike

from .checks import FloatArray, choice, real_array

LOGARITHMS = {"nats": np.log, "bits": np.log2}


def entropy(p: ArrayLike, *, unit: str = "nats") -> FloatArray:
    """Return H(p) = −Σ p ln p, shape (…) for p (…, C). Source: S1-37, S3-33.

    >>> entropy([0.5, 0.25, 0.25], unit="bits")
    np.float64(1.5)
    """
    return cross_entropy(p, p, unit=unit)


def cross_entropy(p: ArrayLike, q: ArrayLike, *, unit: str = "nats") -> FloatArray:
    """Return CE(p, q) = −Σ p ln q; infinite where q = 0 < p. Source: S1-37, S3-18, S3-37.

    >>> cross_entropy([0.5, 0.5], [0.25, 0.75], unit="bits").round(4)
    np.float64(1.2075)
    """
    log = LOGARITHMS[choice("unit", unit, LOGARITHMS)]
    p, q = _pair(p, q)
    with np.errstate(divide="ignore"):
        surprisal = -log(np.where(p > 0, q, 1))
    mean: FloatArray = np.sum(p * surprisal, axis=-1)
    return mean


def kl_divergence(p: ArrayLike, q: ArrayLike, *, unit: str = "nats") -> FloatArray:
    """Return KL(p‖q) = Σ p ln(p/q) ≥ 0; infinite where q = 0 < p. Source: S1-25, S1-36.

    >>> kl_divergence([0.25, 0.75], [0.5, 0.5]).round(6)
    np.float64(0.130812)
    """
    log = LOGARITHMS[choice("unit", unit, LOGARITHMS)]
    p, q = _pair(p, q)
    with np.errstate(divide="ignore"):
        log_ratio = log(np.where(p > 0, p, 1)) - log(np.where(p > 0, q, 1))
    # Gibbs: the sum cannot be negative, its rounding error can
    mean: FloatArray = np.maximum(np.sum(p * log_ratio, axis=-1), 0)
    return mean


def _pair(p: ArrayLike, q: ArrayLike) -> tuple[FloatArray, FloatArray]:
    p, q = _distribution("p", p), _distribution("q", q)
    try:
        np.broadcast_shapes(p.shape, q.shape)
    except ValueError:
        raise ValueError(f"p and q must have shapes that agree, got {p.shape}, {q.shape}") from None
    if p.shape[-1] != q.shape[-1]:
        raise ValueError(f"p and q must have as many classes, got {p.shape}, {q.shape}")
    return p, q


def _distribution(name: str, p: ArrayLike) -> FloatArray:
    p = real_array(name, p)
    if p.ndim == 0:
        raise ValueError(f"{name} must have shape (…, C), got a single number")
    if p.min() < 0:
        raise ValueError(f"{name} must not be negative, got {p.min():g}")
    total = p.sum(axis=-1)
    wrong = np.abs(total - 1) > np.sqrt(np.finfo(p.dtype).eps)
    if wrong.any():
        raise ValueError(f"{name} must sum to 1 along its last axis, got {total[wrong].flat[0]:g}")
    return p
