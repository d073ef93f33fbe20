"""Entropy, cross-entropy and KL: the sources' numbers, SciPy, and the convention 0 ln 0 = 0."""

import numpy as np
import pytest
from scipy.special import rel_entr
from scipy.stats import entropy as scipy_entropy

from mlpkit import SoftmaxCrossEntropy, cross_entropy, entropy, kl_divergence

P = np.random.default_rng(0).dirichlet(np.ones(6), size=(4, 5))
Q = np.random.default_rng(1).dirichlet(np.ones(6), size=(4, 5))


@pytest.mark.parametrize("unit, base", [("nats", np.e), ("bits", 2)])
def test_against_scipy(unit, base):
    np.testing.assert_allclose(
        entropy(P, unit=unit), scipy_entropy(P, base=base, axis=-1), rtol=1e-13
    )
    kl = scipy_entropy(P, Q, base=base, axis=-1)
    np.testing.assert_allclose(kl_divergence(P, Q, unit=unit), kl, rtol=1e-12)
    np.testing.assert_allclose(
        cross_entropy(P, Q, unit=unit), entropy(P, unit=unit) + kl, rtol=1e-13
    )


def test_nats_are_the_default():
    assert entropy([0.5, 0.5]) == np.log(2)
    assert cross_entropy([0.5, 0.5], [0.5, 0.5]) == np.log(2)
    assert kl_divergence([1.0, 0.0], [0.5, 0.5]) == np.log(2)


def test_numbers_of_the_sources():
    """S1-33: KL((1/4, 3/4), (1/2, 1/2)) both ways; S3-33 and S3-38: antenna, in bits."""
    assert kl_divergence([0.25, 0.75], [0.5, 0.5]) == pytest.approx(0.130812, abs=5e-7)
    assert kl_divergence([0.5, 0.5], [0.25, 0.75]) == pytest.approx(0.143841, abs=5e-7)
    assert entropy([0.5, 0.25, 0.125, 0.125], unit="bits") == 1.75


def test_zeros():
    assert entropy([1.0, 0.0]) == 0
    assert cross_entropy([0.0, 1.0], [0.0, 1.0]) == 0
    assert kl_divergence([0.0, 1.0], [0.5, 0.5]) == np.log(2)
    assert cross_entropy([0.5, 0.5], [0.0, 1.0]) == np.inf
    assert kl_divergence([0.5, 0.5], [1.0, 0.0]) == np.inf
    np.testing.assert_array_equal(rel_entr(0.5, 0.0), np.inf)  # SciPy takes the same convention


def test_entropy_of_one_hot_is_plus_zero():
    assert str(entropy(np.eye(3)).tolist()) == "[0.0, 0.0, 0.0]"


def test_one_against_many_broadcasts_and_float32_stays():
    assert cross_entropy(P[0, 0], Q).shape == (4, 5)
    for function in (cross_entropy, kl_divergence):
        assert function(P.astype(np.float32), Q.astype(np.float32)).dtype == np.float32


def test_rounding_does_not_make_kl_negative():
    q = np.nextafter(P, 1)
    terms = (P * (np.log(P) - np.log(q))).sum(axis=-1)
    assert terms.min() < 0  # what the plain formula gives
    assert kl_divergence(P, q).min() == 0


def test_a_sum_within_rounding_of_one_is_accepted():
    entropy(np.array([0.1] * 10, np.float32))
    entropy([0.5, 0.5 + 1e-9])


@pytest.mark.parametrize("check", [entropy, lambda p: SoftmaxCrossEntropy.loss([[0.0, 0.0]], [p])])
def test_a_sum_may_be_off_by_the_root_of_the_precision(check):
    """√ε = 2^−26 in float64, itself included."""
    for sign in (1, -1):
        check([0.5, 0.5 + sign * 2.0**-26])
        with pytest.raises(ValueError):
            check([0.5, 0.5 + sign * 2.0**-25])
