"""Labels to targets and back: one-hot rows for one class each, multi-hot rows for sets."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .checks import FloatArray, positive_int, real_array


def one_hot(labels: ArrayLike, n_classes: int, *, dtype: DTypeLike = np.float64) -> FloatArray:
    """Return Y (n, C) with a single 1 in each row, at the column of that row's label.

    `labels` (n,) are integers 0…C−1. Raises ValueError for labels that are not integers, out
    of range, or not one-dimensional. Source: S1-10, S1-11, S2-02, S2-04, S3-05.

    >>> one_hot([2, 0], 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    n_classes = positive_int("n_classes", n_classes)
    label_array = _labels("labels", labels, n_classes)
    Y = np.zeros((label_array.size, n_classes), dtype)
    Y[np.arange(label_array.size), label_array] = 1
    return Y


def from_one_hot(Y: ArrayLike) -> NDArray[np.int64]:
    """Return the labels (n,) of one-hot rows Y (n, C); raises ValueError for other rows.

    Probabilities are no one-hot rows: their most likely class is `P.argmax(axis=1)`.

    >>> from_one_hot([[0, 0, 1], [1, 0, 0]])
    array([2, 0])
    """
    Y = _zeros_and_ones(Y)
    wrong = np.flatnonzero(Y.sum(axis=1) != 1)
    if wrong.size:
        raise ValueError(
            f"Y must have exactly one 1 in each row, got {int(Y[wrong[0]].sum())} in row {wrong[0]}"
        )
    labels: NDArray[np.int64] = Y.argmax(axis=1)
    return labels


def multi_hot(
    label_sets: Iterable[Iterable[int]], n_classes: int, *, dtype: DTypeLike = np.float64
) -> FloatArray:
    """Return Y (n, C) with a 1 for every label in the row's set, which may be empty.

    Raises ValueError for labels that are not integers 0…C−1. Source: S0-02, S1-84.

    >>> multi_hot([{0, 2}, set()], 3)
    array([[1., 0., 1.],
           [0., 0., 0.]])
    """
    n_classes = positive_int("n_classes", n_classes)
    try:
        rows = [list(labels) for labels in label_sets]
    except TypeError:
        raise ValueError(f"label_sets must hold sets of labels, got {label_sets!r}") from None
    if not rows:
        raise ValueError("label_sets must not be empty, got no set")
    Y = np.zeros((len(rows), n_classes), dtype)
    for i, labels in enumerate(rows):
        if labels:
            Y[i, _labels(f"label_sets[{i}]", labels, n_classes)] = 1
    return Y


def from_multi_hot(Y: ArrayLike) -> list[set[int]]:
    """Return the set of labels of each multi-hot row of Y (n, C).

    >>> from_multi_hot([[1, 0, 1], [0, 0, 0]])
    [{0, 2}, set()]
    """
    return [set(np.flatnonzero(row).tolist()) for row in _zeros_and_ones(Y)]


def _labels(name: str, labels: ArrayLike, n_classes: int) -> NDArray[np.integer]:
    array = np.asarray(labels)
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    if array.dtype.kind not in "iu":
        raise ValueError(f"{name} must be integers, got dtype {array.dtype}")
    if array.ndim != 1:
        raise ValueError(f"{name} must have shape (n,), got shape {array.shape}")
    wrong = np.flatnonzero((array < 0) | (array >= n_classes))
    if wrong.size:
        raise ValueError(
            f"{name} must lie in 0…{n_classes - 1}, got {array[wrong[0]]} at index {wrong[0]}"
        )
    return array


def _zeros_and_ones(Y: ArrayLike) -> FloatArray:
    Y = real_array("Y", Y, ndim=2)
    wrong = np.argwhere((Y != 0) & (Y != 1))
    if wrong.size:
        i, j = wrong[0]
        raise ValueError(f"Y must hold only 0 and 1, got {Y[i, j]:g} at index ({i}, {j})")
    return Y
