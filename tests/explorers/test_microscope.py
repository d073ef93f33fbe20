"""The gradient microscope: traits, and pure functions against mlpkit."""

from functools import partial
from itertools import chain

import numpy as np
import pytest
from kit import assert_close, call, random_logits

from mlpkit import ACTIVATIONS, HEADS, MLP, SquaredError, complex_step_gradient, numerical_gradient
from mlpkit.explorers import GradientMicroscope
from mlpkit.explorers.microscope import SIZES, place

WEIGHTS = [
    (layer, i, j)
    for layer in (1, 2)
    for i in range(1, SIZES[layer] + 1)
    for j in range(SIZES[layer - 1] + 1)
]
EPS = np.finfo(float).eps


def network(figure: GradientMicroscope) -> dict:
    """What the module's functions take."""
    names = ("x", "parameters", "target", "activation", "output")
    return {name: getattr(figure, name) for name in names}


def as_mlp(n: dict) -> tuple[MLP, np.ndarray, np.ndarray]:
    net = MLP(SIZES, activation=n["activation"], output=n["output"], rng=0)
    net.parameters[:] = n["parameters"]
    return net, np.array([n["x"]]), np.eye(3)[[n["target"]]]


def random_networks(count: int, scales=(0.01, 1, 30)) -> list[dict]:
    rng = np.random.default_rng(0)
    return [
        {
            "x": (rng.normal(size=3) * rng.choice(scales)).tolist(),
            "parameters": (rng.normal(size=31) * rng.choice(scales)).tolist(),
            "target": int(rng.integers(3)),
            "activation": ("tanh", "relu", "sigmoid")[i % 3],
            "output": ("softmax", "sigmoid", "identity")[i // 3 % 3],
        }
        for i in range(count)
    ]


def J(net: MLP, X, Y, k: int, w) -> float:
    """The loss when parameter k is w."""
    net.parameters[k] = w[0]
    return net.loss(X, Y)


# ---- in Python


@pytest.mark.parametrize("output", HEADS)
@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_lens_shows_the_gradient_of_every_weight(activation, output):
    figure = GradientMicroscope(activation=activation, output=output, h=1e-5)
    net, X, Y = as_mlp(network(figure))

    def loss(values):
        net.parameters = values
        return net.loss(X, Y)

    truth = complex_step_gradient(loss, np.array(figure.parameters))
    assert sorted(map(place, WEIGHTS)) == list(range(31))
    for weight in WEIGHTS:
        figure.weight = weight
        np.testing.assert_allclose(figure.gradient, truth[place(weight)], rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(figure.delta * figure.source, figure.gradient, rtol=1e-12)
        np.testing.assert_allclose(figure.difference, figure.gradient, rtol=1e-8, atol=1e-10)


def test_place_is_that_of_the_views():
    net = MLP(SIZES, rng=0)
    net.parameters[:] = np.arange(31)
    for layer, i, j in WEIGHTS:
        W, b = net.weights[layer - 1], net.biases[layer - 1]
        assert place((layer, i, j)) == (W[i - 1, j - 1] if j else b[i - 1])


def test_traits_can_be_observed_and_derived_ones_not_set():
    figure, seen = GradientMicroscope(), []
    figure.observe(lambda change: seen.append(change.new), "difference")
    figure.h = 1e-3
    assert len(seen) == 1 and abs(seen[0] - figure.gradient) < 1e-5
    figure.h = 1e-16
    figure.parameters = (5.0,) * 31
    assert np.isnan(figure.difference) and "gives no number" in figure.describe()
    with pytest.raises(Exception, match="read-only"):
        figure.gradient = 1.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": (1, 2)}, r"x: expected 3 numbers from -1000 to 1000, got \(1, 2\)"),
        ({"x": (1, 2, np.nan)}, "x: expected 3 numbers"),
        ({"parameters": range(30)}, "parameters: expected 31 numbers"),
        ({"target": 3}, "target: expected an integer from 0 to 2, got 3"),
        ({"activation": "swish"}, "activation: expected 'tanh' or 'relu'"),
        ({"output": "hinge"}, "output: expected 'softmax' or 'sigmoid' or 'identity'"),
        ({"weight": (1, 5, 0)}, r"weight: expected \(layer, i, j\) .* got \(1, 5, 0\)"),
        ({"weight": (2, 1, 5)}, "weight: expected"),
        ({"weight": (0, 1, 1)}, "weight: expected"),
        ({"weight": (1, 1)}, "weight: expected"),
        ({"weight": 7}, "weight: expected"),
        ({"weight": "122"}, "weight: expected"),
        ({"h": 0}, "h: expected a number from 1e-16 to 1, got 0"),
        ({"stage": 17}, "stage: expected an integer from 0 to 16, got 17"),
        ({"stage": True}, "stage: expected an integer"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        GradientMicroscope(**arguments)


def test_a_refused_change_leaves_the_figure_as_it_was():
    figure = GradientMicroscope()
    before = figure.state(), figure.gradient
    for name, value in [("weight", (3, 1, 1)), ("h", 2), ("x", "abc"), ("stage", -1)]:
        with pytest.raises(ValueError, match=name):
            setattr(figure, name, value)
    assert (figure.state(), figure.gradient) == before


def test_an_odd_state_has_words_too():
    dead = GradientMicroscope(activation="relu", weight=(1, 2, 3))
    assert dead.gradient == dead.difference == 0.0
    assert "∂J/∂W₂₃⁽¹⁾ = 0.0000 · 1.5000 = 0.0000" in dead.describe()
    assert "<svg" in dead.still()


# ---- pure functions in Node against mlpkit


def test_squared_error_agrees_with_mlpkit():
    rng = np.random.default_rng(1)
    cases = [(z.tolist(), rng.normal(size=len(z)).tolist()) for z in random_logits(rng)]
    found = call("maths", *(["squaredDelta", *case] for case in cases))
    assert_close(found, [SquaredError.delta([z], [y])[0] for z, y in cases])
    found = call("maths", *(["squaredLoss", *case] for case in cases))
    assert_close(found, [SquaredError.loss([z], [y]) for z, y in cases])


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_slopes_agree_with_mlpkit(activation):
    rng = np.random.default_rng(2)
    z = rng.normal(size=1500) * np.repeat([1e-3, 1, 5, 100, 300], 300)
    z = np.concatenate([z, [0.0, -0.0, 1e4, -1e4, 1e-300, -1e-300, 354.0]])
    found = call("maths", *(["activationSlope", v, activation] for v in z.tolist()))
    # below 1e-300 there are fewer digits than that
    expected = ACTIVATIONS[activation].derivative(z)
    np.testing.assert_allclose(np.array(found, float), expected, rtol=1e-12, atol=1e-300)


def test_every_step_of_both_passes_agrees_with_mlpkit():
    cases = random_networks(1800)
    for n, found in zip(cases, call("microscope", *(["passes", n] for n in cases)), strict=True):
        net, _, Y = as_mlp(n)
        (W1, W2), (b1, b2) = net.weights, net.biases
        head, phi = HEADS[n["output"]], ACTIVATIONS[n["activation"]]
        x, a = map(np.array, found["a"])
        z1, z2 = map(np.array, found["z"])
        delta1, delta2 = map(np.array, found["delta"])
        np.testing.assert_array_equal(x, n["x"])
        # each step from what the step before has found: relative to the terms of its sum
        assert (abs(z1 - (W1 @ x + b1)) <= 1e-12 * (abs(W1) @ abs(x) + abs(b1))).all()
        assert (abs(z2 - (W2 @ a + b2)) <= 1e-12 * (abs(W2) @ abs(a) + abs(b2))).all()
        assert (abs(found["back"] - W2.T @ delta2) <= 1e-12 * (abs(W2.T) @ abs(delta2))).all()
        close = {"rtol": 1e-12, "atol": 1e-300}
        np.testing.assert_allclose(a, phi.function(z1), **close)
        np.testing.assert_allclose(found["slope"], phi.derivative(z1), **close)
        np.testing.assert_allclose(found["output"], head.predict_proba(z2[None])[0], **close)
        np.testing.assert_allclose(found["loss"], head.loss(z2[None], Y), **close)
        np.testing.assert_allclose(delta2, head.delta(z2[None], Y)[0], **close)
        np.testing.assert_allclose(delta1, np.multiply(found["back"], found["slope"]), **close)
        assert found["y"] == Y[0].tolist()


def test_products_agree_with_the_gradients_of_mlpkit():
    cases = random_networks(1200, scales=(0.3, 1))
    rng = np.random.default_rng(3)
    picked = [WEIGHTS[k] for k in rng.integers(31, size=len(cases))]
    found = call("microscope", *(["passes", n] for n in cases))
    pairs = call("microscope", *(["factors", *pair] for pair in zip(found, picked, strict=True)))
    for n, one, weight, (delta, source) in zip(cases, found, picked, pairs, strict=True):
        net, X, Y = as_mlp(n)
        layer, i, j = weight
        size = abs(delta)
        if layer == 1:  # what the terms of its sum amount to, before they cancel
            size = max(size, abs(net.weights[1][:, i - 1]) @ np.abs(one["delta"][1]))
        assert abs(delta - net.deltas(X, Y)[layer - 1][0, i - 1]) <= 1e-12 * size
        went_in = net.activations(X)[layer - 1][0, j - 1] if j else 1
        assert abs(source - went_in) <= 1e-12 * abs(source)
        gradient = np.concatenate([g.ravel() for g in chain(*net.gradients(X, Y))])[place(weight)]
        assert abs(delta * source - gradient) <= 1e-12 * size * abs(source)


def test_differences_agree_with_mlpkit_to_their_rounding():
    cases = random_networks(1200)
    rng = np.random.default_rng(4)
    picked = [WEIGHTS[k] for k in rng.integers(31, size=len(cases))]
    steps = (10.0 ** rng.uniform(-16, 0, len(cases))).tolist()
    calls = zip(cases, picked, steps, strict=True)
    found, lost = call("microscope", *(["centralDifference", *one] for one in calls)), 0
    for n, weight, h, one in zip(cases, picked, steps, found, strict=True):
        net, X, Y = as_mlp(n)
        w = net.parameters[place(weight)].item()
        if w + h == w - h:
            lost += 1
            assert np.isnan(float(one))
            continue
        moved = numerical_gradient(partial(J, net, X, Y, place(weight)), [w], step=h)[0]
        # two losses, each with a few roundings, over 2h
        rounding = 20 * EPS * (1 + J(net, X, Y, place(weight), [w])) / h
        assert abs(one - moved) <= 1e-12 * abs(moved) + rounding
    assert lost > 3


def test_a_kink_is_a_neuron_that_switches():
    cases = [n for n in random_networks(3000, scales=(0.3, 1)) if n["activation"] == "relu"]
    rng = np.random.default_rng(5)
    picked = [WEIGHTS[k] for k in rng.integers(31, size=len(cases))]
    steps = (10.0 ** rng.uniform(-3, 0, len(cases))).tolist()
    expected = []
    for n, weight, h in zip(cases, picked, steps, strict=True):
        net, X, _ = as_mlp(n)
        w, k = net.parameters[place(weight)], place(weight)
        on = []
        for moved in (w - h, w + h):
            net.parameters[k] = moved
            on.append((net.activations(X)[1] > 0).tolist())
        expected.append(on[0] != on[1])
    calls = zip(cases, picked, steps, strict=True)
    assert call("microscope", *(["kinked", *one] for one in calls)) == expected
    assert 20 < sum(expected) < 900
    smooth = dict(cases[0], activation="tanh")
    assert call("microscope", ["kinked", smooth, [1, 1, 1], 1]) == [False]


def test_relative_error():
    rng = np.random.default_rng(6)
    pairs = (rng.normal(size=(1000, 2)) * 10.0 ** rng.integers(-9, 9, (1000, 1))).tolist()
    found = call("microscope", *(["relativeError", *pair] for pair in pairs))
    assert_close(found, [abs(a - b) / max(abs(a), abs(b)) for a, b in pairs])
    odd = call("microscope", ["relativeError", 0, 0], ["relativeError", 0, 1e-9])
    assert odd == [0, 1]


def test_the_error_is_a_v_and_the_words_say_which_arm():
    cases = [
        dict(n, activation="tanh", output="softmax")
        for n in random_networks(200, scales=(1,))
    ]  # fmt: skip
    powers = np.arange(-14, 0)
    steps = [float(f"1e{p}") for p in powers]
    weight = [1, 2, 3]
    found = call("microscope", *(["passes", n] for n in cases))
    calls = [["centralDifference", n, weight, h] for n in cases for h in steps]
    measured = np.array(call("microscope", *calls)).reshape(len(cases), -1)
    exact = np.array([one["delta"][0][1] * one["a"][0][2] for one in found])
    error = np.abs(measured / exact[:, None] - 1)
    bottom = powers[np.median(error, axis=0).argmin()]
    assert -7 <= bottom <= -4
    words = np.array(
        call("microscope", *(
            ["regime", g, d, one["loss"], h, False]
            for one, g, row in zip(found, exact.tolist(), measured.tolist(), strict=True)
            for d, h in zip(row, steps, strict=True)
        ))
    ).reshape(error.shape)  # fmt: skip
    share = (words == "truncation").mean(axis=0)
    assert (share[powers <= -8] < 0.02).all() and (share[powers >= -3] > 0.9).all()
    # what "truncation" promises: a tenth of the step, a hundredth of the error
    both = (words[:, 10] == "truncation") & (words[:, 11] == "truncation")
    assert 80 < np.median(error[both, 11] / error[both, 10]) < 125


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((0.0, 0.0, 1, 1e-5, False), "zero"),
        ((0.5, 0.4, 1, 1e-2, True), "kink"),
        ((0.5, 0.4, 1, 1e-2, False), "truncation"),
        ((0.5, 0.4999, 1, 1e-12, False), "rounding"),
    ],
)
def test_verdicts(arguments, word):
    assert call("microscope", ["regime", *arguments]) == [word]


def test_stages_go_there_and_back():
    found = call("microscope", *(["nodeAt", stage] for stage in range(1, 17)))
    nodes = [(n["layer"], n["i"]) for n in found]
    assert nodes[:8] == [(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2), (2, 3), (3, 1)]
    assert nodes[8:] == nodes[7::-1]
    assert [n["back"] for n in found] == [False] * 8 + [True] * 8
    assert call("microscope", *(["stageOf", *node] for node in nodes[:8])) == list(range(1, 9))


def test_a_tap_on_an_edge_finds_its_weight():
    plan = call("microscope", *(["ends", w] for w in WEIGHTS))
    share = 0.37  # where no two edges cross
    points = [
        (e["x1"] + share * (e["x2"] - e["x1"]), e["y1"] + share * (e["y2"] - e["y1"])) for e in plan
    ]
    found = call("microscope", *(["nearestWeight", *p] for p in points))
    assert [tuple(w) for w in found] == WEIGHTS
    assert call("microscope", ["nearestWeight", 200, 122], ["nodeUnder", 200, 160]) == [None, None]
    below = call("microscope", *(["nodeUnder", e["x2"], e["y2"] + 5] for e in plan))
    assert [tuple(node) for node in below] == [w[:2] for w in WEIGHTS]  # edges end at their boxes
