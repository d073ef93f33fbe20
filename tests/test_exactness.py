"""The last digit: mlpkit against 50 digits, and against SciPy and PyTorch on the same input.

`pytest -s tests/test_exactness.py` prints the table.
"""

import mpmath
import numpy as np
import pytest
from exactness_table import CANDIDATES, DIGITS, table, ulps

from mlpkit import SigmoidCrossEntropy, SoftmaxCrossEntropy, log_softmax, sigmoid, softmax


@pytest.fixture(scope="module")
def rows():
    with mpmath.workdps(DIGITS):
        rows = table()
    names = list(CANDIDATES)
    print(f"\n{'largest error in ulp':60s}" + "".join(f"{name:>10s}" for name in names))
    for row in rows:
        label = f"{row['function']}, {row['dtype']}, {row['logits']}"
        print(f"{label:60s}" + "".join(f"{row[name]:10.3g}" for name in names))
    return rows


def test_no_value_is_off_by_more_than_4_ulp(rows):
    assert len(rows) == 7 * 2 * 10
    assert [row for row in rows if not row["mlpkit"] <= 4] == []


def test_float32_is_rounded_once(rows):
    single = [row["mlpkit"] for row in rows if row["dtype"] == "float32"]
    assert max(single) <= 0.501


@pytest.mark.parametrize("rival", ["scipy", "torch"])
def test_no_row_is_worse_than_the_rival_by_more_than_rounding_luck(rows, rival):
    """Where both are within 3 ulp, whose last digit is better is chance."""
    if rival == "torch":
        pytest.importorskip("torch")
    assert [row for row in rows if row["mlpkit"] > max(row[rival], 3)] == []


def test_the_measure_itself_can_fail():
    assert ulps(1.0 + 2**-52, mpmath.mpf(1), np.float64) == 1
    assert ulps(np.float32(1) + np.float32(2**-23), mpmath.mpf(1), np.float32) == 1
    assert ulps(1.0, mpmath.mpf(1), np.float64) == 0
    assert ulps(np.nan, mpmath.mpf(1), np.float64) == np.inf


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_largest_and_smallest_floats(dtype):
    """Nothing overflows: where the truth is no float, the nearest one comes out."""
    huge, tiny = np.finfo(dtype).max, np.finfo(dtype).smallest_subnormal
    z = np.array([[huge, -huge, 0], [tiny, -tiny, 0], [huge, huge, huge], [-huge, 0, 1e4]], dtype)
    third = dtype(1) / dtype(3)
    expected = [[1, 0, 0], [third] * 3, [third] * 3, [0, 0, 1]]
    np.testing.assert_array_equal(softmax(z), np.array(expected, dtype))
    assert log_softmax(z)[0].tolist() == [0, -huge, -huge]
    np.testing.assert_array_equal(sigmoid(z[0]), [1, 0, 0.5])
    Y = np.eye(3)[[1, 0, 0, 0]]
    assert np.isfinite(SoftmaxCrossEntropy.loss(z, Y))
    assert np.isfinite(SigmoidCrossEntropy.loss(z[:, :1], Y[:, :1]))
    np.testing.assert_array_equal(SoftmaxCrossEntropy.delta(z[:1], Y[:1]), [[1, -1, 0]])


@pytest.mark.parametrize("axis", [0, 1])
def test_long_sums_stay_exact_along_any_axis(axis):
    """NumPy adds pairwise only along the memory; naive sums of 100,000 lose two digits."""
    z = np.zeros((100_000, 2) if axis == 0 else (2, 100_000))
    z[0, 0] = 1e-9
    truth = -np.log(100_000)
    np.testing.assert_allclose(log_softmax(z, axis).ravel()[-1], truth, rtol=3e-16)
    single = softmax(z.astype(np.float32), axis)
    assert single.ravel()[-1] == np.float32(1e-5)
