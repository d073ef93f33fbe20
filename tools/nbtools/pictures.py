"""Compare PNG pictures by what is seen, not by their bytes."""

from __future__ import annotations

import base64
import binascii
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

# Pinned matplotlib draws the same pixels on every processor tried; a changed digit moves one by 100
LEVELS = 8


def decode(data: str) -> NDArray[np.int16]:
    """Return the picture stored in a notebook as RGBA, shape (height, width, 4), 0 to 255.

    Raises `ValueError` where the data are no picture.
    """
    try:
        with Image.open(io.BytesIO(base64.b64decode(data, validate=False))) as image:
            return np.asarray(image.convert("RGBA"), dtype=np.int16)
    except (binascii.Error, UnidentifiedImageError, OSError, SyntaxError) as error:
        raise ValueError(f"not a picture: {error}") from error


def difference(stored: str, new: str) -> str:
    """Say in words how two pictures differ; empty when they look the same."""
    try:
        a, b = decode(stored), decode(new)
    except ValueError as error:
        return str(error)
    if a.shape != b.shape:
        return f"{a.shape[1]} x {a.shape[0]} pixels stored, {b.shape[1]} x {b.shape[0]} drawn"
    count = int((np.abs(a - b).max(axis=-1) > LEVELS).sum())
    return f"{count} of {a.shape[0] * a.shape[1]} pixels differ" if count else ""
