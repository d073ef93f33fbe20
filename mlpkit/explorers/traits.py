"""Explorer traits: a check returns the value in its stored form or raises `ValueError`."""

from collections.abc import Callable
from typing import Any

import numpy as np
import traitlets

Check = Callable[[str, Any], Any]


class InvalidValue(ValueError, traitlets.TraitError):
    """A `ValueError` for the caller; traitlets also takes it as its own and rolls back."""


def refuse(name: str, expected: str, value: object) -> InvalidValue:
    """The error for trait `name` that holds `value`."""
    return InvalidValue(f"{name}: expected {expected}, got {value!r}")


class Checked(traitlets.TraitType[Any, Any]):
    """A trait whose value a check converts, so that every front end sees plain JSON."""

    def __init__(self, check: Check, default: object, help: str) -> None:
        super().__init__(default, help=help)
        self._check = check
        self.tag(sync=True)

    def validate(self, obj: object, value: object) -> Any:
        return self._check(str(self.name), value)


def number(low: float, high: float) -> Check:
    """One number between `low` and `high`, stored as a float."""

    def check(name: str, value: Any) -> float:
        try:
            found = float(value)
        except (TypeError, ValueError):
            found = np.nan
        if not low <= found <= high:  # also refuses NaN
            raise refuse(name, f"a number from {low:g} to {high:g}", value)
        return found

    return check


def whole(low: int, high: int) -> Check:
    """One integer from `low` to `high`."""

    def check(name: str, value: Any) -> int:
        if isinstance(value, bool) or value not in range(low, high + 1):
            raise refuse(name, f"an integer from {low} to {high}", value)
        return int(value)

    return check


def numbers(low: float, high: float, least: int, most: int) -> Check:
    """`least` to `most` numbers between `low` and `high`, stored as a tuple of floats."""

    def check(name: str, value: Any) -> tuple[float, ...]:
        try:
            found = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError):
            found = np.array(np.nan)
        count = str(least) if least == most else f"{least} to {most}"
        fits = found.ndim == 1 and least <= len(found) <= most
        if not fits or not ((low <= found) & (found <= high)).all():
            raise refuse(name, f"{count} numbers from {low:g} to {high:g}", value)
        return tuple(found.tolist())

    return check


def distribution(least: int, most: int) -> Check:
    """`least` to `most` probabilities that sum to 1 within 1e-9, stored as a tuple of floats."""
    in_range = numbers(0, 1, least, most)

    def check(name: str, value: Any) -> tuple[float, ...]:
        found: tuple[float, ...] = in_range(name, value)
        if abs(sum(found) - 1) > 1e-9:
            raise refuse(name, "probabilities that sum to 1", value)
        return found

    return check


def choice(*options: str) -> Check:
    """One of the given strings."""

    def check(name: str, value: Any) -> str:
        if value not in options:
            raise refuse(name, " or ".join(map(repr, options)), value)
        return str(value)

    return check


def optional(check: Check) -> Check:
    """None, or what `check` accepts."""
    return lambda name, value: None if value is None else check(name, value)


def class_names(count: int) -> tuple[str, ...]:
    """The names that classes have unless they are given others."""
    return tuple(f"class {i + 1}" for i in range(count))


def names(least: int, most: int) -> Check:
    """`least` to `most` different, non-empty strings, stored as a tuple."""

    def check(name: str, value: Any) -> tuple[str, ...]:
        found = tuple(value) if isinstance(value, list | tuple) else ()
        fits = least <= len(found) <= most and len(set(found)) == len(found)
        if not fits or not all(isinstance(text, str) and text.strip() for text in found):
            raise refuse(name, f"{least} to {most} different names", value)
        return found

    return check
