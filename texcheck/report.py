"""Check every relation of a printed equation at every point and index value of a model."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .evaluator import CONSTANTS, Evaluator, Trace, column, differentiates
from .grammar import Statement, read
from .model import Array, Model, Point, run, spread
from .nodes import Mismatch, Node, ReadError, walk

TOLERANCE, NESTED_TOLERANCE = 1e-9, 1e-7
LOOSE = 0.05  # an inequality that never comes nearer than this is called never tight


@dataclass
class Report:
    """What was checked.  It holds no measured digits, so that it is the same on every machine."""

    model: str
    relations: int
    indices: str
    points: int
    below: float
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        relations = "1 relation" if self.relations == 1 else f"{self.relations} relations"
        points = "1 point" if self.points == 1 else f"{self.points} points"
        parts = [relations, *([self.indices] if self.indices else []), points]
        return ", ".join([*parts, f"relative difference below {short(self.below)}", *self.notes])


def short(power: float) -> str:
    """1e-9 and not 1e-09."""
    return f"{power:.0e}".replace("e-0", "e-")


def check(tex: str, model: Model) -> Report:
    r"""Read ``tex`` and hold it against ``model``.

    >>> square = Model("square", lambda rng: {"a": rng.normal(), "b": rng.normal()})
    >>> print(check("(a + b)^2 = a^2 + 2 a b + b^2", square))
    1 relation, 5 points, relative difference below 1e-9
    >>> check("(a + b)^2 = a^2 + b^2", square)
    Traceback (most recent call last):
    texcheck.nodes.Mismatch: side 1 = side 2 fails at point 1: 4.06e-05 against 0.0333

    Raises
    ------
    ReadError
        The TeX cannot be read, or the model lacks a name or the dependence behind a derivative.
    Mismatch
        A relation is false, at the point, index values and component that the message names.
    """
    return check_statements(read(tex, model), model)


def check_statements(statements: list[Statement], model: Model) -> Report:
    """As `check`, for an equation that has been read."""
    trace = Trace()
    used: dict[str, list[int]] = {}
    slacks: dict[tuple[int, int], list[float]] = {}
    nested = any(_nested(part) for part, _ in walk(tuple(statements)))
    below = NESTED_TOLERANCE if nested else TOLERANCE
    done = [False] * len(statements)
    points = model.points + len(model.special)
    for number in range(points):
        point, trace.verify = model.point(number), number == 0
        for s, statement in enumerate(statements):
            for at in _index_values(statement, point, trace, used):
                done[s] = True
                with np.errstate(all="ignore"):  # NaN and infinity are refused in the comparison
                    for r, slack in _compare(statement.relation, at, number, below):
                        slacks.setdefault((s, r), []).append(slack)
    if not all(done):
        raise Mismatch("a condition holds for no index value and no point: nothing was checked")
    for part in sorted(trace.seen - trace.reached, key=str):
        if part.kind == "case":
            raise Mismatch(f"the case {_show(part.parts[0])} is never reached: nothing was checked")
        raise ReadError(
            f"the derivative by {_show(part.parts[1])} is zero because the model knows no "
            "dependence: declare it as derived, or check two sides in code"
        )
    signs = sum(len(statement.relation.parts[1]) for statement in statements)
    zero = {_show(part.parts[1]) for part in trace.seen - trace.nonzero if part.kind != "case"}
    notes = [f"the derivative by {variable} is always zero" for variable in sorted(zero)]
    for (s, r), values in slacks.items():
        sign = statements[s].relation.parts[1][r]
        if max(values) < below or min(values) > LOOSE:
            said = "always equal" if max(values) < below else "never tight"
            notes.append(f"side {r + 1} {sign} side {r + 2} is {said}")
    return Report(model.name, signs, _ranges(used), points, below, notes)


def _nested(part: Node) -> bool:
    """A derivative of a derivative, whose numerical error is larger."""
    if part.kind == "call":
        return bool(part.parts[1] > 1)
    return part.kind == "derivative" and differentiates(part.parts[0])


def free_names(part: Any, bound: frozenset[str] = frozenset()) -> Iterator[str]:
    """Names in ``part`` that no sum or expectation binds."""
    if isinstance(part, Node):
        kind, parts = part
        if kind == "name":
            yield from {parts[0]} - bound
        elif kind == "big":
            inner = bound | {key for key, _ in parts[1]}
            yield from free_names((parts[1], parts[3]), bound)
            yield from free_names((parts[2], parts[4]), inner)
        elif kind == "expect":
            yield from free_names(parts[1], bound)
            yield from free_names(parts[2], bound | {parts[0]})
        else:
            yield from free_names(parts[:2] if kind == "fence" else parts, bound)
    elif isinstance(part, tuple):
        for inner_part in part:
            yield from free_names(inner_part, bound)


def _index_values(
    statement: Statement, point: Point, trace: Trace, used: dict[str, list[int]]
) -> Iterator[Evaluator]:
    """An evaluator for each combination of free indices that meets the conditions."""
    model = point.model
    names = {*free_names(tuple(statement))}
    unknown = sorted(names - {*model.values, *model.indices, *CONSTANTS, "delta"})
    if unknown:
        raise ReadError(f"{unknown[0]} is not in the model {model.name!r}")
    chosen: list[dict[str, int]] = [{}]
    for key in model.indices:
        if key in names:
            chosen = [{**c, key: k} for c in chosen for k in model.range(key, c)]
    for indices in chosen:
        at = Evaluator(point, indices, trace)
        try:
            if not all(at.holds(condition) for condition in statement.conditions):
                continue
        except (ReadError, Mismatch) as error:
            raise type(error)(f"{error} (in the condition)") from error
        for key, value in indices.items():
            if value not in used.setdefault(key, []):
                used[key].append(value)
        yield at


def _compare(
    relation: Node, at: Evaluator, number: int, below: float
) -> Iterator[tuple[int, float]]:
    """Check one chain; yields (relation number, slack) for each inequality."""
    sides, signs = relation.parts
    where = f"at point {number + 1}" + "".join(f", {_show(k)}={v}" for k, v in at.indices.items())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            values = [_side(side, signs[0] if i == 0 else "", at) for i, side in enumerate(sides)]
    except (ReadError, Mismatch) as error:
        raise type(error)(f"{error} ({where})") from error
    for r, (sign, a, b) in enumerate(zip(signs, values, values[1:], strict=False)):
        pair = f"side {r + 1} {sign} side {r + 2}"
        if sign in ("in", "sim"):
            raise ReadError(f"{pair}: this sign stands only in limits and conditions")
        if a.shape != b.shape:
            raise Mismatch(f"{pair}: shape {a.shape} against {b.shape}, {where}")
        tolerance = below
        if sign == "~":
            if at.point.model.approx is None:
                raise ReadError(r"\approx needs a tolerance: approx=… in the model")
            tolerance = at.point.model.approx
        scale = 1 + np.maximum(np.abs(a), np.abs(b))
        near = np.abs(a - b) <= tolerance * scale
        holds = {
            "<=": (a < b) | near,
            ">=": (a > b) | near,
            "<": a < b,
            ">": a > b,
            "!=": ~near,
            **dict.fromkeys(["=", "<-", "~"], near),
        }
        false = ~(holds[sign] & np.isfinite(a) & np.isfinite(b))
        if false.any():
            i = tuple(np.argwhere(false)[0])
            component = f", component {tuple(int(k) + 1 for k in i)}" if i else ""
            raise Mismatch(f"{pair} fails {where}{component}: {a[i]:.3g} against {b[i]:.3g}")
        if sign in ("<=", ">=", "<", ">"):
            yield r, float((np.abs(a - b) / scale).min())


def _side(side: Node, first_sign: str, at: Evaluator) -> Array:
    """The real value of a side; left of an arrow stands the value after the step."""
    if first_sign != "<-":
        return np.real(at(side))
    model = at.point.model
    base, layer, indices = side.parts if side.kind == "ref" else (side, None, ())
    key, number, indices = at.slot(base, layer, indices) if base.kind == "name" else ("", None, ())
    if key not in model.after:
        raise ReadError(r"the model has no value after the step for what is left of \leftarrow")
    after = np.asarray(run(model.after[key], at.point, *spread(number)))
    if indices:
        return at.pick(column(after), indices)
    return column(at.bold_enough(key, base.parts[1], after))


def _ranges(used: Mapping[str, list[int]]) -> str:
    return ", ".join(f"{_show(key)} = {min(v)}…{max(v)}" for key, v in used.items())


def _show(part: Any) -> str:
    """A key, or a name with its indices, for messages."""
    if isinstance(part, str):
        return {"ell": "ℓ"}.get(part, part.removeprefix("bf "))
    if part.kind == "ref":
        return "_".join([_show(part.parts[0]), *map(_show, part.parts[2])])
    return _show(part.parts[0]) if part.kind in ("name", "number") else part.kind
