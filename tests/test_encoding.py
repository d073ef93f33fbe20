"""One-hot and multi-hot: by hand, there and back, and against scikit-learn."""

import numpy as np
import pytest
from sklearn.preprocessing import MultiLabelBinarizer, OneHotEncoder

from mlpkit import from_multi_hot, from_one_hot, multi_hot, one_hot


def test_one_hot_by_hand():
    Y = one_hot([2, 0, 1, 2], 4)
    assert Y.dtype == np.float64
    np.testing.assert_array_equal(Y, [[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int8, bool])
def test_dtype_is_kept(dtype):
    assert one_hot([0], 1, dtype=dtype).dtype == dtype
    assert multi_hot([{0}], 1, dtype=dtype).dtype == dtype


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int64])
def test_one_hot_against_sklearn_and_back(dtype):
    labels = np.random.default_rng(0).integers(0, 7, 50).astype(dtype)
    Y = one_hot(labels, 7)
    encoder = OneHotEncoder(categories=[np.arange(7)], sparse_output=False)
    np.testing.assert_array_equal(Y, encoder.fit_transform(labels[:, None]))
    back = from_one_hot(Y)
    assert back.dtype == np.int64
    np.testing.assert_array_equal(back, labels)


def test_multi_hot_against_sklearn_and_back():
    rng = np.random.default_rng(0)
    sets = [set(np.flatnonzero(row).tolist()) for row in rng.random((30, 5)) < 0.4]
    assert set() in sets
    Y = multi_hot(sets, 5)
    assert Y.dtype == np.float64
    np.testing.assert_array_equal(Y, MultiLabelBinarizer(classes=range(5)).fit_transform(sets))
    assert from_multi_hot(Y) == sets
    assert from_multi_hot(Y.astype(bool)) == sets


def test_multi_hot_takes_any_iterable_and_counts_a_label_once():
    np.testing.assert_array_equal(
        multi_hot(([1, 1], (0,), range(3)), 3), [[0, 1, 0], [1, 0, 0], [1, 1, 1]]
    )
