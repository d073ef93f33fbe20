r"""Executable checks of the numbered equations.

Every numbered equation of the book, ``$$ … $$ (eq-name)``, is followed by a cell that calls
`claim` with its label.  ``claim("eq-name", model)`` reads the equation's own TeX from the
page beside the kernel and holds it against a model (see `texcheck` and
`mlpkit.claim_models`); ``claim("eq-name", lhs, rhs, reason="…")`` compares two sides given in code
where print cannot be read.  A claim that fails raises `ClaimError`, so the notebook's run
stops there.  False variants must be caught too: ``slips`` replace TeX, `refuse` takes two
sides.

>>> import numpy as np
>>> from mlpkit import softmax
>>> z = np.array([1.0, 2.0, 4.0])
>>> claim("eq-softmax-shift", softmax(z + 5), softmax(z))
eq-softmax-shift: both sides agree (3 values, relative difference below 1e-9)
>>> refuse("eq-softmax-shift", softmax(5 * z), softmax(z), "scaling is not shifting")
eq-softmax-shift: false variant refused (scaling is not shifting)
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from texcheck import Mismatch, Model, ReadError, check, pages
from texcheck.report import short

__all__ = ["ClaimCall", "ClaimError", "claim", "claim_calls", "refuse"]

LABEL = re.compile(r"eq(-[a-z0-9]+)+")


class ClaimError(AssertionError):
    """A numbered equation does not hold, or a false variant of one was not refused."""


@overload
def claim(label: str, model: Model, /, *, slips: Iterable[tuple[str, str]] = ()) -> None: ...


@overload
def claim(
    label: str,
    lhs: ArrayLike,
    rhs: ArrayLike,
    /,
    *,
    reason: str | None = None,
    rtol: float = 1e-9,
    atol: float = 1e-12,
) -> None: ...


def claim(
    label: str,
    lhs: Any,
    rhs: Any = None,
    /,
    *,
    slips: Iterable[tuple[str, str]] = (),
    reason: str | None = None,
    rtol: float = 1e-9,
    atol: float = 1e-12,
) -> None:
    """Check equation ``label``, as printed or from two sides, and print one line saying so.

    `label` is the equation's own, such as ``"eq-softmax"``. With a `texcheck.Model` as `lhs` the
    equation is read from the page, checked and shown; where no page in the kernel's folder prints
    the label, the line says "not checked". `slips` are pairs (old, new) that each make the printed
    TeX false; old occurs once. Otherwise `lhs` and `rhs` are the two sides, numbers or arrays of
    one shape (nothing is broadcast), and `reason` says why the print cannot be read: they agree
    where |lhs − rhs| ≤ `atol` + `rtol`·|rhs|; NaN never agrees, infinities agree with themselves.

    Raises `ClaimError` when the equation is false or cannot be read, or a slip is not caught;
    ValueError for a malformed label, a negative tolerance, a side that is empty or no number, a
    slip that does not apply, or arguments of both forms.
    """
    if isinstance(lhs, Model):
        if rhs is not None or reason is not None:
            raise ValueError("rhs, reason: got both a model and a side, expected one of them")
        _claim_printed(_valid(label), lhs, list(slips))
    elif slips:
        raise ValueError("slips: they need a model; false variants of two sides go to refuse")
    else:
        _claim_sides(_valid(label), lhs, rhs, reason, rtol, atol)


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

    Takes the sides and tolerances of `claim` and raises `ClaimError` if the two sides
    agree after all: a check that cannot fail proves nothing.
    """
    _valid(label)
    left, right = _two_sides(lhs, rhs, rtol, atol)
    if not (np.isfinite(left).all() and np.isfinite(right).all()):
        # a NaN differs from everything, so it would refuse any variant, true or false
        raise ClaimError(f"{label}: a false variant must be finite\n  {left}\n  {right}")
    if not _difference(left, right, rtol, atol):
        raise ClaimError(f"{label}: the false variant holds ({why})\n  both sides: {left}")
    print(f"{label}: false variant refused ({why})")


def _valid(label: str) -> str:
    if not isinstance(label, str) or not LABEL.fullmatch(label):
        raise ValueError(f"label: got {label!r}, expected eq- and lower-case words, like 'eq-mean'")
    return label


def _claim_printed(label: str, model: Model, slips: list[tuple[str, str]]) -> None:
    printed = pages.find(label, Path.cwd())
    if not printed:
        print(f"{label}: not checked, because no page in this folder prints ({label})")
        return
    for tex in printed:
        try:
            report = check(tex, model)
        except (ReadError, Mismatch) as error:
            raise ClaimError(f"{label}: {error}\n  printed: {tex}") from error
        for old, new in slips:
            _refuse_slip(label, tex, model, old, new)
    refused = {0: "", 1: "; 1 slip refused"}.get(len(slips), f"; {len(slips)} slips refused")
    print(f"{label}: holds as printed in the model {model.name!r}: {report}{refused}")
    _display(tex)


def _refuse_slip(label: str, tex: str, model: Model, old: str, new: str) -> None:
    if tex.count(old) != 1:
        raise ValueError(f"slips: {old!r} stands {tex.count(old)} times in {label}, expected once")
    try:
        check(tex.replace(old, new), model)
    except Mismatch:
        return
    except ReadError as error:
        raise ClaimError(f"{label}: the slip {new!r} is not even read: {error}") from error
    raise ClaimError(f"{label}: the slip {new!r} for {old!r} is not caught")


def _display(tex: str) -> None:
    """Typeset the equation below the line in a notebook; elsewhere the line is enough."""
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is not None:
        bundle = {"text/plain": tex, "text/latex": f"$$\n{tex}\n$$"}
        display(bundle, raw=True)  # type: ignore[no-untyped-call]


def _claim_sides(
    label: str, lhs: ArrayLike, rhs: ArrayLike, reason: str | None, rtol: float, atol: float
) -> None:
    left, right = _two_sides(lhs, rhs, rtol, atol)
    difference = _difference(left, right, rtol, atol)
    if difference:
        raise ClaimError(f"{label}: {difference}\n  left:  {left}\n  right: {right}")
    values = "1 value" if left.size == 1 else f"{left.size} values"
    why = f"; not read from the page: {reason}" if reason else ""
    print(f"{label}: both sides agree ({values}, relative difference below {short(rtol)}){why}")


def _two_sides(
    lhs: ArrayLike, rhs: ArrayLike, rtol: float, atol: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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


def _without_magics(source: str) -> ast.Module:
    lines = ["" if line.lstrip()[:1] in ("%", "!") else line for line in source.splitlines()]
    return ast.parse("\n".join(lines))


class ClaimCall(NamedTuple):
    """A call of `claim` or `refuse` in a cell."""

    label: str
    kind: str  # "printed", "sides" or "refuse"
    reason: bool


def claim_calls(source: str) -> list[ClaimCall]:
    """The claims in a cell's code, without running it; calls whose label is no literal raise.

    >>> claim_calls('claim("eq-odds", models.softmax)')
    [ClaimCall(label='eq-odds', kind='printed', reason=False)]
    """
    found = []
    calls = [n for n in ast.walk(_without_magics(source)) if isinstance(n, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name not in ("claim", "refuse"):
            continue
        label = call.args[0] if call.args else None
        if not isinstance(label, ast.Constant) or not isinstance(label.value, str):
            raise ValueError(f"source: line {call.lineno} calls {name} without a literal label")
        kind = name if name == "refuse" else "printed" if len(call.args) == 2 else "sides"
        reason = any(keyword.arg == "reason" for keyword in call.keywords)
        found.append(ClaimCall(label.value, kind, reason))
    return found
