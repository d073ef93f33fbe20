"""The depth explorer: norms from mlpkit, pure functions, the page."""

import numpy as np
import pytest
from kit import call, drag

from mlpkit.encoding import one_hot
from mlpkit.explorers import Depth, gradient_powers, still
from mlpkit.explorers.depth import DEPTHS, SCALES
from mlpkit.mlp import MLP


def test_powers_are_the_norms_of_delta():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(32, 32))
    Y = one_hot(rng.integers(0, 10, 32), 10)
    net = MLP([32] * 3 + [10], activation="tanh", init=float(1.4142 / np.sqrt(32)), rng=rng)
    # the weights' gradient is the mean of δᵀa, so δ's own norm follows from the bias by hand
    norms = [np.sqrt(((d / 32) ** 2).sum()) for d in net.deltas(X, Y)]
    np.testing.assert_allclose(gradient_powers("tanh", 3, 1.4142), np.log10(norms), atol=0.0051)


def test_a_scale_that_keeps_the_gradient_exists_for_all_but_the_sigmoid():
    def falls(activation):
        powers = [gradient_powers(activation, 30, scale) for scale in SCALES]
        return {s: p[0] - p[-1] for s, p in zip(SCALES, powers, strict=True)}

    assert abs(falls("relu")[1.4142]) < 0.5  # He: √2
    assert abs(falls("identity")[1.0]) < 0.5
    assert max(falls("sigmoid").values()) < -2
    for activation in ("relu", "identity", "tanh"):
        found = falls(activation)
        assert found[SCALES[0]] < -2 and found[SCALES[-1]] > 2


def test_module_finds_the_nearest_scale_and_judges():
    rng = np.random.default_rng(1)
    asked = np.exp(rng.uniform(np.log(0.25), np.log(8), 1000))
    found = call("depth", *(["nearest", list(SCALES), s] for s in asked.tolist()))
    assert found == [int(np.argmin(np.abs(np.log(np.array(SCALES) / s)))) for s in asked]
    powers = rng.uniform(-6, 6, (1000, 5)).round(2).tolist()
    for judged, p in zip(call("depth", *(["verdict", p] for p in powers)), powers, strict=True):
        fall = p[0] - p[-1]
        assert judged == ("vanishes" if fall < -2 else "explodes" if fall > 2 else "keeps its size")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"activation": "swish"}, "activation: expected 'identity' or 'sigmoid'"),
        ({"depth": 4}, r"depth: expected one of \(3, 10, 30\), got 4"),
        ({"scale": 0}, "scale: expected a number from 0.25 to 8"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Depth(**arguments)


def sentence(page, nth: int = 0) -> str:
    return page.locator("figure").nth(nth).locator("p", has_text="The norm").inner_text()


def expected(activation="sigmoid", depth=30, scale=1.0) -> tuple[str, str]:
    powers = Depth(activation, depth, scale).powers
    return tuple(still.fixed(p, 2) for p in (powers[0], powers[-1]))


@pytest.mark.parametrize("by", ["mouse", "touch", "keys"])
def test_the_scale_is_moved(open_page, by):
    page = open_page("depth", has_touch=True).page
    slider = page.get_by_label("scale s").first
    if by == "keys":
        slider.press("PageUp")
    else:
        drag(page, slider, 0.6, by)
    scale = float(slider.get_attribute("aria-valuetext"))
    assert scale == 2.0 if by == "keys" else 1.6 < scale < 2.5
    first, last = expected(scale=scale)
    assert f"10{first} in layer 1, 10{last} in layer 30: going back it vanishes" in sentence(page)
    first, last = expected()
    assert f"10{first} in layer 1, 10{last} in layer 30" in sentence(page, 1)


def test_activation_and_layers_are_chosen(open_page):
    page = open_page("depth").page
    figure = page.locator("figure").first
    figure.get_by_role("button", name="relu").click()
    for depth in DEPTHS:
        figure.get_by_role("button", name=str(depth), exact=True).click()
        first, last = expected("relu", depth)
        assert f"10{first} in layer 1, 10{last} in layer {depth}" in sentence(page)
    figure.get_by_label("scale s").press("ArrowRight")
    figure.get_by_label("scale s").press("ArrowRight")
    assert "keeps its size, up to a factor of 100." in sentence(page)  # √2


def test_bars_beyond_the_chart_carry_a_point(open_page):
    page = open_page("depth").page
    figure = page.locator("figure").first
    points = figure.locator(".depth-beyond")
    for activation, key in [("identity", "End"), ("identity", "Home"), ("tanh", "End")]:
        figure.get_by_role("button", name=activation).click()
        figure.get_by_label("scale s").press(key)
        scale = {"End": SCALES[-1], "Home": SCALES[0]}[key]
        powers = np.array(Depth(activation, 30, scale).powers)
        drawn = points.get_attribute("d")
        assert drawn.count("h-10z") == (np.abs(powers) > 20).sum()
        assert drawn.count("l5 6") == (powers > 20).sum()
    assert drawn == ""
