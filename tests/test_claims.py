"""The executable check of a numbered equation, from two sides given in code."""

import numpy as np
import pytest

from mlpkit.claims import ClaimError, claim, refuse


def test_one_deterministic_line(capsys):
    claim("eq-mean", [0.1 + 0.2, 1.0], [0.3, 1.0])
    out = capsys.readouterr().out
    assert out == "eq-mean: both sides agree (2 values, relative difference below 1e-09)\n"


def test_reason_is_shown(capsys):
    claim("eq-mean", 1.0, 1.0, reason="a limit")
    assert "not read from the page: a limit" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [
        (1.0, 1.0 + 1e-6),
        ([1.0, 2.0], [1.0, 2.1]),
        ([1.0, 1.0], 1.0),
        (np.ones((2, 1)), np.ones((1, 2))),
        (np.nan, np.nan),
        ([1.0, np.nan], [1.0, np.nan]),
        (np.inf, -np.inf),
        (0.0, 1e-9),
    ],
    ids=["value", "component", "broadcast", "transpose", "nan", "one-nan", "infinities", "zero"],
)
def test_different_sides_fail(lhs, rhs):
    with pytest.raises(ClaimError, match="eq-mean") as failure:
        claim("eq-mean", lhs, rhs)
    assert "left:" in str(failure.value) and "right:" in str(failure.value)


def test_tolerances_are_respected():
    claim("eq-mean", 1.0, 1.0 + 1e-6, rtol=1e-5)
    claim("eq-mean", 0.0, 1e-9, atol=1e-8)
    claim("eq-mean", True, 1)
    claim("eq-mean", np.inf, np.inf)


def test_refuse_needs_a_difference(capsys):
    refuse("eq-mean", 1.0, 2.0, "factor two")
    assert capsys.readouterr().out == "eq-mean: false variant refused (factor two)\n"
    with pytest.raises(ClaimError, match="holds"):
        refuse("eq-mean", 1.0, 1.0, "nothing wrong")
    with pytest.raises(ClaimError, match="finite"):
        refuse("eq-mean", 1.0, np.nan, "a NaN is no witness")


@pytest.mark.parametrize("label", ["", "softmax", "eq-", "eq-Softmax", "eq_softmax", "eq-a b", 3])
def test_malformed_label(label):
    with pytest.raises(ValueError, match="label"):
        claim(label, 1.0, 1.0)


def test_malformed_sides():
    with pytest.raises(ValueError, match="lhs"):
        claim("eq-mean", "text", 1.0)
    with pytest.raises(ValueError, match="rhs"):
        claim("eq-mean", 1.0, 1j)
    with pytest.raises(ValueError, match="lhs"):
        claim("eq-mean", [], [])
    with pytest.raises(ValueError, match="rtol"):
        claim("eq-mean", 1.0, 1.0, rtol=-1.0)
