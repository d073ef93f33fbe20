"""Laws that hold for every input, tried on what Hypothesis thinks of."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from mlpkit import (
    ACTIVATIONS,
    HEADS,
    MLP,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    cross_entropy,
    entropy,
    from_multi_hot,
    from_one_hot,
    kl_divergence,
    log_softmax,
    multi_hot,
    one_hot,
    sgd,
    sigmoid,
    softmax,
    softmax_jacobian,
)

settings.register_profile("course", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("course")

ANY = st.floats(allow_nan=False, allow_infinity=False)
SHAPES = array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=7)
LOGITS = arrays(np.float64, SHAPES, elements=st.floats(-1e4, 1e4))
WILD = arrays(np.float64, SHAPES, elements=ANY)
WILD32 = arrays(
    np.float32, SHAPES, elements=st.floats(width=32, allow_nan=False, allow_infinity=False)
)
# within this range a shift changes a logit by less than 1e-12
MODERATE = arrays(np.float64, SHAPES, elements=st.floats(-50, 50))


@st.composite
def pairs(draw, smallest=0.0):
    """Two distributions over the same classes."""
    size = draw(st.integers(1, 8))
    weights = arrays(np.float64, size, elements=st.floats(smallest, 1))
    p, q = (draw(weights.filter(lambda w: w.sum() > 1e-3)) for _ in range(2))
    return p / p.sum(), q / q.sum()


@st.composite
def with_targets(draw, head):
    """Logits and targets that the head can learn."""
    logits = draw(MODERATE)
    Y = draw(arrays(np.float64, logits.shape, elements=st.floats(0, 1)))
    if head is SoftmaxCrossEntropy:
        Y += 1e-3
        Y /= Y.sum(axis=1, keepdims=True)
    return logits, Y


# ---- softmax


@given(MODERATE, st.floats(-100, 100))
def test_a_shift_of_all_logits_changes_nothing(z, shift):
    np.testing.assert_allclose(softmax(z + shift), softmax(z), rtol=1e-12)
    np.testing.assert_allclose(log_softmax(z + shift), log_softmax(z), rtol=1e-12, atol=1e-12)


@given(LOGITS, st.randoms(use_true_random=False))
def test_permuted_logits_give_permuted_probabilities(z, random):
    order = random.sample(range(z.shape[1]), z.shape[1])
    np.testing.assert_allclose(softmax(z[:, order]), softmax(z)[:, order], rtol=1e-14)
    np.testing.assert_allclose(log_softmax(z[:, order]), log_softmax(z)[:, order], rtol=1e-14)


@given(WILD | WILD32)
def test_rows_are_distributions_for_any_finite_logits(z):
    q = softmax(z)
    assert (q >= 0).all()
    np.testing.assert_allclose(q.sum(axis=1), 1, rtol=4 * np.finfo(z.dtype).eps)
    entropy(q)  # which refuses what is no distribution


@given(WILD | WILD32)
def test_nothing_overflows_for_any_finite_logits(z):
    Y = np.zeros_like(z)
    Y[:, 0] = 1
    values = [softmax(z), log_softmax(z), sigmoid(z), softmax_jacobian(z)]
    for head in (SoftmaxCrossEntropy, SigmoidCrossEntropy):
        values += [head.predict_proba(z), head.delta(z, Y)]
    assert all(np.isfinite(value).all() for value in values)
    assert all(value.dtype == z.dtype for value in values)
    assert 0 <= SoftmaxCrossEntropy.loss(z, Y) < np.inf
    assert 0 <= SigmoidCrossEntropy.loss(z[:, :1], Y[:, :1]) < np.inf


@given(LOGITS)
def test_log_softmax_is_the_log_and_never_positive(z):
    assert (log_softmax(z) <= 0).all()
    np.testing.assert_allclose(np.exp(log_softmax(z)), softmax(z), rtol=1e-12, atol=1e-300)


@given(LOGITS)
def test_the_largest_logit_has_the_largest_probability(z):
    q = softmax(z)
    assert (q[np.arange(len(z)), z.argmax(axis=1)] == q.max(axis=1)).all()


@given(MODERATE)
def test_jacobian_is_symmetric_and_its_rows_sum_to_zero(z):
    J = softmax_jacobian(z)
    np.testing.assert_array_equal(J, J.swapaxes(1, 2))
    np.testing.assert_allclose(J.sum(axis=2), 0, atol=1e-15)
    assert np.linalg.eigvalsh(J).min() >= -1e-15


@given(arrays(np.float64, 5, elements=st.floats(-1e4, 1e4)))
def test_sigmoid_is_a_softmax_of_two_and_mirrors_itself(z):
    two = softmax(np.stack([z, np.zeros_like(z)], axis=1))
    np.testing.assert_allclose(sigmoid(z), two[:, 0], rtol=1e-15)
    np.testing.assert_allclose(sigmoid(-z), two[:, 1], rtol=1e-15)


@given(arrays(np.float64, 6, elements=st.floats(-1e4, 1e4)).map(np.sort))
def test_activations_do_not_fall(z):
    for phi in ACTIVATIONS.values():
        assert (np.diff(phi.function(z)) >= 0).all()
        assert (phi.derivative(z) >= 0).all()


# ---- information


@given(pairs())
def test_kl_is_not_negative_and_zero_for_equals(pair):
    p, q = pair
    assert kl_divergence(p, q) >= 0
    assert kl_divergence(p, p) == 0


@given(pairs())
def test_kl_is_zero_for_equals_only(pair):
    """Pinsker: KL ≥ ½‖p − q‖₁², so it cannot vanish where p and q differ visibly."""
    p, q = pair
    assert kl_divergence(p, q) >= 0.5 * np.abs(p - q).sum() ** 2 * (1 - 1e-9) - 1e-15


@given(pairs(), st.sampled_from(["nats", "bits"]))
def test_cross_entropy_is_entropy_plus_kl(pair, unit):
    p, q = pair
    total = entropy(p, unit=unit) + kl_divergence(p, q, unit=unit)
    np.testing.assert_allclose(cross_entropy(p, q, unit=unit), total, rtol=1e-12, atol=1e-14)


@given(pairs())
def test_entropy_lies_between_certainty_and_the_uniform(pair):
    p, _ = pair
    assert 0 <= entropy(p) <= np.log(len(p)) + 1e-15
    np.testing.assert_allclose(entropy(p, unit="bits") * np.log(2), entropy(p), rtol=1e-13)


@given(pairs(smallest=1e-3))
def test_cross_entropy_is_softmaxs_loss_at_its_logits(pair):
    p, q = pair
    loss = SoftmaxCrossEntropy.loss(np.log(q)[None], p[None])
    np.testing.assert_allclose(loss, cross_entropy(p, q), rtol=1e-12, atol=1e-15)


# ---- losses


@given(with_targets(SoftmaxCrossEntropy))
def test_delta_sums_to_zero(pair):
    np.testing.assert_allclose(SoftmaxCrossEntropy.delta(*pair).sum(axis=1), 0, atol=3e-15)


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@given(data=st.data())
def test_the_mean_of_a_batch_is_the_mean_of_its_samples(head, data):
    logits, Y = data.draw(with_targets(head))
    singles = [head.loss(z[None], y[None]) for z, y in zip(logits, Y, strict=True)]
    np.testing.assert_allclose(head.loss(logits, Y), np.mean(singles), rtol=1e-12)


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@given(data=st.data())
def test_losses_are_convex_in_the_logits(head, data):
    """So the tangent lies below: loss(b) ≥ loss(a) + δ(a)·(b − a)."""
    logits, Y = data.draw(with_targets(head))
    other = data.draw(arrays(np.float64, logits.shape, elements=st.floats(-50, 50)))
    rise = (head.delta(logits, Y) * (other - logits)).sum() / len(Y)
    assert head.loss(other, Y) >= head.loss(logits, Y) + rise - 1e-9


# ---- networks


@st.composite
def networks(draw):
    hidden = draw(st.lists(st.integers(1, 6), max_size=3))
    net = MLP(
        [3, *hidden, 4],
        activation=draw(st.sampled_from(list(ACTIVATIONS))),
        output=draw(st.sampled_from(list(HEADS))),
        rng=draw(st.integers(0, 1000)),
    )
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    n = draw(st.integers(1, 6))
    return net, rng.normal(size=(n, 3)), rng.dirichlet(np.ones(4), n)


@given(networks())
def test_a_duplicated_batch_leaves_loss_and_gradient_unchanged(case):
    net, X, Y = case
    twice = np.vstack([X, X]), np.vstack([Y, Y])
    np.testing.assert_allclose(net.loss(*twice), net.loss(X, Y), rtol=1e-12)
    for one, two in zip(net.gradients(X, Y), net.gradients(*twice), strict=True):
        for a, b in zip(one, two, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-14)


@given(networks())
def test_the_gradient_of_a_batch_is_the_mean_of_single_gradients(case):
    net, X, Y = case
    singles = [net.gradients(x[None], y[None]) for x, y in zip(X, Y, strict=True)]
    for layer, gradient in enumerate(net.gradients(X, Y).weights):
        mean = np.mean([g.weights[layer] for g in singles], axis=0)
        np.testing.assert_allclose(gradient, mean, rtol=1e-10, atol=1e-14)


@given(networks())
def test_a_small_step_lowers_the_loss(case):
    net, X, Y = case
    before = net.loss(X, Y)
    sgd(net, X, Y, epochs=1, batch_size=None, learning_rate=1e-4, rng=0)
    assert net.loss(X, Y) <= before


@given(networks(), st.randoms(use_true_random=False))
def test_samples_do_not_see_each_other(case, random):
    net, X, _ = case
    order = random.sample(range(len(X)), len(X))
    np.testing.assert_allclose(net.logits(X[order]), net.logits(X)[order], rtol=1e-12, atol=1e-14)


# ---- encoding


@given(
    st.integers(1, 9).flatmap(
        lambda c: st.tuples(st.just(c), st.lists(st.integers(0, c - 1), min_size=1))
    )
)
def test_labels_survive_one_hot(case):
    n_classes, labels = case
    Y = one_hot(labels, n_classes)
    assert Y.shape == (len(labels), n_classes) and (Y.sum(axis=1) == 1).all()
    assert from_one_hot(Y).tolist() == labels
    np.testing.assert_array_equal(entropy(Y), 0)


@given(st.lists(st.sets(st.integers(0, 6)), min_size=1))
def test_label_sets_survive_multi_hot(sets):
    assert from_multi_hot(multi_hot(sets, 7)) == sets
