"""Values as JSON, the only thing that crosses between the grader and a submission.

Arrays travel as dtype, shape and bytes: nothing is unpickled, and no size is believed before the
bytes are there. Both sides run this file, so it imports the standard library and NumPy alone.
"""

import base64
import re

import numpy as np

# bool, integers, floats, complex numbers: no objects, no records, no text
DTYPE = re.compile(r"[<>|=][biufc]\d{1,2}")
LARGEST_INT = 2**63


def pack(value: object) -> object:
    """`value` as what `json.dumps` takes; `TypeError` for what is not plain data."""
    if value is None or isinstance(value, bool | str):
        return value
    if type(value) is int and abs(value) < LARGEST_INT:
        return value
    if type(value) is float:
        return value
    if isinstance(value, list | tuple):
        return {type(value).__name__: [pack(v) for v in value]}
    if isinstance(value, dict):
        return {"dict": [[pack(k), pack(v)] for k, v in value.items()]}
    if isinstance(value, np.ndarray | np.generic | int | float | complex):
        array = np.asarray(value)
        if DTYPE.fullmatch(array.dtype.str):
            data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
            return {"array": [array.dtype.str, list(array.shape), data]}
        raise TypeError(f"an array of dtype {array.dtype}, not of numbers")
    raise TypeError(f"a {type(value).__name__}, not a number or an array")


def unpack(packed: object) -> object:
    """The value again; `ValueError` for anything that `pack` does not write."""
    if packed is None or isinstance(packed, bool | str | int | float):
        return packed
    if not isinstance(packed, dict) or len(packed) != 1:
        raise ValueError("expected a packed value")
    ((kind, body),) = packed.items()
    if not isinstance(body, list):
        raise ValueError(f"expected a list for {kind}")
    if kind == "array":
        return _array(*body)
    if kind in ("list", "tuple"):
        values = [unpack(v) for v in body]
        return tuple(values) if kind == "tuple" else values
    if kind == "dict":
        return {unpack(k): unpack(v) for k, v in body}
    raise ValueError(f"unknown kind {kind!r}")


def _array(dtype: str, shape: list[int], data: str) -> np.ndarray:
    if not DTYPE.fullmatch(dtype):
        raise ValueError(f"dtype {dtype!r} is not one of numbers")
    raw = base64.b64decode(data, validate=True)
    # a copy: frombuffer's array is read-only
    return np.frombuffer(raw, dtype=np.dtype(dtype)).reshape([int(n) for n in shape]).copy()
