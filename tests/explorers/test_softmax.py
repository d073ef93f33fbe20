"""The softmax explorer: traits, pure functions against mlpkit, the page."""

import re

import numpy as np
import pytest
import traitlets
from kit import Guard, assert_close, call, drag, random_logits

from mlpkit.activations import softmax
from mlpkit.explorers import Softmax, still

S0_06 = (1.3, 5.1, 2.2, 0.7, 1.1)
S3_10 = (-1.45, -7.82, -3.78)


# ---- softmax in Python


def test_softmax_figure_holds_the_two_source_examples():
    assert Softmax().logits == S0_06
    rounded = [round(p, 2) for p in Softmax().probs]
    assert rounded == [0.02, 0.90, 0.05, 0.01, 0.02]  # S0-06
    assert [round(p, 4) for p in Softmax(S3_10).probs] == [0.9099, 0.0016, 0.0885]  # S3-13


def test_softmax_figure_traits_can_be_observed():
    figure, seen = Softmax((2.0, 0.0)), []
    figure.observe(lambda change: seen.append(change.new), "probs")
    figure.temperature = 2
    np.testing.assert_allclose(seen, [softmax(np.array([1.0, 0.0]))])
    figure.shift = 100.0
    assert len(seen) == 1  # a shift changes no probability
    with pytest.raises(traitlets.TraitError, match="read-only"):
        figure.probs = (0.5, 0.5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"logits": (1, np.nan)}, "logits: expected 2 to 12 numbers .* got .*nan"),
        ({"logits": (1,)}, "logits: expected 2 to 12 numbers"),
        ({"logits": "one"}, "logits: expected 2 to 12 numbers"),
        ({"logits": [[1, 2]]}, "logits: expected 2 to 12 numbers"),
        ({"logits": (1, 2), "labels": ("a",)}, "labels: expected 2 to 12"),
        ({"logits": (1, 2), "labels": ("a", "a")}, "labels: expected 2 to 12 different names"),
        (
            {"logits": (1, 2), "labels": ("a", "b", "c")},
            "labels: expected 2 entries, as many as logits",
        ),
        ({"temperature": 0}, "temperature: expected a number from 0.01 to 100, got 0"),
        ({"shift": np.inf}, "shift: expected a number"),
    ],
)
def test_softmax_figure_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        Softmax(**arguments)


def test_a_refused_change_leaves_the_figure_as_it_was():
    figure = Softmax()
    before = figure.state(), figure.probs
    for name, value in [("logits", (1, 2)), ("labels", ("a", "b")), ("temperature", -1)]:
        with pytest.raises(ValueError, match=name if name != "logits" else "labels"):
            setattr(figure, name, value)
    assert (figure.state(), figure.probs) == before
    with figure.hold_trait_notifications():
        figure.logits, figure.labels = (1, 2), ("a", "b")
    assert len(figure.probs) == 2


# ---- pure functions in Node against mlpkit


def test_softmax_module_agrees_with_mlpkit():
    rng = np.random.default_rng(0)
    cases = [(z, 10 ** rng.uniform(-2, 2)) for z in random_logits(rng)]
    cases += [(z, 1.0) for z in random_logits(rng)]
    found = call("maths", *(["softmax", z.tolist(), t] for z, t in cases))
    # mlpkit has no temperature; the largest logit goes first, as z / T could lose digits
    assert_close(found, [softmax((z - z.max()) / t) for z, t in cases])
    assert_close(found[1000:], [softmax(z) for z, _ in cases[1000:]])
    python = [Softmax(z, temperature=t).probs for z, t in cases[:50]]
    assert_close(found[:50], python)


def test_log_odds_are_the_logarithm_of_a_ratio_of_probabilities():
    rng = np.random.default_rng(1)
    cases = [(rng.uniform(-9, 9, 3), 10 ** rng.uniform(-0.5, 2)) for _ in range(1000)]
    found = call("maths", *(["logOdds", z.tolist(), 0, 2, t] for z, t in cases))
    for odds, (z, t) in zip(found, cases, strict=True):
        p = softmax(z / t)
        np.testing.assert_allclose(odds, np.log(p[0]) - np.log(p[2]), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(odds, (z[0] - z[2]) / t, rtol=1e-12)


def test_odds_are_written_to_three_digits_or_left_to_the_power():
    differences = np.random.default_rng(4).uniform(-20, 20, 1000)
    differences[:200] *= 60
    for text, d in zip(
        call("softmax", *(["oddsText", d] for d in differences.tolist())), differences, strict=True
    ):
        with np.errstate(over="ignore"):
            odds = np.exp(d)
        if odds == 0 or np.isinf(odds):
            assert text == ""
        else:
            assert ("e" in text) == (not 1e-4 <= odds < 1e6)
            found = float(text.removeprefix(" = ").replace("−", "-"))
            np.testing.assert_allclose(found, odds, rtol=5e-3)


def test_the_printed_quotient_is_right_at_every_temperature(open_page):
    page = open_page("softmax").page
    slider = page.get_by_label("temperature T").first
    slider.press("Home")
    for _ in range(9):
        slider.press("ArrowRight")
        text = page.locator(".softmax-odds").first.inner_text().replace("−", "-")
        a, b, t, odds = re.search(
            r"\(\(?(-?[\d.]+)\)? - \(?(-?[\d.]+)\)?\) / ([\d.]+) = (-?[\d.]+)", text
        ).groups()
        assert abs((float(a) - float(b)) / float(t) - float(odds)) <= 0.0051


def test_numbers_read_the_same_in_python_and_in_the_browser():
    rng = np.random.default_rng(2)
    values = [*rng.normal(size=1000) * 10.0 ** rng.integers(-6, 5, 1000), 0.5, -0.5, 0.0, -1e-9]
    found = call("ui", *(["fixed", x, 2] for x in values))
    assert found == [still.fixed(x, 2) for x in values]
    shares = [*10 ** rng.uniform(-20, 0, 1000), 0.0, 1.0, 1 / 16, 1 / 32, 1 - 1e-9, 4e-175]
    found = call("ui", *(["probability", p] for p in shares))
    assert found == [still.probability(p) for p in shares]


def test_slider_ends_widen_to_hold_every_logit():
    rng = np.random.default_rng(3)
    cases = list(random_logits(rng))
    found = call("ui", *(["widen", [-12, 12], z.tolist()] for z in cases))
    for (low, high), z in zip(found, cases, strict=True):
        assert low == min(-12, np.floor(z.min())) and high == max(12, np.ceil(z.max()))


# ---- softmax on a page without a kernel


def shown(guard: Guard, nth: int = 0) -> tuple[list[float], list[str]]:
    """Logits and probabilities as the page shows them."""
    rows = guard.page.locator("figure").nth(nth).locator(".softmax-row[role=group]")
    texts = [row.locator(".ex-number").all_inner_texts() for row in rows.all()]
    return [float(z.replace("−", "-")) for z, _ in texts], [p for _, p in texts]


def expected(logits: list[float], temperature: float = 1.0) -> list[str]:
    return [still.probability(p) for p in softmax(np.array(logits) / temperature)]


@pytest.mark.parametrize("by", ["mouse", "touch"])
def test_a_logit_is_dragged(open_page, by):
    guard = open_page("softmax", has_touch=True)
    assert shown(guard) == (list(S0_06), expected(S0_06))
    drag(guard.page, guard.page.get_by_label("logit of class 1").first, 0.75, by)
    z, p = shown(guard)
    assert 5.5 < z[0] < 6.5 and z[1:] == list(S0_06[1:])  # ends are -12 and 12
    assert p == expected(z)
    # the other figure stands still, and moves by itself
    assert shown(guard, 1) == (list(S0_06), expected(S0_06))
    guard.page.get_by_label("logit of class 5").nth(1).press("ArrowUp")
    assert shown(guard, 1)[0] == [*S0_06[:4], 1.2] and shown(guard)[0] == z


def test_a_logit_is_moved_by_keys(open_page):
    guard = open_page("softmax")
    slider = guard.page.get_by_label("logit of class 3").first
    slider.focus()
    steps = [("ArrowRight", 2.3), ("Shift+ArrowUp", 3.3), ("PageDown", 2.3), ("ArrowDown", 2.2),
             ("End", 12), ("ArrowRight", 12), ("Home", -12)]  # fmt: skip
    for key, value in steps:
        slider.press(key)
        z, p = shown(guard)
        assert z == [1.3, 5.1, value, 0.7, 1.1], key
        assert p == expected(z)
        assert slider.get_attribute("aria-valuetext") == still.fixed(value, 2)


def test_a_shift_moves_every_logit_and_no_probability(open_page):
    guard = open_page("softmax")
    drag(guard.page, guard.page.get_by_label("shift c").first, 1.0)
    z, p = shown(guard)
    np.testing.assert_allclose(z, np.array(S0_06) + 4)
    assert p == expected(S0_06)


def test_temperature_flattens(open_page):
    guard = open_page("softmax")
    slider = guard.page.get_by_label("temperature T").first
    slider.press("End")
    assert shown(guard) == (list(S0_06), expected(S0_06, 10))
    assert slider.get_attribute("aria-valuetext") == "10.00"


def test_presets_odds_and_start_again(open_page):
    guard = open_page("softmax")
    figure = guard.page.locator("figure").first
    figure.get_by_role("button", name="z = (−1.45, −7.82, −3.78)").click()
    assert shown(guard) == (list(S3_10), ["0.9099", "0.0016", "0.0885"])
    figure.get_by_label("odds of").select_option("class 1")
    figure.get_by_label("odds against").select_option("class 2")
    assert "e6.37 = 584.06" in figure.inner_text()  # S3-11
    figure.get_by_role("button", name="Start again").click()
    assert shown(guard) == (list(S0_06), expected(S0_06))


def test_the_live_region_speaks_once_the_hand_rests(open_page):
    guard = open_page("softmax")
    guard.page.evaluate(
        """() => { window.said = []; new MutationObserver(([m]) => said.push(m.target.textContent))
                   .observe(document.querySelector("[role=status]"), {childList: true}) }"""
    )
    slider = guard.page.get_by_label("logit of class 1").first
    for _ in range(5):
        slider.press("PageUp")
    guard.page.wait_for_function("said.length > 0")
    top = expected([6.3, *S0_06[1:]])[0]
    assert guard.page.evaluate("said") == [f"Most probable: class 1, {top}. Sum 1.0000."]


def test_without_scripts_the_still_picture_stands(open_page, chromium, explorer_site):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{explorer_site}/sub/softmax.html")
    assert page.get_by_role("img", name="Softmax probabilities as bars").count() == 2
    assert "class 2: logit 5.10, probability 0.9025" in page.inner_text("figure >> nth=0")
    context.close()
