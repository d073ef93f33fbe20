"""Executable checks of the numbered equations.

Every numbered equation of the book, ``$$ … $$ (eq-name)``, is followed by a cell that calls
:func:`claim` with its label.  A claim that fails raises :class:`ClaimError`, so the notebook's
run stops there; :func:`refuse` shows that a false variant of the same equation is caught.

>>> import numpy as np
>>> from mlpkit.claims import claim, refuse
>>> z = np.array([1.0, 2.0, 4.0])
>>> softmax = lambda z: np.exp(z) / np.exp(z).sum()
>>> claim("eq-softmax-shift", softmax(z + 5), softmax(z))
eq-softmax-shift: both sides agree (3 values, relative difference below 1e-09)
>>> refuse("eq-softmax-shift", softmax(5 * z), softmax(z), "scaling is not shifting")
eq-softmax-shift: false variant refused (scaling is not shifting)
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["ClaimError", "claim", "refuse"]

_LABEL = re.compile(r"eq(-[a-z0-9]+)+")


class ClaimError(AssertionError):
    """A numbered equation does not hold, or a false variant of one was not refused."""


def claim(
    label: str,
    lhs: ArrayLike,
    rhs: ArrayLike,
    *,
    reason: str | None = None,
    rtol: float = 1e-9,
    atol: float = 1e-12,
) -> None:
    """Check that the two sides of equation ``label`` agree, and print one line saying so.

    Parameters
    ----------
    label
        The equation's label as the page has it, such as ``"eq-softmax"``.
    lhs, rhs
        Numbers or arrays of equal shape (nothing is broadcast), evaluated by the caller.
    reason
        Why the printed line itself cannot be read by the program; shown in the output.
    rtol, atol
        The sides agree where ``|lhs - rhs| <= atol + rtol * |rhs|``.  NaN never agrees, infinities
        agree with themselves.

    Raises
    ------
    ClaimError
        The shapes or the values differ; the message shows the label and both sides.
    ValueError
        ``label`` is malformed, a tolerance is negative, or a side is not numeric or is empty.
    """
    left, right = _two_sides(label, lhs, rhs, rtol, atol)
    difference = _difference(left, right, rtol, atol)
    if difference:
        raise ClaimError(f"{label}: {difference}\n  left:  {left}\n  right: {right}")
    values = "1 value" if left.size == 1 else f"{left.size} values"
    why = f"; not read from the page: {reason}" if reason else ""
    print(f"{label}: both sides agree ({values}, relative difference below {rtol:.0e}){why}")


def refuse(
    label: str,
    lhs: ArrayLike,
    rhs: ArrayLike,
    why: str,
    *,
    rtol: float = 1e-9,
    atol: float = 1e-12,
) -> None:
    """Check that a false variant of equation ``label`` is caught; ``why`` names its mistake.

    Takes the sides and tolerances of :func:`claim` and raises :class:`ClaimError` if the two sides
    agree after all: a check that cannot fail proves nothing.
    """
    left, right = _two_sides(label, lhs, rhs, rtol, atol)
    if not (np.isfinite(left).all() and np.isfinite(right).all()):
        # a NaN differs from everything, so it would refuse any variant, true or false
        raise ClaimError(f"{label}: a false variant must be finite\n  {left}\n  {right}")
    if not _difference(left, right, rtol, atol):
        raise ClaimError(f"{label}: the false variant holds ({why})\n  both sides: {left}")
    print(f"{label}: false variant refused ({why})")


def _two_sides(
    label: str, lhs: ArrayLike, rhs: ArrayLike, rtol: float, atol: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if not isinstance(label, str) or not _LABEL.fullmatch(label):
        raise ValueError(f"label: got {label!r}, expected eq- and lower-case words, like 'eq-mean'")
    if not (rtol >= 0 and atol >= 0):
        raise ValueError(f"rtol, atol: got {rtol!r}, {atol!r}, expected numbers that are >= 0")
    return _numeric("lhs", lhs), _numeric("rhs", rhs)


def _numeric(name: str, side: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(side)
    if array.dtype.kind not in "biuf" or array.size == 0:
        raise ValueError(
            f"{name}: got {array.dtype} of shape {array.shape}, expected real numbers, at least one"
        )
    return array.astype(np.float64)


def _difference(
    left: NDArray[np.float64], right: NDArray[np.float64], rtol: float, atol: float
) -> str:
    """Where the sides differ, in words; empty when they agree."""
    if left.shape != right.shape:
        return f"the left side has shape {left.shape}, the right side {right.shape}"
    differ = ~np.isclose(left, right, rtol=rtol, atol=atol)
    if not differ.any():
        return ""
    return f"the sides differ in {differ.sum()} of {differ.size} values (rtol={rtol:g})"
