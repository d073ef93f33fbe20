"""The training replay: records made by mlpkit, pure functions against mlpkit, the page."""

import copy

import numpy as np
import pytest
from kit import assert_close, call, drag

from mlpkit.encoding import one_hot
from mlpkit.explorers import TrainingReplay, record, still
from mlpkit.mlp import MLP
from mlpkit.training import sgd

X = np.random.default_rng(0).normal(size=(30, 2))
Y = one_hot((X > 0).sum(axis=1), 3)


def test_a_record_holds_what_sgd_did():
    net = MLP([2, 4, 3], rng=0)
    twin = copy.deepcopy(net)
    run = record("a", net, X, Y, epochs=6, every=2, learning_rate=0.5, batch_size=10, rng=3)
    assert run["epochs"] == [0, 2, 4, 6] and not run["diverged"]
    assert_close([run["loss"][0]], [twin.loss(X, Y)], rtol=1e-5)
    sgd(twin, X, Y, epochs=6, learning_rate=0.5, batch_size=10, rng=3)
    np.testing.assert_array_equal(net.parameters, twin.parameters)
    assert_close([run["parameters"][-1]], [twin.parameters], rtol=1e-5)
    assert_close([run["loss"][-1]], [twin.loss(X, Y)], rtol=1e-5)
    norms = [np.linalg.norm(dW) for dW in twin.gradients(X, Y).weights]
    assert_close([run["norms"][-1]], [norms], rtol=1e-5)


def test_a_run_that_diverges_ends_there():
    net = MLP([2, 4, 3], activation="relu", rng=0)
    run = record("b", net, X, Y, epochs=50, learning_rate=1e200, batch_size=None)
    assert run["diverged"] and 1 <= len(run["epochs"]) < 51
    assert np.isfinite(run["loss"]).all()


@pytest.mark.parametrize("activation", ["identity", "relu", "sigmoid", "tanh"])
def test_network_module_agrees_with_mlpkit(activation):
    rng = np.random.default_rng(1)
    calls, expected = [], []
    for _ in range(300):
        sizes = [2, *rng.integers(1, 7, rng.integers(0, 3)).tolist(), int(rng.integers(2, 5))]
        net = MLP(sizes, activation=activation, init=float(rng.choice([1e-9, 1, 30])), rng=rng)
        net.parameters += rng.normal(size=net.parameters.shape) * rng.choice([1e-3, 1e2])
        x = rng.normal(size=2) * rng.choice([1e-6, 1, 1e4])
        calls.append(["networkLogits", x.tolist(), sizes, net.parameters.tolist(), activation])
        size = np.abs(x)  # what the terms of each sum amount to, before they cancel
        for a, W, b in zip(net.activations(x[None])[:-1], net.weights, net.biases, strict=True):
            size = np.maximum(np.abs(W) @ np.maximum(size, np.abs(a[0])) + np.abs(b), 0)
        expected.append((net.logits(x[None])[0], size))
    for found, (logits, size) in zip(call("maths", *calls), expected, strict=True):
        assert (np.abs(found - logits) <= 1e-12 * size).all()


def test_frames_decades_and_bounds():
    rng = np.random.default_rng(2)
    epochs = [np.unique(np.append(0, rng.integers(0, 99, 8))).tolist() for _ in range(1000)]
    asked = rng.integers(0, 120, 1000).tolist()
    found = call("replay", *(["frameAt", *pair] for pair in zip(epochs, asked, strict=True)))
    assert found == [
        int(np.searchsorted(e, a, "right")) - 1 for e, a in zip(epochs, asked, strict=True)
    ]
    values = [10.0 ** rng.uniform(-30, 30, rng.integers(1, 9)) for _ in range(1000)]
    for (low, high), v in zip(
        call("replay", *(["decades", v.tolist()] for v in values)), values, strict=True
    ):
        assert (
            high - low >= 1 and 10.0**low <= v.min() * 1.000001 and v.max() <= 10.0**high * 1.000001
        )
    assert call("replay", ["decades", [0, 0]]) == [[-1, 0]]
    points = [rng.normal(size=(5, 2)) * 10.0 ** rng.integers(-3, 4) for _ in range(1000)]
    assert_close(
        call("replay", *(["bounds", p.tolist()] for p in points)),
        [1.15 * abs(p).max() for p in points],
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"runs": []}, "1 or 2 records of runs"),
        ({"runs": [{"name": "a"}]}, "1 or 2 records of runs"),
        ({"X": X[:, :1]}, r"expected shapes \(n, 2\) and \(n,\)"),
        ({"X": None}, "expected the samples"),
        ({"y": [7] * 30}, "classes from 0 to 3"),
        ({"epoch": -1}, "epoch: expected an integer"),
    ],
)
def test_bad_arguments_are_refused(change, message):
    run = record("a", MLP([2, 3], rng=0), X, Y, epochs=1)
    good = {"runs": [run], "X": X, "y": Y.argmax(axis=1)}
    TrainingReplay(**good)
    with pytest.raises(ValueError, match=message):
        TrainingReplay(**(good | change))


def test_momentum_cannot_be_recorded():
    with pytest.raises(ValueError, match=r"momentum: expected none, got 0\.9"):
        record("a", MLP([2, 3], rng=0), X, Y, epochs=1, momentum=0.9)


def shown(page) -> list[str]:
    return (
        page.locator("figure >> nth=0").locator(".replay-panels p:not(.ex-head)").all_inner_texts()
    )


def expected(epoch: int) -> list[str]:
    def line(run):
        i = run["epochs"].index(epoch)
        norms = ", ".join(still.fixed(n, 4) for n in run["norms"][i])
        loss, share = still.fixed(run["loss"][i], 4), still.fixed(run["accuracy"][i], 4)
        return f"J {loss}, accuracy {share}, gradient norms {norms}"

    return [line(run) for run in TrainingReplay().runs]


@pytest.mark.parametrize("by", ["mouse", "touch", "keys"])
def test_epochs_are_scrubbed(open_page, by):
    page = open_page("replay", has_touch=True).page
    assert shown(page) == expected(0)
    slider = page.get_by_label("epoch").first
    if by == "keys":
        for key in ("PageUp", "ArrowRight", "ArrowLeft", "ArrowLeft"):
            slider.press(key)
    else:
        drag(page, slider, 0.5, by)
    epoch = int(slider.get_attribute("aria-valuetext"))
    assert epoch == 12 if by == "keys" else 27 <= epoch <= 33
    assert shown(page) == expected(epoch)
    assert (
        page.locator("figure >> nth=1").get_by_label("epoch").get_attribute("aria-valuetext") == "0"
    )


def test_regions_are_those_of_the_network(open_page):
    page = open_page("replay").page
    figure = TrainingReplay()
    page.get_by_label("epoch").first.press("End")
    run = figure.runs[1]
    net = MLP(run["sizes"], rng=0)
    net.parameters[:] = run["parameters"][-1]
    reach = 1.15 * max(abs(v) for point in figure.points for v in point[:2])
    centres = (np.arange(48) + 0.5) / 48 * 2 * reach - reach
    grid = np.array([(x, -y) for x in centres for y in centres])
    pixels = (
        page.locator("canvas")
        .nth(1)
        .evaluate(
            """canvas => { const c = canvas.getContext("2d"), found = [];
             for (let i = 0; i < 48; i++) for (let j = 0; j < 48; j++)
               found.push([...c.getImageData(6 * i + 3, 6 * j + 3, 1, 1).data.slice(0, 3)]);
             return found }"""
        )
    )
    # class 0 is bluest, 1 is reddest, 2 is greenest
    colour = np.array([{2: 0, 0: 1, 1: 2}[int(np.argmax(rgb))] for rgb in pixels])
    assert (colour == net.predict(grid)).mean() > 0.9  # the rest is under the points
