"""The gradient microscope on a page without a kernel: mouse, touch, keys, and mlpkit's numbers."""

import re

import numpy as np
import pytest
from kit import Guard, call, drag
from test_microscope import EPS, as_mlp, network

from mlpkit import ACTIVATIONS, HEADS
from mlpkit.explorers import GradientMicroscope, still


def number(text: str) -> float:
    return float(text.split()[-1].replace("−", "-"))


def check_lens(page, nth: int = 0, **state) -> None:
    """The formula and the three numbers of a figure are those of mlpkit."""
    figure = GradientMicroscope(**state)
    shown = page.locator("figure").nth(nth)
    layer, i, j = figure.weight
    formula = shown.locator(".micro-formula").inner_text()
    sub = "₀₁₂₃₄"
    name = f"W{sub[i]}{sub[j]}" if j else f"b{sub[i]}"
    assert formula.startswith(f"∂J/∂{name}{('⁽¹⁾', '⁽²⁾')[layer - 1]} = δ{sub[i]}")
    shown_numbers = re.findall(r"−?[\d.]+(?:e−?\d+)?", formula.split("=", 2)[2])
    delta, source, product = map(number, shown_numbers)
    for text, value in [(delta, figure.delta), (source, figure.source), (product, figure.gradient)]:
        assert abs(text - value) <= max(5.1e-5 * (abs(value) >= 0.01), 5.1e-3 * abs(value))
    exact, measured, error = shown.locator("td").all_inner_texts()
    assert abs(number(exact) - figure.gradient) <= 1e-12
    if np.isnan(figure.difference):
        assert measured == "0 / 0" and number(error) == 1
        return
    rounding = 20 * EPS * (1 + figure.loss) / figure.h
    assert abs(number(measured) - figure.difference) <= 1e-12 + rounding
    most = max(abs(figure.gradient), abs(figure.difference))
    off = abs(figure.gradient - figure.difference) / most if most else 0.0
    assert abs(number(error) - off) <= 0.06 * off + 1e-12 + (rounding / most if most else 0)


def boxes(page, nth: int = 0) -> list[str]:
    """The texts of the drawing, from the inputs to the loss."""
    return page.locator("figure").nth(nth).locator(".micro-network text").all_text_contents()


def check_boxes(page, stage: int, **state) -> None:
    """Every box holds mlpkit's numbers as far as its stage has come, and dots beyond."""
    net, X, Y = as_mlp(network(GradientMicroscope(**state)))
    phi, head = ACTIVATIONS[net.activation], HEADS[net.output]
    z1 = X @ net.weights[0].T + net.biases[0]
    z2, delta = net.logits(X)[0], [d[0] for d in net.deltas(X, Y)]
    inner = zip(z1[0], phi.function(z1)[0], phi.derivative(z1)[0], delta[0], strict=True)
    values, done = list(X[0]), [True] * 3
    for i, numbers in enumerate(inner, start=1):
        values += numbers
        done += [stage >= i] * 3 + [stage >= 17 - i]
    for i, numbers in enumerate(zip(z2, delta[1], strict=True), start=5):
        values += numbers
        done += [stage >= i, stage >= 17 - i]
    values += [*head.delta(z2[None], Y)[0], head.loss(z2[None], Y), 1.0]
    done += [stage >= 8] * 4 + [stage >= 9]
    for text, value, known in zip(boxes(page)[2:], values, done, strict=True):
        if known:
            assert abs(number(text) - value) <= 5.1e-4, (text, value)
        else:
            assert text.endswith("·"), text


def point(page, x: float, y: float, nth: int = 0) -> tuple[float, float]:
    """Where a point of the drawing is on the screen."""
    drawing = page.locator(".micro-network").nth(nth)
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    return box["x"] + x * box["width"] / 386, box["y"] + y * box["width"] / 386


def tap(page, by: str, x: float, y: float) -> None:
    (page.mouse.click if by == "mouse" else page.touchscreen.tap)(*point(page, x, y))


@pytest.mark.parametrize("by", ["mouse", "touch"])
def test_a_weight_is_picked_on_its_edge(open_page, by):
    page = open_page("microscope", has_touch=True).page
    check_lens(page)
    far = {(1, 2, 1): 0.85, (2, 3, 4): 0.53, (2, 1, 0): 0.6, (1, 4, 2): 0.18}  # from other edges
    plan = call("microscope", *(["ends", weight] for weight in far))
    for e, (weight, share) in zip(plan, far.items(), strict=True):
        tap(page, by, *(e[f"{c}1"] + share * (e[f"{c}2"] - e[f"{c}1"]) for c in "xy"))
        check_lens(page, weight=weight)
    check_lens(page, nth=1)  # the other figure stands still


@pytest.mark.parametrize("by", ["mouse", "touch", "keys"])
def test_a_weight_is_picked_in_its_matrix(open_page, by):
    page = open_page("microscope", has_touch=True).page
    cell = page.get_by_role("radio", name="layer 2, from hidden 4 to neuron 1: 0.6").first
    if by == "keys":
        page.get_by_label("nodes done").first.focus()
        page.keyboard.press("Tab")  # one stop for all weights, at the one picked
        for key in ["ArrowRight", "ArrowDown", "ArrowUp"] * 10:
            page.keyboard.press(key)
    else:
        cell.click() if by == "mouse" else cell.tap()
    assert cell.is_checked()
    check_lens(page, weight=(2, 1, 4))
    check_lens(page, nth=1)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.ariaLabel") == "step h"


@pytest.mark.parametrize("by", ["mouse", "touch", "keys"])
def test_the_step_is_slid(open_page, by):
    page = open_page("microscope", has_touch=True).page
    slider = page.get_by_label("step h").first
    if by == "keys":
        keys = {"ArrowLeft": 5.62e-3, "PageDown": 5.62e-4, "End": 1.0, "Home": 1e-16}
        for key, h in keys.items():
            slider.press(key)
            assert float(slider.get_attribute("aria-valuetext").replace("−", "-")) == h
            check_lens(page, h=h)
    else:
        for share in (0.7, 0.2, 0.95):
            drag(page, slider, share, by)
            h = float(slider.get_attribute("aria-valuetext").replace("−", "-"))
            assert abs(np.log10(h) - (16 * share - 16)) < 0.7
            check_lens(page, h=h)
    check_lens(page, nth=1)


@pytest.mark.parametrize("by", ["mouse", "touch", "keys"])
def test_the_nodes_are_stepped_through(open_page, by):
    page = open_page("microscope", has_touch=True).page
    check_boxes(page, 16)
    slider = page.get_by_label("nodes done").first
    if by == "keys":
        for key, stage in [("Home", 0), ("ArrowRight", 1), ("PageUp", 5), ("ArrowLeft", 4)]:
            slider.press(key)
            check_boxes(page, stage)
    else:
        drag(page, slider, 0.5, by)
        check_boxes(page, 8)
    assert boxes(page, 1)[2:] != boxes(page)[2:]


def test_buttons_and_boxes_lead_from_node_to_node(open_page):
    page = open_page("microscope").page
    figure = page.locator("figure").first
    story = figure.locator(".micro-story")
    onward = figure.get_by_role("button", name="Next node")
    n = network(GradientMicroscope())
    sentences = call("microscope", *(["sentence", n, stage] for stage in range(17)))
    figure.get_by_role("button", name="To the beginning").click()  # instead of a next node
    for stage, expected in enumerate(sentences):
        if stage:
            onward.click()
        assert story.inner_text() == expected
        if stage % 3 == 0:
            check_boxes(page, stage)
    figure.get_by_role("button", name="Node before").click()
    check_boxes(page, 15)
    assert "δ₂⁽¹⁾ = (−1.2857)·0.4869 = −0.626." in story.inner_text()
    for stage in (2, 15, 2):  # forward, on the next tap back, forward again
        tap(page, "mouse", 162, 122)
        check_boxes(page, stage)
    tap(page, "mouse", 200, 330)
    check_boxes(page, 8)
    figure.get_by_label("nodes done").press("Home")
    assert figure.get_by_role("button", name="Node before").count() == 0
    figure.get_by_role("button", name="To the end").click()
    check_boxes(page, 16)


def test_paper_shows_both_passes_of_a_figure_at_its_beginning(open_page):
    page = open_page("microscope").page
    page.get_by_label("nodes done").first.press("Home")
    for event, stage in [("beforeprint", 16), ("afterprint", 0)]:
        page.evaluate(f"dispatchEvent(new Event('{event}'))")
        check_boxes(page, stage)
    page.get_by_label("nodes done").first.press("PageUp")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    check_boxes(page, 4)  # what the reader has chosen stays


def test_activations_and_heads(open_page):
    page = open_page("microscope").page
    figure = page.locator("figure").first
    heads = {"sigmoid": "sigmoids + ", "identity": "squared error", "softmax": "softmax + "}
    for activation in ("relu", "sigmoid", "tanh"):
        figure.get_by_role("button", name=activation, exact=True).click()
        for output, name in heads.items():
            figure.get_by_role("button", name=name).click()
            check_boxes(page, 16, activation=activation, output=output)
            check_lens(page, activation=activation, output=output)
    figure.get_by_role("button", name="relu").click()
    page.get_by_role("radio", name="layer 1, bias to neuron 2").first.click()
    check_lens(page, activation="relu", weight=(1, 2, 0))
    assert "Both are exactly 0" in figure.inner_text()
    figure.get_by_role("button", name="Start again").click()
    check_lens(page)
    assert "Truncation rules" in figure.inner_text()
    figure.get_by_label("step h").press("PageDown")
    for _ in range(10):
        figure.get_by_label("step h").press("PageDown")
    assert "Rounding rules" in figure.inner_text()


def test_the_dot_lies_on_the_curve(open_page):
    page = open_page("microscope").page
    figure = page.locator("figure").first
    for key in ("PageDown", "ArrowLeft", "Home", "End"):
        figure.get_by_label("step h").press(key)
        dot = [float(figure.locator(".micro-now").get_attribute(name)) for name in ("cx", "cy")]
        points = figure.locator(".micro-curve").get_attribute("points").split()
        curve = np.array([[float(v) for v in p.split(",")] for p in points])
        assert len(curve) == 65 and np.abs(curve - dot).max(axis=1).min() < 0.06


def test_only_the_arms_that_the_curve_has_are_named(open_page):
    figure = open_page("microscope").page.locator("figure").first

    def named() -> set[str]:
        words = figure.locator("svg text").all_text_contents()
        return {"rounding", "truncation"} & set(words)

    assert named() == {"rounding", "truncation"}
    figure.get_by_role("button", name="squared error").click()
    assert named() == {"rounding", "truncation"}  # a weight below tanh
    figure.get_by_role("radio", name="layer 2, from hidden 3 to neuron 1").click()
    assert named() == {"rounding"}  # a polynomial of degree two
    figure.get_by_role("button", name="relu").click()
    figure.get_by_role("radio", name="layer 1, bias to neuron 2").click()
    assert named() == set()  # exactly zero


def test_the_live_region_speaks_once_and_only_of_what_changed(open_page):
    guard = open_page("microscope")
    page = guard.page
    page.evaluate(
        """() => { window.said = []; new MutationObserver(([m]) => said.push(m.target.textContent))
                   .observe(document.querySelector("[role=status]"), {childList: true}) }"""
    )
    for _ in range(5):
        page.get_by_label("step h").first.press("PageDown")
    page.wait_for_function("said.length > 0")
    formula, error = (
        page.locator(f"figure >> nth=0 >> {css}").first.inner_text()
        for css in (".micro-formula", "tr:nth-child(3) td")
    )
    assert page.evaluate("said") == [f"{formula}. Relative error {error} at step 1.00e−7."]
    for _ in range(3):
        page.get_by_label("nodes done").first.press("ArrowLeft")
    page.wait_for_function("said.length > 1")
    story = page.locator(".micro-story").first.inner_text()
    assert page.evaluate("said[1]") == f"13 of 16: {story}"


def test_nothing_moves_by_itself_and_signs_do_not_need_colour(open_page):
    page = open_page("microscope").page
    figure = page.locator("figure").first
    figure.get_by_role("button", name="Node before").click()
    assert figure.evaluate("figure => figure.getAnimations({subtree: true}).length") == 0
    dashes = figure.locator(".micro-edge[stroke-dasharray='4 3']")
    assert dashes.count() == sum(w < 0 for w in GradientMicroscope().parameters)
    width = "all => all.map(e => getComputedStyle(e).strokeWidth)"
    widths = figure.locator(".micro-edge").evaluate_all(width)
    assert widths.count("4px") == 1


def test_without_scripts_the_still_picture_stands(open_page, chromium, explorer_site):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{explorer_site}/sub/microscope.html")
    assert page.get_by_role("img", name="Size of δ times a").count() == 2
    caption = page.inner_text("figcaption >> nth=0")
    figure = GradientMicroscope()
    product = f"{still.fixed(figure.delta, 4)} · −1.0000 = {still.fixed(figure.gradient, 4)}"
    assert f"∂J/∂W₃₂⁽¹⁾ = {product}" in caption
    context.close()


def test_the_module_waits_for_the_reader_to_come_near(chromium, explorer_site):
    guard = Guard(chromium, explorer_site, viewport={"width": 390, "height": 200})
    page = guard.page
    page.goto(f"{explorer_site}/sub/microscope.html")
    first, second = page.locator("figure").all()
    assert page.locator("link[rel=modulepreload]").count() == 0
    page.wait_for_function("document.querySelector('figure[data-ready]')")
    assert first.get_attribute("data-ready") == ""
    assert second.get_attribute("data-ready") is None  # two figures, more than three screens
    second.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelectorAll('figure[data-ready]').length == 2")
    check_lens(page, nth=1)
    guard.close()
