"""The checker itself: right where gradients are right, and it must fail where they are wrong."""

import numpy as np
import pytest

from mlpkit import (
    ACTIVATIONS,
    HEADS,
    MLP,
    check_gradients,
    complex_step_gradient,
    numerical_gradient,
)
from mlpkit.gradcheck import METHODS
from mlpkit.mlp import Gradients

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(6, 4)), RNG.dirichlet(np.ones(3), 6)


def network(cls=MLP, **options) -> MLP:
    return cls([4, 5, 3], rng=0, init=0.7, **options)


@pytest.mark.parametrize("derivative", [numerical_gradient, complex_step_gradient])
def test_of_a_known_function(derivative):
    x = RNG.normal(size=(2, 3))
    before = x.copy()
    gradient = derivative(lambda x: (np.sin(x) * np.exp(x)).sum(), x)
    np.testing.assert_allclose(gradient, (np.sin(x) + np.cos(x)) * np.exp(x), rtol=1e-8)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("derivative", [numerical_gradient, complex_step_gradient])
def test_single_precision_is_widened_first(derivative):
    gradient = derivative(lambda x: np.exp(x).sum(), np.float32([0.25, 2.0]))
    assert gradient.dtype == np.float64
    np.testing.assert_allclose(gradient, np.exp([0.25, 2.0]), rtol=1e-8)


def test_complex_step_is_exact_where_differences_are_not():
    truth = np.exp([1.0])
    assert complex_step_gradient(lambda x: np.exp(x[0]), [1.0]) == truth
    error = abs(numerical_gradient(lambda x: np.exp(x[0]), [1.0]) - truth)
    assert 0 < error < 1e-9


def test_default_step_is_near_the_best():
    """Too small a step is all rounding error, too large a step all curvature."""

    def error(step):
        return abs(numerical_gradient(lambda x: np.exp(x[0]), [1.0], step=step)[0] - np.e)

    assert error(None) < 1e-9 < min(error(1e-13), error(1e-2))


def test_the_step_grows_with_large_arguments():
    gradient = numerical_gradient(lambda x: x[0] ** 2, [1e8])
    np.testing.assert_allclose(gradient, [2e8], rtol=1e-9)


@pytest.mark.parametrize("x, size", [(0.5, 1), (-1.5, 1.5), (8.0, 8)])
def test_the_step_is_the_documented_one(x, size):
    points = []
    numerical_gradient(lambda x: points.append(x[0]) or 0.0, [x])
    assert (points[0] - points[1]) / 2 == pytest.approx(2 ** (-52 / 3) * size, rel=1e-9)


@pytest.mark.parametrize("output", HEADS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("method, worst", [("central", 1e-6), ("complex", 1e-9)])
def test_right_gradients_pass(activation, output, method, worst):
    net = network(activation=activation, output=output)
    report = check_gradients(net, X, Y, l2=0.5, method=method)
    assert report.ok and report.relative_error < worst
    assert report.entries + report.kinks == net.parameters.size


@pytest.mark.parametrize("dtype", [bool, np.int8, np.float16, np.float32, np.longdouble])
def test_inputs_may_be_of_any_real_type(dtype):
    assert check_gradients(network(), (X > 0).astype(dtype), Y).ok


def test_float32_networks_get_a_wider_tolerance():
    report = check_gradients(network(dtype=np.float32), X, Y)
    assert report.ok and report.tolerance == 1e-3
    assert check_gradients(network(), X, Y).tolerance == 1e-6


# ---- planted faults: the usual wrong backward passes


class Transposed(MLP):
    def gradients(self, *arguments):
        g = super().gradients(*arguments)
        return Gradients([W.T.copy().reshape(W.shape) for W in g.weights], g.biases)


class ForgetsSlope(MLP):
    def gradients(self, X, Y, l2=0.0, n_samples=None):
        g = super().gradients(X, Y, l2)
        D = self.deltas(X, Y)[-1] @ self.weights[1]
        g.weights[0][:] = D.T @ X / len(X) + l2 / len(X) * self.weights[0]
        return g


class SumInsteadOfMean(MLP):
    def gradients(self, *arguments):
        g = super().gradients(*arguments)
        return Gradients([6 * W for W in g.weights], [6 * b for b in g.biases])


class PenalisesBiases(MLP):
    def gradients(self, X, Y, l2=0.0, n_samples=None):
        g = super().gradients(X, Y, l2)
        return Gradients(
            g.weights,
            [d + l2 / len(X) * (b + 1) for d, b in zip(g.biases, self.biases, strict=True)],
        )


class OneEntryByAThousandth(MLP):
    def gradients(self, *arguments):
        g = super().gradients(*arguments)
        g.weights[1][2, 0] *= 1.001
        return g


class HiddenBiases(MLP):
    def gradients(self, *arguments):
        g = super().gradients(*arguments)
        g.biases[0][:] *= 2
        return g


class OneBias(MLP):
    def gradients(self, *arguments):
        g = super().gradients(*arguments)
        g.biases[1][1] *= -1
        return g


@pytest.mark.parametrize("method", ["central", "complex"])
@pytest.mark.parametrize(
    "cls, name",
    [
        (Transposed, "weights"),
        (ForgetsSlope, "[0]"),
        (SumInsteadOfMean, ""),
        (PenalisesBiases, "biases"),
        (OneEntryByAThousandth, "weights[1][2, 0]"),
        (OneBias, "biases[1][1]"),
        (HiddenBiases, "biases[0]"),
    ],
)
def test_wrong_gradients_fail_and_the_worst_is_named(cls, name, method):
    report = check_gradients(network(cls), X, Y, l2=0.5, method=method)
    assert not report.ok
    assert name in report.name
    assert repr(report).startswith("gradients DISAGREE in 43 entries: worst " + report.name)
    with pytest.raises(AssertionError, match="DISAGREE"):
        check_gradients(network(cls), X, Y, l2=0.5, method=method, raise_on_failure=True)


def test_no_penalty_unless_asked_for():
    """Wrong by the penalty alone: right without it."""
    assert check_gradients(network(PenalisesBiases), X, Y).ok


def test_the_relative_error_is_that_of_the_larger():
    report = check_gradients(network(OneEntryByAThousandth), X, Y)
    assert report.relative_error == pytest.approx(1 - 1 / 1.001, rel=1e-4)


@pytest.mark.parametrize(
    "dtype, target, l2, floor",
    [
        (np.float64, 0.0, 0.0, METHODS["central"][1]),
        (np.float64, 4.0, 0.0, METHODS["central"][1] * 8),  # the loss is 4²/2
        (np.float64, 0.0, 6.0, METHODS["central"][1] * 12),  # … and here the penalty, 6 · 2²/2
        (np.float32, 0.0, 0.0, 1e-3),
    ],
)
def test_small_derivatives_are_measured_against_what_can_be_resolved(dtype, target, l2, floor):
    """A derivative of 0 that is said to be 1e-4: all of it is error, and little of the loss."""

    class Small(MLP):
        def gradients(self, *arguments):
            g = super().gradients(*arguments)
            g.weights[0][0, 1] = 1e-4
            return g

    net = Small([2, 1], output="identity", rng=0, dtype=dtype)
    net.weights[0][:] = 2, 0
    report = check_gradients(net, [[0.0, 0.0]], [[target]], l2=l2)
    assert report.name == "weights[0][0, 1]"
    assert report.relative_error == pytest.approx(1e-4 / floor, rel=1e-6)


def test_gradients_of_another_shape_are_refused():
    class Bare(MLP):
        def gradients(self, *arguments):
            g = super().gradients(*arguments)
            return Gradients([W.T for W in g.weights], g.biases)

    shapes = [(5, 4), (3, 5), (5,), (3,)], [(4, 5), (5, 3), (5,), (3,)]
    with pytest.raises(ValueError) as caught:
        check_gradients(network(Bare), X, Y)
    assert str(caught.value) == "gradients must have the shapes {}, got {}".format(*shapes)


def test_a_tolerance_can_be_too_wide_or_too_narrow():
    net = network(OneEntryByAThousandth)
    assert check_gradients(net, X, Y, tolerance=1e-2).ok
    assert not check_gradients(network(), X, Y, tolerance=1e-14).ok


def test_report_reads_like_a_sentence():
    report = check_gradients(network(), X, Y, raise_on_failure=True)
    text = repr(report)
    assert text.startswith(f"gradients agree in 43 entries: worst {report.name}, backpropagation ")
    assert text.endswith(f"relative error {report.relative_error:.1e}, tolerance 1e-06")


def test_kinks_are_left_out_by_count_and_only_they():
    """A sample of zeros puts every hidden unit exactly on ReLU's kink."""
    net = network(activation="relu")
    X0 = np.vstack([X, np.zeros(4)])
    Y0 = np.vstack([Y, [1, 0, 0]])
    report = check_gradients(net, X0, Y0)
    assert report.ok and report.kinks == 5 and report.entries == 38
    assert "(5 kinks left out)" in repr(report)
    wrong = check_gradients(network(HiddenBiases, activation="tanh"), X0, Y0)
    assert wrong.kinks == 0 and not wrong.ok  # tanh has no kink to hide behind
    assert not check_gradients(network(OneBias, activation="relu"), X0, Y0).ok


def test_an_error_within_the_tolerance_is_no_kink():
    net = network(activation="relu")
    X0, Y0 = np.zeros((1, 4)), [[1, 0, 0]]
    worst = check_gradients(net, X0, Y0, tolerance=1e3).relative_error
    assert worst > 1e-3
    assert check_gradients(net, X0, Y0, tolerance=worst).kinks == 0


class WrongFirstWeight(MLP):
    def gradients(self, *arguments):
        g = super().gradients(*arguments)
        g.weights[0][0, 0] += 1
        return g


def one_sided(cls, w, away):
    """ReLU units x·w and, with input 1, a bias `away` steps of 2^(−52/3) above the kink."""
    net = cls([1, 2, 1], activation="relu", output="identity", rng=0)
    net.weights[0][:] = [[w], [0.0]]
    net.weights[1][:] = 1
    net.biases[0][:] = -w + 3, away * 2 ** (-52 / 3)
    return net


def test_a_kink_excuses_only_the_entries_that_reach_it():
    """The second unit may switch when its own weight moves; that is no word for the first's."""
    report = check_gradients(one_sided(MLP, 0.5, 0.5), [[1.0]], [[0.0]])
    assert report.ok and report.kinks == 2  # the second unit's weight and bias
    report = check_gradients(one_sided(WrongFirstWeight, 0.5, 0.5), [[1.0]], [[0.0]])
    assert not report.ok and report.name == "weights[0][0, 0]"
    assert check_gradients(one_sided(MLP, 0.5, 1.5), [[1.0]], [[0.0]]).kinks == 0


@pytest.mark.parametrize("w, away, excused", [(0.5, 1.5, False), (64.0, 32.0, True)])
def test_a_kink_counts_within_the_step_and_no_farther(w, away, excused):
    """The step grows with the weight, and so does the reach of a kink."""
    net = WrongFirstWeight([1, 1, 1], activation="relu", output="identity", rng=0)
    net.weights[0][:], net.weights[1][:] = w, 1
    net.biases[0][:] = away * 2 ** (-52 / 3) - w
    report = check_gradients(net, [[1.0]], [[1.0]])
    assert report.ok == excused


def test_a_weight_is_moved_from_where_it_is():
    """Were it set to ±h instead, the unit would switch and excuse the fault."""
    net = WrongFirstWeight([1, 1, 1], activation="relu", output="identity", init=0.7, rng=0)
    net.weights[0][:] = 0.7
    assert not check_gradients(net, [[1.0]], [[1.0]]).ok


def test_a_sample_is_drawn_with_seed_0_and_has_no_entry_twice():
    """Which entries are looked at: those at which a fault is seen."""

    class Wrong(MLP):
        def gradients(self, *arguments):
            g = super().gradients(*arguments)
            vector = np.concatenate([a.ravel() for a in (*g.weights, *g.biases)])
            vector[self.wrong] += 1
            return self.split(vector)

    net, seen = network(Wrong), []
    for index in range(net.parameters.size):
        net.wrong = index
        if not check_gradients(net, X, Y, max_entries=30).ok:
            seen.append(index)
    assert seen == sorted(np.random.default_rng(0).choice(43, 30, replace=False).tolist())


def test_a_sample_of_entries():
    net = network()
    assert check_gradients(net, X, Y, max_entries=10).entries == 10
    assert check_gradients(net, X, Y, max_entries=1000).entries == 43
    assert not check_gradients(network(SumInsteadOfMean), X, Y, max_entries=5).ok
    first, second = (check_gradients(net, X, Y, max_entries=10) for _ in range(2))
    assert first == second


def test_the_network_is_left_as_it_was():
    net = network()
    before = net.parameters.copy()
    check_gradients(net, X, Y)
    check_gradients(net, X, Y, method="complex")
    np.testing.assert_array_equal(net.parameters, before)
    assert net.parameters.dtype == net.dtype == np.float64
