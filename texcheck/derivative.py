"""Numerical derivatives: the complex step, cross-checked against central differences.

A complex step of 1e-30 has no rounding error; it needs code that passes complex numbers on.
Where the model's code refuses them, and around another derivative, five-point central differences
serve, whose error is about 1e-12.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .model import Array, ModelError
from .nodes import Mismatch, ReadError

COMPLEX_STEP, STEP, OUTER_STEP = 1e-30, 5e-4, 2e-3

Function = Callable[[Array], Array]


def along(
    f: Function, x: Array, i: tuple[int, ...], *, nested: bool = False, verify: bool = False
) -> Array:
    """The derivative of f at x by the component x[i]; ``nested`` if f differentiates itself.

    >>> float(along(np.sin, np.asarray(0.0), ()))
    1.0
    """
    if nested or np.iscomplexobj(x):
        return central(f, x, i, OUTER_STEP)
    moved = x.astype(complex)
    moved[i] += 1j * COMPLEX_STEP
    try:
        slope = np.asarray(np.imag(f(moved)) / COMPLEX_STEP)
    except ModelError:
        return central(f, x, i, STEP)
    if verify:
        try:
            other = central(f, x, i, STEP)
        except ModelError:  # the step leaves the domain, such as distributions that sum to 1
            return slope
        if not np.allclose(slope, other, rtol=1e-6, atol=1e-7):
            raise ReadError(
                "complex step and central differences disagree: the model's code takes abs, norm, "
                "conj or a real part, or the point lies at a kink"
            )
    return slope


def central(f: Function, x: Array, i: tuple[int, ...], h: float) -> Array:
    """Five-point central difference."""

    def at(step: float) -> Array:
        moved = x.astype(np.result_type(x, float))
        moved[i] += step
        return f(moved)

    slope: Array = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
    return slope


def jacobian(f: Function, x: Array, **how: bool) -> Array:
    """Derivatives by all components: the shape of f(x), then the shape of x.

    >>> jacobian(lambda x: x**2, np.array([1.0, 2.0])).tolist()
    [[2.0, 0.0], [0.0, 4.0]]
    """
    slopes = [np.asarray(along(f, x, i, **how)) for i in np.ndindex(*x.shape)]
    return np.stack(slopes, axis=-1).reshape((*slopes[0].shape, *x.shape))


def elementwise(f: Function, order: int) -> Function:
    """The derivative of a function that acts on each component alone."""
    if order == 0:
        return f
    inner = elementwise(f, order - 1)

    def slope(x: Array) -> Array:
        matrix = jacobian(inner, x, nested=order > 1)
        if matrix.shape != x.shape * 2:
            raise Mismatch(
                f"a prime on a function from shape {x.shape} to {matrix.shape[: -x.ndim]}"
            )
        square = matrix.reshape(x.size, x.size)
        diagonal: Array = np.diag(square)
        if np.abs(square - np.diag(diagonal)).max() > 1e-9:
            raise ReadError("a prime on a function that does not act on each component alone")
        return diagonal.reshape(x.shape)

    return slope
