"""What a student's names are asked, and how one answer is obtained. Holds no solution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Seed:
    """Stands for `np.random.default_rng(value)` among the arguments."""

    value: int


@dataclass(frozen=True, eq=False)
class Call:
    """A call of the function `name`, or, when `args` is None, the value of the variable `name`.

    `then`: the result is itself a function (or has `predict_proba`) and is called with these.
    `part`: what of the question it tries. `hidden`: it is not among the cases of the check cell.
    `given`: the numbers behind a variable, for the judge alone.
    """

    name: str
    args: tuple[Any, ...] | None = None
    then: tuple[Any, ...] | None = None
    part: str = "values"
    hidden: bool = False
    given: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Failure:
    """No answer, or one that came with a fault: `value` is what came all the same."""

    kind: str
    message: str = ""
    value: Any = None


def answer(call: Call, names: Mapping[str, Any]) -> Any:
    """Return what `names` answer to `call`, or a Failure."""
    if call.name not in names:
        return Failure("missing", f"there is no {call.name}")
    found = names[call.name]
    if call.args is None:
        return Failure("not_done") if found is ... else found
    if not callable(found):
        return Failure("missing", f"{call.name} is not a function")
    args = [_own(argument) for argument in call.args]
    before = [_own(argument) for argument in call.args]
    try:
        with np.errstate(all="ignore"):
            result = found(*args)
            if call.then is not None:
                result = getattr(result, "predict_proba", result)(*map(_own, call.then))
    except NotImplementedError:
        return Failure("not_done")
    except (Exception, SystemExit) as error:
        return Failure("raised", f"{type(error).__name__}: {error}")
    if result is None:
        return Failure("nothing", f"{call.name} returned None")
    result = _own(result)
    if not all(map(_unchanged, args, before)):
        return Failure("mutated", f"{call.name} changed its arguments", result)
    return result


def _own(value: Any) -> Any:
    """A copy, so that nothing changes afterwards what was given or answered."""
    if isinstance(value, Seed):
        return np.random.default_rng(value.value)
    if isinstance(value, tuple | list):
        return type(value)(_own(item) for item in value) if type(value) in {tuple, list} else value
    return value.copy() if isinstance(value, np.ndarray) else value


def _unchanged(now: Any, before: Any) -> bool:
    if not isinstance(now, np.ndarray):
        return True
    return now.shape == before.shape and np.array_equal(now, before, equal_nan=True)
