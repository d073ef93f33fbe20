"""The multi-label explorer: traits, pure functions against mlpkit, the page."""

import numpy as np
import pytest
from kit import assert_close, call, drag, random_logits

from mlpkit.activations import sigmoid, softmax
from mlpkit.explorers import MultiLabel, still
from mlpkit.losses import SigmoidCrossEntropy, SoftmaxCrossEntropy

Z, Y = (2.0, -1.0, 0.5), (1, 0, 1)


def cases(seed):
    rng = np.random.default_rng(seed)
    for z in random_logits(rng):
        yield z.tolist(), rng.integers(0, 2, len(z)).tolist()


def test_sigmoids_agree_with_mlpkit():
    pairs = list(cases(0))
    values = [x for z, _ in pairs for x in z]
    assert_close(call("maths", *(["sigmoid", x] for x in values)), sigmoid(values))
    found = call("maths", *(["sigmoidDelta", z, y] for z, y in pairs))
    assert_close(found, [SigmoidCrossEntropy.delta([z], [y])[0] for z, y in pairs])
    found = call("maths", *(["sigmoidLoss", z, y] for z, y in pairs))
    assert_close(found, [SigmoidCrossEntropy.loss([z], [y]) for z, y in pairs])


def test_softmax_with_shared_targets_agrees_with_mlpkit():
    pairs = [(z, y) for z, y in cases(1) if any(y)]
    shared = call("multilabel", *(["shares", y] for _, y in pairs))
    assert_close(shared, [np.array(y) / sum(y) for _, y in pairs])
    assert call("multilabel", ["shares", [0, 0]]) == [[0, 0]]
    pairs = [(z, y) for (z, _), y in zip(pairs, shared, strict=True)]
    found = call("maths", *(["softmaxDelta", z, y] for z, y in pairs))
    expected = [SoftmaxCrossEntropy.delta([z], [y])[0] for z, y in pairs]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-15)
    found = call("maths", *(["softmaxLoss", z, y] for z, y in pairs))
    assert_close(found, [SoftmaxCrossEntropy.loss([z], [y]) for z, y in pairs])


def test_descent_takes_the_steps_that_mlpkit_takes():
    rng = np.random.default_rng(2)
    start, targets = rng.normal(size=(1000, 4)) * 3, rng.integers(0, 2, (1000, 4))
    targets[:, 0] = 1  # softmax needs a label
    shared = targets / targets.sum(axis=1, keepdims=True)
    heads = {"sigmoid": (SigmoidCrossEntropy, targets), "softmax": (SoftmaxCrossEntropy, shared)}
    for name, (head, y) in heads.items():
        pairs = zip(start.tolist(), targets.tolist(), strict=True)
        found = call("multilabel", *(["descend", name, z, t, 10] for z, t in pairs))
        z = start
        for _ in range(10):
            z = z - head.delta(z, y)
        np.testing.assert_allclose(found, z, rtol=1e-12, atol=1e-13)
    assert call("multilabel", ["descend", "softmax", [1, 2], [0, 0], 10]) == [[1, 2]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"targets": (1, 0.5, 0)}, "targets: expected only 0 and 1"),
        ({"targets": (1, 2, 0)}, "targets: expected 2 to 6 numbers from 0 to 1"),
        ({"targets": (1, 0)}, "targets: expected 3 entries"),
        ({"threshold": 1.5}, "threshold: expected a number from 0 to 1"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        MultiLabel(**arguments)


def test_without_a_label_softmax_has_no_loss():
    figure = MultiLabel(targets=(0, 0, 0))
    assert np.isnan(figure.losses[1]) and np.isfinite(figure.losses[0])


def shown(page) -> list[list[tuple[str, str]]]:
    """ŷ and ŷ − y of the sigmoids and of softmax."""
    groups = page.locator("figure >> nth=0").locator(".multi-panels > [role=group]").all()
    return [
        [tuple(row.locator(".ex-number").all_inner_texts())
         for row in group.locator(".multi-output[role=group]").all()]
        for group in groups
    ]  # fmt: skip


def expected(logits, targets):
    z, y = np.array(logits), np.array(targets)
    return [
        [(still.probability(a), still.fixed(a - b, 4)) for a, b in zip(p, t, strict=True)]
        for p, t in ((sigmoid(z), y), (softmax(z), y / y.sum()))
    ]


@pytest.mark.parametrize("by", ["mouse", "touch", "keys"])
def test_a_logit_is_moved(open_page, by):
    page = open_page("multilabel", has_touch=True).page
    assert shown(page) == expected(Z, Y)  # S1-86
    assert "0.9143 nats" in page.locator("figure").first.inner_text()
    slider = page.get_by_label("logit of class 2").first
    slider.press("PageUp") if by == "keys" else drag(page, slider, 0.8, by)
    value = float(slider.get_attribute("aria-valuetext").replace("−", "-"))
    assert value == 0 if by == "keys" else 4.4 < value < 5.2
    assert shown(page) == expected((2.0, value, 0.5), Y)
    assert page.locator("figure >> nth=1").get_by_text("0.2689").count() == 2


def test_labels_threshold_and_learning(open_page):
    page = open_page("multilabel").page
    figure = page.locator("figure").first
    figure.get_by_label("class 2", exact=True).and_(page.locator("input")).click()
    assert shown(page) == expected(Z, (1, 1, 1))
    figure.get_by_label("class 2", exact=True).and_(page.locator("input")).press("Space")
    assert "class 1, class 3 by the sigmoids, class 1 by softmax" in figure.inner_text()
    figure.get_by_label("threshold").press("End")
    assert "nothing by the sigmoids, nothing by softmax" in figure.inner_text()
    for _ in range(5):
        figure.get_by_role("button", name="10 steps down this loss").last.click()
    z = np.array([Z])
    for _ in range(50):
        z = z - SoftmaxCrossEntropy.delta(z, [[0.5, 0, 0.5]])
    assert shown(page) == expected(z[0], Y)
    assert softmax(z)[0, 0] < 0.5  # two labels cannot both have more than half
    figure.get_by_role("button", name="Start again").click()
    assert shown(page) == expected(Z, Y)


def test_without_a_label_softmax_has_nothing_to_learn(open_page):
    page = open_page("multilabel").page
    figure = page.locator("figure").first
    for name in ("class 1", "class 3"):
        figure.get_by_label(name, exact=True).and_(page.locator("input")).click()
    assert [d for _, d in shown(page)[1]] == ["none"] * 3
    assert "loss undefined for y = (0, 0, 0): nothing to share" in figure.inner_text()
    steps = figure.get_by_role("button", name="10 steps down this loss")
    assert steps.first.is_enabled() and steps.last.is_disabled()
