"""The Jacobian explorer: traits, pure functions against mlpkit, the page."""

import mpmath
import numpy as np
import pytest
from kit import assert_close, call, drag, random_logits

from mlpkit.activations import log_softmax, softmax, softmax_jacobian
from mlpkit.explorers import Jacobian, still
from mlpkit.losses import SoftmaxCrossEntropy

S3_10 = (-1.45, -7.82, -3.78)


def test_module_agrees_with_mlpkit():
    logits = list(random_logits(np.random.default_rng(0)))
    found = call("maths", *(["logSoftmax", z.tolist()] for z in logits))
    assert_close(found, [log_softmax(z) for z in logits])
    found = call("maths", *(["softmaxJacobian", z.tolist()] for z in logits))
    for matrix, z in zip(map(np.array, found), logits, strict=True):
        ours, theirs = matrix.copy(), softmax_jacobian(z)
        # on the diagonal mlpkit's 1 − ŷ cancels: the next test holds it to 50 digits
        np.testing.assert_allclose(np.diag(ours), np.diag(theirs), atol=2e-16)
        np.fill_diagonal(ours, 0)
        np.fill_diagonal(theirs, 0)
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-300)
        np.testing.assert_allclose(matrix.sum(axis=1), 0, atol=1e-15)


def test_diagonal_keeps_its_digits_when_one_class_has_nearly_all():
    rng = np.random.default_rng(1)
    logits = [rng.normal(size=4) * scale for scale in rng.choice([1, 5, 30], 1000)]
    found = call("maths", *(["softmaxJacobian", z.tolist()] for z in logits))
    with mpmath.workdps(50):
        for matrix, z in zip(found, logits, strict=True):
            powers = [mpmath.e ** mpmath.mpf(x) for x in z.tolist()]
            p = [e / sum(powers) for e in powers]
            for k in range(len(z)):
                assert abs(matrix[k][k] - p[k] * (1 - p[k])) <= 1e-12 * p[k] * (1 - p[k])


def test_loss_and_delta_agree_with_mlpkit():
    rng = np.random.default_rng(2)
    logits = list(random_logits(rng))
    targets = [np.eye(len(z))[rng.integers(len(z))] for z in logits]
    js = [(z.tolist(), y.tolist()) for z, y in zip(logits, targets, strict=True)]
    found = call("maths", *(["softmaxDelta", z, y] for z, y in js))
    assert_close(found, [SoftmaxCrossEntropy.delta([z], [y])[0] for z, y in js])
    found = call("maths", *(["softmaxLoss", z, y] for z, y in js))
    assert_close(found, [SoftmaxCrossEntropy.loss([z], [y]) for z, y in js])
    found = call("maths", *(["oneHot", len(y), int(np.argmax(y))] for _, y in js))
    assert found == [y for _, y in js]


def test_framed_row_over_minus_its_probability_is_delta():
    figure = Jacobian()
    row = np.array(figure.jacobian[figure.target])
    np.testing.assert_allclose(-row / figure.probs[figure.target], figure.delta)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": 3}, "target: expected an index below 3, got 3"),
        ({"target": 0.5}, "target: expected an integer from 0 to 5, got 0.5"),
        ({"target": True}, "target: expected an integer"),
        ({"logits": range(7)}, "logits: expected 2 to 6 numbers"),
        ({"labels": ("a", "b")}, "labels: expected 3 entries"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Jacobian(**arguments)


def test_target_must_stay_in_reach():
    figure = Jacobian(target=2)
    with pytest.raises(ValueError, match="target"), figure.hold_trait_notifications():
        figure.logits, figure.labels = (1, 2), ("a", "b")
    assert len(figure.delta) == 3


def shown(page) -> list[list[str]]:
    rows = page.locator("figure >> nth=0").locator(".jacobian-table tbody tr").all()
    return [row.locator("td").all_inner_texts() for row in rows]


def expected(logits, target=0):
    logits = np.array(logits, float)
    delta = softmax(logits) - np.eye(len(logits))[target]
    rows = [*softmax_jacobian(logits), delta]
    return [[entry(x) for x in [*row, 0.0]] for row in rows]


def entry(x: float) -> str:
    """No entry reads 0 unless it is: times −1/ŷ it would make something out of nothing."""
    if x == 0 or abs(x) >= 5e-5:
        return still.fixed(x, 4)
    return ("−" if x < 0 else "") + still.probability(abs(x))


def test_a_sure_classs_entries_are_small_but_not_nothing(open_page):
    page = open_page("jacobian").page
    page.get_by_label("logit of class 1").first.press("End")
    assert shown(page) == expected([12, *S3_10[1:]])
    assert shown(page)[0][:3] == ["1.4e−7", "−2.5e−9", "−1.4e−7"]
    assert "−1/1.0000" in page.locator("figure >> nth=0").inner_text()


@pytest.mark.parametrize("by", ["mouse", "touch", "keys"])
def test_a_logit_is_moved(open_page, by):
    page = open_page("jacobian", has_touch=True).page
    assert shown(page) == expected(S3_10)
    slider = page.get_by_label("logit of class 3").first
    slider.press("End") if by == "keys" else drag(page, slider, 0.6, by)
    value = float(slider.get_attribute("aria-valuetext").replace("−", "-"))
    assert value == 12 if by == "keys" else 1.9 < value < 2.9
    assert shown(page) == expected([*S3_10[:2], value])
    assert page.locator("figure >> nth=1").get_by_text("−0.0901").count() == 1


def test_target_and_presets(open_page):
    page = open_page("jacobian").page
    figure = page.locator("figure").first
    figure.get_by_role("button", name="class 2", exact=True).click()
    assert shown(page) == expected(S3_10, target=1)
    assert "−1/0.0016" in figure.inner_text()
    figure.get_by_role("button", name="z = (1.3, 5.1, 2.2, 0.7, 1.1)").click()
    assert shown(page) == expected([1.3, 5.1, 2.2, 0.7, 1.1])
    figure.get_by_role("button", name="Start again").click()
    assert shown(page) == expected(S3_10)
