"""The canonical pairs: δ = ŷ − y against derivatives, PyTorch and scikit-learn; the traps."""

import mpmath
import numpy as np
import pytest
from sklearn.metrics import log_loss

from mlpkit import (
    HEADS,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    SquaredError,
    complex_step_gradient,
    numerical_gradient,
    one_hot,
    sigmoid,
    softmax,
)

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(0, 3, (6, 4))
TARGETS = {
    "softmax": [one_hot([0, 1, 2, 3, 3, 0], 4), RNG.dirichlet(np.ones(4), 6)],
    "sigmoid": [(RNG.random((6, 4)) < 0.5).astype(float), RNG.random((6, 4))],
    "identity": [RNG.normal(size=(6, 4))],
}
CASES = [(name, Y) for name, targets in TARGETS.items() for Y in targets]


@pytest.mark.parametrize("name, Y", CASES)
def test_delta_is_prediction_minus_target(name, Y):
    delta = HEADS[name].delta(LOGITS, Y)
    np.testing.assert_allclose(delta, HEADS[name].predict_proba(LOGITS) - Y, atol=3e-16)


@pytest.mark.parametrize("name, Y", CASES)
def test_delta_is_the_derivative_of_the_loss(name, Y):
    """… of n times the mean: δ belongs to one sample."""
    loss = HEADS[name].loss
    delta = HEADS[name].delta(LOGITS, Y)
    slope = complex_step_gradient(lambda z: loss(z, Y), LOGITS)
    np.testing.assert_allclose(delta, len(Y) * slope, rtol=1e-13, atol=1e-15)
    slope = numerical_gradient(lambda z: loss(z, Y), LOGITS)
    np.testing.assert_allclose(delta, len(Y) * slope, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name, Y", CASES)
def test_loss_and_delta_are_pytorchs(name, Y):
    torch = pytest.importorskip("torch")
    F = torch.nn.functional
    z, y = torch.tensor(LOGITS, requires_grad=True), torch.tensor(Y)
    loss = {
        "softmax": lambda: F.cross_entropy(z, y),
        "sigmoid": lambda: F.binary_cross_entropy_with_logits(z, y, reduction="sum") / len(z),
        "identity": lambda: F.mse_loss(z, y, reduction="sum") / 2 / len(z),
    }[name]()
    loss.backward()
    assert HEADS[name].loss(LOGITS, Y) == pytest.approx(loss.item(), rel=1e-14)
    np.testing.assert_allclose(HEADS[name].delta(LOGITS, Y), len(z) * z.grad, atol=1e-15)


def test_no_digits_are_lost_between_zero_and_one():
    """−ln σ(z) where ln(1 + e^z) − z would cancel."""
    for z in np.linspace(0.0, 1.0, 101):
        with mpmath.workdps(40):
            truth = float(mpmath.log1p(mpmath.exp(-mpmath.mpf(z))))
        assert abs(SigmoidCrossEntropy.loss([[z]], [[1]]) - truth) <= 2 * np.spacing(truth)


def test_loss_is_sklearns():
    Y = TARGETS["softmax"][0]
    ours = SoftmaxCrossEntropy.loss(LOGITS, Y)
    assert ours == pytest.approx(log_loss(Y.argmax(axis=1), softmax(LOGITS)), rel=1e-13)
    Y = TARGETS["sigmoid"][0]
    each = [log_loss(y, q, labels=[0, 1]) for y, q in zip(Y.T, sigmoid(LOGITS).T, strict=True)]
    assert SigmoidCrossEntropy.loss(LOGITS, Y) == pytest.approx(sum(each), rel=1e-13)


def test_the_mean_runs_over_samples_and_the_sum_over_outputs():
    assert SquaredError.loss([[1.0, 2.0, 2.0], [3.0, 0.0, 0.0]], np.zeros((2, 3))) == 4.5
    assert SoftmaxCrossEntropy.loss(np.zeros((5, 4)), np.eye(4)[[0] * 5]) == pytest.approx(
        np.log(4)
    )
    assert SigmoidCrossEntropy.loss(np.zeros((5, 4)), np.ones((5, 4))) == pytest.approx(
        4 * np.log(2)
    )


def test_both_cost_functions_of_the_slides():
    """S2-05 for independent labels and S2-06 for one class, written out."""
    Y, q = TARGETS["sigmoid"][0], sigmoid(LOGITS)
    two_terms = -(Y * np.log(q) + (1 - Y) * np.log(1 - q)).sum() / 6
    assert SigmoidCrossEntropy.loss(LOGITS, Y) == pytest.approx(two_terms, rel=1e-13)
    Y = TARGETS["softmax"][0]
    assert SoftmaxCrossEntropy.loss(LOGITS, Y) == pytest.approx(
        -(Y * np.log(softmax(LOGITS))).sum() / 6
    )


@pytest.mark.parametrize("name, Y", CASES)
def test_the_training_steps_loss_is_the_same(name, Y):
    assert HEADS[name].quick_loss(LOGITS, Y) == pytest.approx(
        HEADS[name].loss(LOGITS, Y), rel=1e-14
    )
    single = LOGITS.astype(np.float32), Y.astype(np.float32)
    digits = 1e-7 if name == "softmax" else 1e-12  # softmax: in float32, as the logits are
    assert HEADS[name].quick_loss(*single) == pytest.approx(HEADS[name].loss(*single), rel=digits)


@pytest.mark.parametrize("name, Y", CASES)
def test_the_training_steps_activation_is_the_same(name, Y):
    out = np.empty_like(LOGITS)
    assert HEADS[name].apply(LOGITS, out=out) is out
    np.testing.assert_allclose(out, HEADS[name].predict_proba(LOGITS), rtol=1e-14)


@pytest.mark.parametrize("name, Y", CASES)
def test_dtypes(name, Y):
    single = LOGITS.astype(np.float32)
    assert HEADS[name].delta(single, Y).dtype == np.float32
    assert HEADS[name].predict_proba(single).dtype == np.float32
    assert type(HEADS[name].loss(single, Y)) is float
    assert HEADS[name].delta([[1, 2]], [[1, 0]]).dtype == np.float64


def test_predictions_do_not_alias_the_logits():
    for head in HEADS.values():
        assert not np.shares_memory(head.predict_proba(LOGITS), LOGITS)


def test_targets_that_do_not_sum_to_one_break_the_identity():
    """Why softmax refuses them: the derivative is ŷ Σy − y (S0-30)."""
    z, y = np.array([[0.2, -0.4, 1.1]]), np.array([[1.0, 1.0, 0.0]])
    slope = complex_step_gradient(lambda v: -(y * np.log(softmax(v))).sum(), z)
    np.testing.assert_allclose(slope, [[-0.501050, -0.726170, 1.227220]], atol=5e-6)
    assert np.abs(slope - (softmax(z) - y)).max() > 0.2
    with pytest.raises(ValueError, match="Y must hold a distribution"):
        SoftmaxCrossEntropy.delta(z, y)


def test_no_other_pair_cancels():
    """S0-34: softmax with squared error has another δ."""
    y = one_hot([1], 4)
    slope = complex_step_gradient(lambda v: 0.5 * ((softmax(v) - y) ** 2).sum(), LOGITS[:1])
    assert np.abs(slope - (softmax(LOGITS[:1]) - y)).max() > 0.1


def test_base_class_is_abstract():
    from mlpkit.losses import Head

    with pytest.raises(TypeError):
        Head()
