"""The explorer of two distributions: traits, pure functions against mlpkit, the page."""

import mpmath
import numpy as np
import pytest
from kit import Guard, assert_close, call, drag

from mlpkit import information
from mlpkit.explorers import TwoDistributions, still

CITY_A, CITY_B = (0.25, 0.45, 0.2, 0.09, 0.01), (0.3, 0.2, 0.2, 0.25, 0.05)


def random_pairs(rng, count=1000):
    """Smooth, spiky, nearly equal and partly zero pairs of distributions."""
    for i in range(count):
        size = rng.integers(2, 9)
        p, q = rng.dirichlet(np.full(size, rng.choice([0.05, 1, 20])), 2)
        if i % 5 == 1:
            q = p * (1 + rng.uniform(-1e-4, 1e-4, size))
        elif i % 5 == 2:
            p = np.where(np.arange(size) == i % size, 1.0, 0.0)
        elif i % 5 == 3:
            p[0] = 1e-300
        p, q = np.maximum(p, 0), np.maximum(q, 1e-300)
        yield p / p.sum(), q / q.sum()


@pytest.mark.parametrize("unit", ["bits", "nats"])
def test_module_agrees_with_mlpkit(unit):
    pairs = list(random_pairs(np.random.default_rng(0)))
    js = [(p.tolist(), q.tolist()) for p, q in pairs]
    found = call("maths", *(["entropy", p, unit] for p, _ in js))
    assert_close(found, [information.entropy(p, unit=unit) for p, _ in pairs])
    found = call("maths", *(["crossEntropy", p, q, unit] for p, q in js))
    assert_close(found, [information.cross_entropy(p, q, unit=unit) for p, q in pairs])
    found = call("maths", *(["klDivergence", p, q, unit] for p, q in js))
    expected = [information.kl_divergence(p, q, unit=unit) for p, q in pairs]
    # for nearly equal pairs mlpkit cancels: the test below holds those to 50 digits
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=2e-15)


def test_divergence_keeps_its_digits_for_nearly_equal_distributions():
    pairs = list(random_pairs(np.random.default_rng(1)))
    found = call("maths", *(["klDivergence", p.tolist(), q.tolist(), "nats"] for p, q in pairs))
    with mpmath.workdps(50):
        for kl, (p, q) in zip(found, pairs, strict=True):
            terms = [mpmath.mpf(a) * mpmath.log(mpmath.mpf(a) / mpmath.mpf(b))
                     for a, b in zip(p.tolist(), q.tolist(), strict=True) if a > 0]  # fmt: skip
            exact = max(0, sum(terms))  # rounded p and q sum to 1 only nearly
            slack = 1e-15 * sum(abs(term) for term in terms)
            assert abs(kl - exact) <= 1e-12 * exact + slack


def test_zero_where_the_truth_is_not_costs_without_end():
    calls = [[f, [0.5, 0.5], [1.0, 0.0], "bits"] for f in ("crossEntropy", "klDivergence")]
    assert call("maths", *calls) == ["Infinity", "Infinity"]
    figure = TwoDistributions(p=(0.5, 0.5), q=(1, 0))
    assert figure.divergences[0] == np.inf and "∞" in figure.describe()


def test_reweighting_keeps_the_sum_and_the_ratios_of_the_others():
    rng = np.random.default_rng(2)
    cases = [(p, int(rng.integers(len(p))), rng.uniform()) for p, _ in random_pairs(rng)]
    found = call("distributions", *(["reweight", p.tolist(), i, v] for p, i, v in cases))
    for new, (p, i, value) in zip(map(np.array, found), cases, strict=True):
        assert new[i] == value
        np.testing.assert_allclose(new.sum(), 1, rtol=1e-14)
        rest, old = np.delete(new, i), np.delete(p, i)
        if old.sum() > 0:
            np.testing.assert_allclose(rest * old.sum(), old * rest.sum(), rtol=1e-12, atol=1e-300)


def test_areas_add_up_to_entropy_and_cross_entropy():
    pairs = list(random_pairs(np.random.default_rng(3)))
    found = call("distributions", *(["areas", p.tolist(), q.tolist(), "bits"] for p, q in pairs))
    for rectangles, (p, q) in zip(found, pairs, strict=True):
        area = {"both": 0.0, "waste": 0.0, "saving": 0.0}
        for _, _, width, low, high, kind in rectangles:
            area[kind] += width * (high - low)
        h = information.entropy(p, unit="bits")
        ce = information.cross_entropy(p, q, unit="bits")
        np.testing.assert_allclose(area["both"] + area["saving"], h, atol=1e-12)
        np.testing.assert_allclose(area["both"] + area["waste"], ce, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"p": (0.5, 0.6), "q": (0.5, 0.5)}, "p: expected probabilities that sum to 1"),
        ({"p": (1.5, -0.5), "q": (0.5, 0.5)}, "p: expected 2 to 8 numbers from 0 to 1"),
        ({"q": (0.5, 0.5)}, "q: expected 5 entries, as many as p has"),
        ({"unit": "digits"}, "unit: expected 'bits' or 'nats', got 'digits'"),
        ({"via": (0.5, 0.5)}, "via: expected 5 entries"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        TwoDistributions(**arguments)


def measures(page) -> list[list[str]]:
    rows = page.locator("figure >> nth=0").locator(".ex-table tbody tr").all()
    return [row.locator("td").all_inner_texts() for row in rows]


def expected(p, q, unit):
    return [
        [still.fixed(float(value), 4) for value in (
            information.entropy(a, unit=unit),
            information.cross_entropy(a, b, unit=unit),
            information.kl_divergence(a, b, unit=unit))]
        for a, b in ((p, q), (q, p))
    ]  # fmt: skip


@pytest.mark.parametrize("by", ["mouse", "touch", "keys"])
def test_p_is_moved(open_page, by):
    page = open_page("distributions", has_touch=True).page
    assert measures(page) == expected(CITY_B, CITY_A, "bits")  # S3-38: 2.4955
    slider = page.get_by_label("p of class 1").first
    if by == "keys":
        slider.press("PageUp")  # 0.30 to 0.40
    else:
        drag(page, slider, 0.6, by)
    value = float(slider.get_attribute("aria-valuetext"))
    assert value == 0.4 if by == "keys" else 0.55 < value < 0.65
    p = np.array(CITY_B) * (1 - value) / 0.7
    p[0] = value
    assert measures(page) == expected(p, CITY_A, "bits")
    assert page.locator("figure >> nth=1").get_by_label("p of class 1").get_attribute(
        "aria-valuetext") == "0.3000"  # fmt: skip


def test_units_presets_and_the_detour(open_page):
    page = open_page("distributions").page
    figure = page.locator("figure").first
    figure.get_by_role("button", name="nats").click()
    assert measures(page) == expected(CITY_B, CITY_A, "nats")
    assert figure.get_by_role("button", name="nats").get_attribute("aria-pressed") == "true"
    figure.get_by_role("button", name="(¼, ¾) against (½, ½)").click()
    assert [row[2] for row in measures(page)] == ["0.1308", "0.1438"]  # S1-33
    assert "KL(p‖q) − KL(q‖p) = −0.0130 nats" in figure.inner_text()
    figure.get_by_role("button", name="A detour that is shorter").click()
    assert "0.1438 + 0.0923 = 0.2362, less than KL(p‖q) = 0.5108 nats" in figure.inner_text()
    figure.get_by_role("button", name="q = p").click()
    assert measures(page) == expected([0.5, 0.5], [0.5, 0.5], "nats")
    figure.get_by_label("q of class 1").press("PageUp")  # the two do not stay tied
    assert measures(page) == expected([0.5, 0.5], [0.6, 0.4], "nats")
    figure.get_by_role("button", name="Start again").click()
    assert measures(page) == expected(CITY_B, CITY_A, "bits")
    assert "By way of r" not in figure.inner_text()


def test_a_prediction_of_zero_shows_infinity(open_page):
    page = open_page("distributions").page
    page.get_by_label("q of class 1").first.press("Home")
    assert measures(page)[0][1:] == ["∞", "∞"]
    assert "KL(p‖q) − KL(q‖p) = not finite" in page.locator("figure").first.inner_text()


def test_on_a_phone_the_result_stays_in_sight(chromium, explorer_site):
    guard = Guard(chromium, explorer_site, viewport={"width": 390, "height": 700})
    page = guard.page
    page.goto(f"{explorer_site}/sub/distributions.html")
    page.wait_for_selector("figure[data-ready]")
    for name in ("q of class 1", "q of class 3", "q of class 5"):
        slider = page.get_by_label(name).first
        slider.focus()
        handle, result = (x.bounding_box() for x in (slider, page.locator(".dist-result").first))
        assert result["y"] + result["height"] <= 700.5
        assert handle["y"] + handle["height"] <= result["y"]
