"""Checks of arguments: every error names the argument, what came and what was expected."""

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

FloatArray = NDArray[Any]


def real_array(name: str, value: ArrayLike, *, ndim: int | None = None) -> FloatArray:
    """Return `value` as an array of finite numbers, not empty; float32 and complex stay."""
    array = np.asarray(value)
    if array.dtype.kind not in "biufc":
        raise ValueError(f"{name} must hold numbers, got dtype {array.dtype}")
    if array.dtype.kind in "biu":
        array = array.astype(np.float64)
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} dimensions, got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    # min and max carry NaN and infinity along and need no array of booleans
    if not (np.isfinite(array.min()) and np.isfinite(array.max())):
        raise ValueError(f"{name} must be finite, got {_first_bad(array)}")
    return array


def _first_bad(array: FloatArray) -> str:
    index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
    return f"{array[index]} at index {index if len(index) != 1 else index[0]}"


def positive_int(name: str, value: object) -> int:
    """Return `value` as an int of at least 1."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        raise ValueError(f"{name} must be an integer of at least 1, got {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be an integer of at least 1, got {value}")
    return int(value)


def number(name: str, value: object, *, low: float = 0.0, above: bool = False) -> float:
    """Return `value` as a finite float of at least `low` (or greater than it, if `above`)."""
    bound = f"{'greater than' if above else 'of at least'} {low:g}"
    message = f"{name} must be a finite number {bound}, got {value!r}"
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise ValueError(message)
    if not np.isfinite(value) or value < low or (above and value == low):
        raise ValueError(message)
    return float(value)


def choice(name: str, value: object, options: Collection[str]) -> str:
    """Return `value` when it is one of `options`."""
    if not isinstance(value, str) or value not in options:
        listed = ", ".join(repr(option) for option in options)
        raise ValueError(f"{name} must be one of {listed}, got {value!r}")
    return value


def float_dtype(name: str, value: DTypeLike) -> np.dtype[Any]:
    """Return `value` as float32 or float64."""
    try:
        dtype = np.dtype(value)
    except TypeError:
        dtype = None
    if dtype not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ValueError(f"{name} must be float32 or float64, got {value!r}")
    return dtype
