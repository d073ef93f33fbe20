"""Compares answers with what the right formula gives, and with what each known slip gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .calls import Call, Failure
from .slips import SLIPS, Place

Formula = Callable[[Call], Any]
Judge = Callable[[Sequence[Call], Sequence[Any]], "Verdict"]
# parts that a slip of the main formula need not agree in, and what an error there is called
EDGES = ("large", "integers", "kink")
# after these the grader asks no more: the calls before may have their answers
ENDED = {"timeout", "memory", "killed", "output", "garbled"}


@dataclass(frozen=True)
class Verdict:
    """`points` of the question; `slip`, a key of SLIPS, where one was recognised."""

    points: float
    slip: str | None
    message: str


@dataclass(frozen=True)
class Question:
    """One question. `points` are given by the judge, `manual_points` by a reader; 100 in all.

    `defines`: the names that the student's cell must define. `calls(variant, hidden)`: what to ask
    them; with `hidden`, the grader's cases follow those of the check cell. `reference(variant)`:
    what the names are in a right answer.
    """

    title: str
    points: int
    defines: tuple[str, ...]
    read: Place
    calls: Callable[[int, bool], list[Call]]
    judge: Judge
    reference: Callable[[int], dict[str, Any]]
    manual_points: int = 0


def verdict(points: float, slip: str | None, detail: str = "") -> Verdict:
    """Put the message together; a recognised slip says what it is, `detail` what came."""
    text = SLIPS[slip].text if slip else "Not right, and no slip that we know."
    return Verdict(points, slip, f"{text} ({detail})" if detail else text)


@dataclass(frozen=True)
class ByFormula:
    """A judge: `weights` are the points of each part; slips are tried in order, first fit wins."""

    weights: Mapping[str, float]
    right: Formula
    wrong: Sequence[tuple[str, Formula]]
    rtol: float = 1e-6
    atol: float = 1e-9
    otherwise: Callable[[list[Any], list[Any]], str | None] = lambda found, wanted: None

    def __call__(self, calls: Sequence[Call], results: Sequence[Any]) -> Verdict:
        with np.errstate(all="ignore"):
            return self._judge(calls, results)

    def _judge(self, calls: Sequence[Call], results: Sequence[Any]) -> Verdict:
        wanted = [_wanted(self.right(call)) for call in calls]
        found = [numbers(got, len(want)) for got, want in zip(results, wanted, strict=True)]
        fits = [self._same(got, want) for got, want in zip(found, wanted, strict=True)]
        faults = [result for result in results if isinstance(result, Failure)]
        whole = all(map(all, fits))
        if whole and not faults:
            if any(_rounded(got) for got in found):
                return verdict(self._total() * SLIPS["single_precision"].credit, "single_precision")
            return Verdict(self._total(), None, "passed")

        main = [i for i, call in enumerate(calls) if call.part not in EDGES]
        wrong = [i for i in range(len(calls)) if not all(fits[i])]
        slip, slipped = None, []
        if set(wrong) & set(main):
            slip, slipped = self._name(calls, found, wanted, fits, main, faults)
        elif any(fault.kind == "mutated" for fault in faults):
            slip = "mutated"
        elif wrong:
            first = wrong[0]
            slip = _edge(calls[first], found[first], wanted[first], results[first])
        points = self._points(calls, fits, slip, slipped)
        if slip is None and any(fault.kind == "mutated" for fault in faults):
            slip = "mutated"
        if slip == "mutated":
            points *= SLIPS[slip].credit
        detail = next((fault.message for fault in faults if fault.kind == slip), "")
        if not slipped:
            detail = detail or self._counted(calls, found, wanted)
        return verdict(points, slip, detail)

    def _name(
        self,
        calls: Sequence[Call],
        found: list[Any],
        wanted: list[Any],
        fits: list[list[bool]],
        main: list[int],
        faults: list[Failure],
    ) -> tuple[str | None, list[bool]]:
        """Return the slip, and which calls agree with its formula."""
        if all(found[i] is None for i in main):
            return (faults[0].kind if faults else "type"), []
        ended = [fault.kind for fault in faults if fault.kind in ENDED]
        if ended:
            return ended[0], []
        if _forgetful(calls, found):
            return "global_state", []
        if len(calls) > 2 and _finite(found[0]) and all(alike(got, found[0]) for got in found):
            return "constant", []
        for slip, formula in self.wrong:
            given = [_wanted(formula(call)) for call in calls]
            agree = [all(self._same(got, want)) for got, want in zip(found, given, strict=True)]
            if all(agree[i] or all(fits[i]) for i in main):
                return slip, agree
        public = [i for i in main if not calls[i].hidden]
        hidden = [i for i in main if calls[i].hidden]
        if hidden and all(all(fits[i]) for i in public) and not any(all(fits[i]) for i in hidden):
            return "hard_coded", []
        first = next(i for i in main if not all(fits[i]))
        slip = _outward(found[first], wanted[first], self._same)
        slip = slip or self.otherwise(found, wanted)
        close = [_close(got, want) for got, want in zip(found, wanted, strict=True)]
        if slip is None and all(close[i] for i in main):
            return ("single_precision" if _rounded(found[first]) else "inexact"), close
        return slip, []

    def _points(
        self, calls: Sequence[Call], fits: list[list[bool]], slip: str | None, slipped: list[bool]
    ) -> float:
        total = 0.0
        for part, weight in self.weights.items():
            here = [i for i, call in enumerate(calls) if call.part == part]
            # of a tuple, each entry counts by itself; it must be right in every call
            share = float(np.mean([all(column) for column in zip(*(fits[i] for i in here))]))  # noqa: B905
            if slip == "hard_coded":
                share = 0.0
            if slip and all((slipped and slipped[i]) or all(fits[i]) for i in here):
                share = max(share, SLIPS[slip].credit)
            if slip in {"shape", "not_reduced"} and part not in EDGES:
                share = max(share, SLIPS[slip].credit)
            total += weight * share
        return round(total, 2)

    def _counted(self, calls: Sequence[Call], found: list[Any], wanted: list[Any]) -> str:
        """Say how many entries of each variable are right; nothing about functions."""
        counts = []
        for call, got, want in zip(calls, found, wanted, strict=True):
            if call.args is None and got is not None and got[0].shape == want[0].shape:
                right = np.isclose(got[0], want[0], self.rtol, self.atol).sum()
                counts.append(f"{call.name} {right} of {want[0].size}")
        return f"right entries: {', '.join(counts)}" if counts else ""

    def _total(self) -> float:
        return float(sum(self.weights.values()))

    def _same(self, got: Any, want: Any) -> list[bool]:
        """One truth value for each array of the wanted answer."""
        if got is None or len(got) != len(want):
            return [False] * len(want)
        return [
            a.shape == b.shape and np.allclose(a, b, self.rtol, self.atol, equal_nan=True)
            for a, b in zip(got, want, strict=True)
        ]


def numbers(value: Any, count: int = 1) -> list[np.ndarray] | None:
    """The arrays of an answer that should hold `count` of them; None where it does not."""
    if isinstance(value, Failure):
        value = value.value
    if count == 1:
        value = (value,)
    elif not isinstance(value, tuple | list):
        return None
    try:
        arrays = [np.asarray(item) for item in value]
    except ValueError:  # rows of different length
        return None
    return arrays if all(a.dtype.kind in "fiub" for a in arrays) else None


def _wanted(value: Any) -> list[np.ndarray]:
    return [np.asarray(item) for item in (value if isinstance(value, tuple) else (value,))]


def _rounded(arrays: list[np.ndarray]) -> bool:
    return any(a.dtype.kind == "f" and a.dtype.itemsize < 8 for a in arrays)


def _forgetful(calls: Sequence[Call], found: list[Any]) -> bool:
    """Whether the first call, made again at the end, has another answer."""
    first, last = calls[0].args, calls[-1].args
    return first is not None and first is last and not alike(found[0], found[-1])


def _finite(arrays: Any) -> bool:
    return arrays is not None and all(np.isfinite(a).all() for a in arrays)


def alike(a: Any, b: Any) -> bool:
    if a is None or b is None or len(a) != len(b):
        return a is b
    return all(
        x.shape == y.shape and np.allclose(x, y, equal_nan=True) for x, y in zip(a, b, strict=True)
    )


def _close(got: Any, want: Any) -> bool:
    """Whether all is right to two digits of the largest entry."""
    return got is not None and all(
        a.shape == b.shape and np.allclose(a, b, rtol=0, atol=0.01 * np.max(np.abs(b), initial=0))
        for a, b in zip(got, want, strict=True)
    )


def _outward(got: Any, want: Any, same: Callable[[Any, Any], list[bool]]) -> str | None:
    """Name what can be seen without a formula."""
    if got is None:
        return "type"
    if any(np.isnan(a).any() for a in got if a.dtype.kind == "f"):
        return "nan"
    if len(got) == len(want) and [a.shape for a in got] != [b.shape for b in want]:
        if all(a.T.shape == b.shape for a, b in zip(got, want, strict=True)):
            return "transposed" if all(same([a.T for a in got], want)) else "shape"
        return "shape"
    return None


def _edge(call: Call, got: Any, want: Any, result: Any) -> str | None:
    """Name an error that shows at large logits, for integers or at the kink only."""
    if isinstance(result, Failure) and result.kind not in {"raised", "mutated"}:
        return result.kind
    if call.part == "integers":
        return "integers" if got is not None else "raised"
    if call.part == "kink":
        return "mask_at_zero"
    if got is None:
        return "overflow" if isinstance(result, Failure) else "type"
    finite = all(np.isfinite(a).all() for a in got)
    if want[0].ndim == 0 and finite:
        if got[0].ndim == 0 and got[0] > 1e100:  # infinity, swept under nan_to_num
            return "log_of_zero"
        return "clipped" if got[0].ndim == 0 and got[0] < want[0] else None
    # up to here no exponential overflows, but the sigmoid is rounded to 0 or 1
    if not finite and np.abs(call.args[0]).max() < 100:
        return "log_of_zero" if want[0].ndim == 0 else "zero_by_zero"
    return "overflow"
