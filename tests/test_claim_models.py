"""The course's models against the package, and against what they promise of themselves."""

import ast
import inspect
import itertools

import numpy as np
import pytest

from mlpkit import MLP, claim_models
from mlpkit.claim_models import LAST, SIZES, N, batch, huffman_lengths, network
from texcheck import Model

MODELS = {name: m for name, m in vars(claim_models).items() if isinstance(m, Model)}


def as_mlp(point):
    """The network that a point's weights and biases make."""
    net = MLP(SIZES, activation="tanh", output="softmax", rng=0)
    for layer in range(1, LAST + 1):
        net.weights[layer - 1][:] = point["W", layer]
        net.biases[layer - 1][:] = point[r"\mathbf b", layer]
    return net


def test_the_network_is_mlpkits():
    point = network.point(0)
    net, x, y = as_mlp(point), point[r"\mathbf x"][None], point[r"\mathbf y"][None]
    assert net.loss(x, y) == pytest.approx(float(point[r"\mathcal L"]), rel=1e-12)
    for layer, (a, delta) in enumerate(
        zip(net.activations(x)[1:], net.deltas(x, y), strict=True), 1
    ):
        np.testing.assert_allclose(point[r"\mathbf a", layer], a[0], rtol=1e-12)
        np.testing.assert_allclose(point[r"\boldsymbol\delta", layer], delta[0], atol=1e-12)


def test_the_batch_is_mlpkits():
    point = batch.point(0)
    net, lam = as_mlp(point), float(point[r"\lambda"])
    assert net.loss(point["X"], point["Y"], lam) == pytest.approx(float(point[r"J_\lambda"]))
    gradients = net.gradients(point["X"], point["Y"], lam)
    for layer in range(1, LAST + 1):
        W = point["W", layer] - point[r"\eta"] * gradients.weights[layer - 1]
        b = point[r"\mathbf b", layer] - point[r"\eta"] * gradients.biases[layer - 1]
        np.testing.assert_allclose(batch.after["W"](point, layer), W, rtol=1e-12)
        np.testing.assert_allclose(batch.after["bf b"](point, layer), b, rtol=1e-12)
        np.testing.assert_allclose(point["A", layer], net.activations(point["X"])[layer])


def test_huffman_lengths_are_the_best_of_all_prefix_codes():
    rng = np.random.default_rng(3)
    for _ in range(20):
        p = rng.dirichlet(np.full(5, 0.5))
        lengths = itertools.product(range(1, 5), repeat=5)
        best = min(p @ np.array(n) for n in lengths if sum(2.0**-k for k in n) <= 1)
        assert p @ huffman_lengths(p) == pytest.approx(best, rel=1e-12)
    assert huffman_lengths(np.array([1, 1, 2, 4, 8]) / 16).tolist() == [4, 4, 3, 2, 1]


def test_sizes_are_distinct_so_that_a_transpose_shows():
    assert len({*SIZES, N}) == len(SIZES) + 1
    assert min(SIZES) >= 2


def test_targets_are_soft_and_one_hot():
    soft = claim_models.softmax.point(0)[r"\mathbf y"]
    assert np.all((soft > 0) & (soft < 1)) and soft.sum() == pytest.approx(1)
    assert sorted(claim_models.one_hot.point(0)[r"\mathbf y"]) == [0, 0, 0, 1]
    assert abs(claim_models.unnormalised.point(0)[r"\mathbf y"].sum() - 1) > 0.1


@pytest.mark.parametrize("name", MODELS)
def test_points_are_the_same_each_time_and_different_from_one_another(name):
    model = MODELS[name]
    first, again, other = (repr(model.point(i).given) for i in (0, 0, 1))
    assert first == again != other


def test_each_model_has_a_docstring():
    body = ast.parse(inspect.getsource(claim_models)).body
    documented = {
        before.targets[0].id
        for before, after in itertools.pairwise(body)
        if isinstance(before, ast.Assign) and isinstance(after, ast.Expr)
    }
    assert set(MODELS) <= documented
