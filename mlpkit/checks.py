"""Checks of arguments: every error names the argument, what was expected and what came."""

from collections.abc import Collection

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

FloatArray = NDArray[np.floating]
"""float32 or float64; complex where a complex step passes through."""


def real_array(
    name: str, value: ArrayLike, *, ndim: int | None = None, dtype: DTypeLike | None = None
) -> FloatArray:
    """Return `value` as a finite, not empty array; integers become `dtype` or float64."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must be an array, got rows of different lengths") from None
    if array.dtype.kind not in "biufc":
        raise ValueError(f"{name} must hold numbers, got dtype {array.dtype}")
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} dimensions, got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    if dtype is not None or array.dtype.kind in "biu" or array.dtype == np.float16:
        with np.errstate(over="ignore"):  # caught below as infinity
            array = array.astype(dtype or np.float64, copy=False)
    # the extremes carry NaN and infinity along, and need no array of booleans
    if not (np.isfinite(array.min()) and np.isfinite(array.max())):
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name} must be finite, got {array[index]} at index {index}")
    return array


def float_dtype(name: str, value: DTypeLike) -> np.dtype[np.floating]:
    """Return float32 or float64 as a dtype."""
    for dtype in (np.dtype(np.float32), np.dtype(np.float64)):
        if value in (dtype, dtype.name, dtype.type):
            return dtype
    raise ValueError(f"{name} must be float32 or float64, got {value!r}")


def positive_int(name: str, value: object) -> int:
    """Return `value` as an int of at least 1."""
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be an integer of at least 1, got {value!r}")
    return int(value)


def number(name: str, value: object, *, positive: bool = False) -> float:
    """Return `value` as a finite float that is not negative, or positive."""
    good = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not good or not np.isfinite(value) or value < 0 or (positive and value == 0):  # type: ignore
        kind = "positive" if positive else "non-negative"
        raise ValueError(f"{name} must be a {kind} finite number, got {value!r}")
    return float(value)  # type: ignore[arg-type]


def choice(name: str, value: object, options: Collection[str]) -> str:
    """Return `value` when it is one of `options`."""
    if not isinstance(value, str) or value not in options:
        listed = ", ".join(repr(option) for option in options)
        raise ValueError(f"{name} must be one of {listed}, got {value!r}")
    return value


def generator(name: str, value: object) -> np.random.Generator:
    """Return `value` itself, or a new Generator when it is a seed."""
    if isinstance(value, np.random.Generator):
        return value
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name} must be a numpy Generator or a seed, got {value!r}")
    return np.random.default_rng(int(value))
