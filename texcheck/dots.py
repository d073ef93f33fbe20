r"""Dots between two entries that differ only in whole numbers: ``z_1 + \dots + z_C``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .nodes import Mismatch, Node, ReadError, node

MAX_ENTRIES = 100


def is_dots(entry: Node) -> bool:
    """Dots, or a row of a matrix that holds nothing else."""
    return entry.kind == "dots" or (
        entry.kind == "row" and all(cell.kind == "dots" for cell in entry.parts)
    )


def expand(
    entries: Sequence[tuple[Any, Node]], integer: Callable[[Node], int]
) -> list[tuple[Any, Node]]:
    """The entries with all dots filled in; a tag, such as a sign, is that of the entry after."""
    full: list[tuple[Any, Node]] = []
    for i, (tag, entry) in enumerate(entries):
        if not is_dots(entry):
            full.append((tag, entry))
            continue
        around = entries[i - 1 : i + 2] if i else []
        if len(around) < 3 or around[2][0] != tag or (i > 1 and around[0][0] != tag):
            raise ReadError(r"\dots stands between two entries and has their sign")
        before, after = around[0][1], around[2][1]
        steps = {abs(step) for step in _steps(before, after, integer)}
        if len(steps) != 1 or max(steps) > MAX_ENTRIES:
            raise ReadError(r"the entries around \dots differ in no index, or by unequal steps")
        full += [(tag, _blend(before, after, t, integer)) for t in range(1, steps.pop())]
    return full


def _steps(before: Any, after: Any, integer: Callable[[Node], int]) -> list[int]:
    """By how much the entries differ, at each place where they do."""
    if before == after:
        return []
    if _same_form(before, after):
        pairs = zip(before, after, strict=True)
        return [step for pair in pairs for step in _steps(*pair, integer)]
    try:
        return [integer(after) - integer(before)]
    except (ReadError, Mismatch, AttributeError):
        raise ReadError(r"the entries around \dots differ in more than an index") from None


def _blend(before: Any, after: Any, t: int, integer: Callable[[Node], int]) -> Any:
    """The entry t steps from ``before`` towards ``after``."""
    if before == after:
        return before
    if _same_form(before, after):
        parts = [_blend(*pair, t, integer) for pair in zip(before, after, strict=True)]
        return Node(*parts) if isinstance(before, Node) else tuple(parts)
    step = 1 if integer(after) > integer(before) else -1
    return node("number", str(integer(before) + t * step))


def _same_form(before: Any, after: Any) -> bool:
    if isinstance(before, Node) and isinstance(after, Node):
        return before.kind == after.kind not in ("number", "name")
    return type(before) is type(after) is tuple and len(before) == len(after)
