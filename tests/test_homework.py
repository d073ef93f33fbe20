"""The homework's judge: right answers pass in any style, and each slip is called by its name."""

import math

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import f1_score

from homework import experiments, logits, network
from homework.calls import Call, Failure, Seed, answer
from homework.judging import ByFormula
from homework.questions import QUESTIONS, SLIPS, checker, variant_of
from homework.scene import OBJECTS, experiment_targets, hand_numbers, scenes, show
from mlpkit import MLP, numerical_gradient, sgd

VARIANTS = [variant_of(name) for name in ("ada", "Ζωή", "nguyen.42", "the book")]
FORMULAS = {name: q for name, q in QUESTIONS.items() if isinstance(q.judge, ByFormula)}


def judged(name, names, variant=VARIANTS[0], hidden=True):
    """The verdict on a function, or on a dict of names."""
    question = QUESTIONS[name]
    if callable(names):
        names = {question.defines[0]: names}
    calls = question.calls(variant, hidden)
    return question.judge(calls, [answer(call, names) for call in calls])


# ---- the questions themselves


def test_a_hundred_points():
    assert sum(q.points + q.manual_points for q in QUESTIONS.values()) == 100


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_reference_has_full_marks(variant, name, hidden):
    verdict = judged(name, QUESTIONS[name].reference(variant), variant, hidden)
    assert (verdict.points, verdict.slip) == (QUESTIONS[name].points, None), verdict


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_reference_defines_what_is_asked(name):
    assert set(QUESTIONS[name].reference(1)) == set(QUESTIONS[name].defines)


def test_loss_and_gradient_agree_with_pytorch():
    torch = pytest.importorskip("torch")
    z, y = logits.logits_and_labels([3], 6, 4)
    tensor = torch.tensor(z, requires_grad=True)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(
        tensor, torch.tensor(y), reduction="sum"
    ) / len(z)
    loss.backward()
    assert logits.bce(z, y) == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(logits.bce_gradient(z, y), tensor.grad.numpy(), rtol=1e-12)
    np.testing.assert_allclose(logits.sigmoid(z), expit(z), rtol=1e-12)


def test_backpropagation_agrees_with_pytorch():
    torch = pytest.importorskip("torch")
    args = network.network_case([4], 7, 5, 6, 3)
    X, Y, *parameters = (torch.tensor(a) for a in args)
    W1, b1, W2, b2 = (p.requires_grad_() for p in parameters)
    Z = torch.relu(X @ W1.T + b1) @ W2.T + b2
    cost = torch.nn.functional.binary_cross_entropy_with_logits(Z, Y, reduction="sum") / len(X)
    cost.backward()
    for got, p in zip(network.backprop(*args), parameters, strict=True):
        np.testing.assert_allclose(got, p.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_gradient_agrees_with_differences():
    z, y = logits.logits_and_labels([5], 3, 4)
    measured = numerical_gradient(lambda z: logits.bce(z, y), z)
    np.testing.assert_allclose(logits.bce_gradient(z, y), measured, atol=1e-8)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_step_by_hand_is_one_step_of_mlpkit(variant):
    x, y, W, b, rate = hand_numbers(variant)
    net = MLP([3, 2], output="sigmoid", rng=0)
    net.weights[0][:], net.biases[0][:] = W, b
    logits_ = net.logits(x[None])
    assert set(np.round(logits_.ravel(), 9)) == {-2.0, 1.0}
    sgd(net, x[None], y[None], epochs=1, learning_rate=rate, rng=0)
    reference = QUESTIONS["hand_step"].reference(variant)
    np.testing.assert_allclose(reference["W_new"], net.weights[0])
    np.testing.assert_allclose(reference["b_new"], net.biases[0])


def test_softmax_comes_to_rest_where_the_reference_says():
    """Another way down: mlpkit's softmax network with one constant input, equal shares, times m."""
    variant = VARIANTS[0]
    for i, y in enumerate(experiment_targets(variant)):
        net = MLP([1, 5], output="softmax", rng=0)
        target = y[None] / y.sum()
        sgd(net, [[0.0]], target, epochs=1000, learning_rate=2.0, rng=0)
        reference = QUESTIONS["softmax_fails"].reference(variant)
        np.testing.assert_allclose(
            net.predict_proba([[0.0]])[0], reference["best_softmax_probs"][i], atol=0.01
        )
        loss = y.sum() * net.loss([[0.0]], target)
        assert loss == pytest.approx(reference["best_softmax_loss"][i], abs=0.01)


def test_thresholds_have_the_best_f1_of_scikit_learn():
    probs, Y = experiments.said_and_true([8], 60)
    chosen = experiments.best_thresholds(probs, Y)
    for k in range(Y.shape[1]):
        best = max(f1_score(Y[:, k], probs[:, k] >= t) for t in np.unique(probs[:, k]))
        assert f1_score(Y[:, k], probs[:, k] >= chosen[k]) == pytest.approx(best)


# ---- the data


def test_scenes_follow_from_the_variant_alone():
    X, Y = scenes(5, 50)
    np.testing.assert_array_equal(X, scenes(5, 50)[0])
    assert X.shape == (50, 144) and Y.shape == (50, 5) and set(np.unique(Y)) == {0.0, 1.0}
    for other in (scenes(6, 50), scenes(5, 50, 1)):
        assert not np.array_equal(Y, other[1])


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_cat_is_rare_and_likes_the_lamp(variant):
    _, Y = scenes(variant, 1200)
    cat, lamp = Y[:, 4] == 1, Y[:, 0] == 1
    assert 0.05 < cat.mean() < 0.25
    assert cat[lamp].mean() > 2 * cat[~lamp].mean()
    assert (Y.sum(axis=1) == 0).any() and (Y.sum(axis=1) >= 4).any()


def test_a_name_gives_a_variant():
    assert variant_of(" Ada ") == variant_of("ada") != variant_of("bob")
    platforms = ("Ada Lovelace", "ada_lovelace", "ADA-LOVELACE.", "ada  lovelace", "ada,lovelace")
    assert len({variant_of(name) for name in platforms}) == 1
    assert variant_of("Zoe\u0301 Li") == variant_of("zo\u00e9_li") != variant_of("Zoe Li")
    others = ("ada", "adalovelace", "राम", "रमा", "王伟", "王薇")  # vowel signs are no punctuation
    assert len({variant_of(name) for name in others}) == len(others)
    for nobody in ("", "  ", "_", "Your name", "your_name"):
        with pytest.raises(ValueError, match="STUDENT must be your name"):
            variant_of(nobody)


def test_show_draws_and_names(capsys):
    X, Y = scenes(1, 100)
    empty = np.flatnonzero(Y.sum(axis=1) == 0)[0]
    show(X[0], Y[0])
    show(X[empty], Y[empty])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 26 and lines[-1] == "nothing"
    assert lines[12] == " and ".join(np.array(OBJECTS)[Y[0] == 1])


# ---- wrong formulas


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("name", FORMULAS)
def test_each_wrong_formula_is_called_by_its_name(name, hidden):
    question = FORMULAS[name]
    for variant in VARIANTS:
        calls = question.calls(variant, hidden)
        for slip, formula in question.judge.wrong:
            with np.errstate(all="ignore"):
                results = [formula(call) for call in calls]
            verdict = question.judge(calls, results)
            assert verdict.slip == slip
            assert verdict.points < question.points


def naive(z):
    return 1 / (1 + np.exp(-z))


def fraction(z):
    return np.exp(z) / (1 + np.exp(z))


def two_terms(z, y, p=naive):
    return -(y * np.log(p(z)) + (1 - y) * np.log(1 - p(z))).sum(axis=1).mean()


STEP = QUESTIONS["hand_step"].reference(VARIANTS[0])
REST = QUESTIONS["softmax_fails"].reference(VARIANTS[0])
MEMORY = []


def the_long_way(z, y):
    slope = naive(z) * (1 - naive(z))
    return (naive(z) - y) / slope * slope / len(z)


def remembers(z, y):
    MEMORY.append(0)
    return logits.bce(z, y) + len(MEMORY)


def in_place(z, y):
    z -= 1
    z += 1.5
    return logits.bce(z - 0.5, y)


def of_integers(z):
    a = np.zeros_like(z)
    a[:] = logits.sigmoid(z)
    return a


def table(z, y):
    public = QUESTIONS["bce"].calls(VARIANTS[0], False)
    for call in public:
        if np.array_equal(call.args[0], z):
            return logits.bce(*call.args)
    return 0.0


def wide(formula):
    """The same network, but ReLU's mask asks for >= 0."""

    def backprop(X, Y, W1, b1, W2, b2):
        Z1 = X @ W1.T + b1
        A1 = np.maximum(Z1, 0)
        D2 = (logits.sigmoid(A1 @ W2.T + b2) - Y) / len(X)
        D1 = (D2 @ W2) * formula(Z1, A1)
        return D1.T @ X, D1.sum(axis=0), D2.T @ A1, D2.sum(axis=0)

    return backprop


def of_score(score):
    return lambda probs, Y: experiments.best_thresholds(probs, Y, score)


def trained(output="sigmoid", epochs=30, after=lambda net: net, **options):
    def train(X, Y, X_val, Y_val, rng):
        T = Y if output == "sigmoid" else (Y + 1e-9) / (Y + 1e-9).sum(axis=1, keepdims=True)
        net = MLP([144, 32, 5], activation="relu", output=output, rng=rng)
        sgd(net, X, T, epochs=epochs, **{"learning_rate": 0.1, "momentum": 0.9, **options}, rng=rng)
        return after(net)

    return train


def learned_by_heart(X, Y, X_val, Y_val, rng, kept={}):  # noqa: B006
    kept.setdefault("net", trained()(X, Y, X_val, Y_val, rng))
    return kept["net"]


def raising(*args):
    raise KeyError("no")


def unfinished(*args):
    raise NotImplementedError


WRONG = [
    ("output_layer", fraction, "overflow", 4),
    ("output_layer", of_integers, "integers", 4),
    ("output_layer", lambda z: logits.sigmoid(z).astype(np.float32), "single_precision", 3.75),
    ("output_layer", lambda z: logits.sigmoid(z).ravel(), "shape", 1.5),
    ("output_layer", lambda z: logits.sigmoid(z).astype(str), "type", 0),
    ("bce", two_terms, "log_of_zero", 8),
    ("bce", lambda z, y: two_terms(z, y, lambda z: np.clip(naive(z), 1e-12, 1)), "log_of_zero", 8),
    (
        "bce",
        lambda z, y: two_terms(z, y, lambda z: np.clip(naive(z), 1e-9, 1 - 1e-9)),
        "clipped",
        8,
    ),
    ("bce", lambda z, y: (np.log(1 + np.exp(z)) - y * z).sum(axis=1).mean(), "overflow", 8),
    ("bce", lambda z, y: two_terms(z, y, lambda z: z), "nan", 0),
    ("bce", remembers, "global_state", 0),
    ("bce", in_place, "mutated", 8.25),  # whole numbers cannot be moved in place by one half
    ("bce", table, "hard_coded", 0),
    ("bce", lambda z, y: 1.0, "constant", 0),
    ("bce", lambda z, y: print("", end=""), "nothing", 0),
    ("bce", raising, "raised", 0),
    ("bce", unfinished, "not_done", 0),
    ("bce", lambda z, y: exit(), "raised", 0),
    ("bce", lambda z, y: [logits.bce(z, y)], "shape", 3.5),
    ("bce", lambda z, y: [[1], [1, 2]], "type", 0),
    ("bce_gradient", lambda z, y: (fraction(z) - y) / len(z), "overflow", 9),
    (
        "bce_gradient",
        the_long_way,
        "zero_by_zero",
        9,
    ),
    ("hand_step", {}, "missing", 0),
    ("hand_step", {"W_new": ..., "b_new": ...}, "not_done", 0),
    ("backprop", wide(lambda Z1, A1: A1 >= 0), "mask_open", 6),
    ("backprop", wide(lambda Z1, A1: Z1 >= 0), "mask_at_zero", 11.75),
    ("thresholds", lambda probs, Y: np.full(6, 0.5), "half", 0),
    ("thresholds", lambda probs, Y: np.full(6, 0.3), "one_threshold", 3),
    ("thresholds", lambda probs, Y: 0.3, "one_threshold", 3),
    ("thresholds", of_score(experiments.accuracy), "accuracy", 3),
    ("thresholds", of_score(experiments.precision), "precision", 3),
    ("thresholds", of_score(experiments.recall), "recall", 3),
    ("thresholds", of_score(experiments.youden), "youden", 3),
    ("thresholds", of_score(experiments.youden), "youden", 3),
    ("bce", lambda z, y: round(logits.bce(z, y), 2), "inexact", 3),
    ("thresholds", lambda p, Y: 1 - experiments.best_thresholds(p, Y), "inverted", 6),
    (
        "thresholds",
        lambda p, Y: np.log(1 / (1 / experiments.best_thresholds(p, Y) - 1)),
        "logit_threshold",
        6,
    ),
    ("thresholds", lambda p, Y: 100 * experiments.best_thresholds(p, Y) // 1, "index", 3),
    (
        "thresholds",
        lambda p, Y: experiments.f1(p >= experiments.best_thresholds(p, Y), Y),
        "score_returned",
        3,
    ),
    ("thresholds", lambda p, Y: Y.mean(axis=0), "mean_for_threshold", 0),
    ("thresholds", lambda p, Y: experiments.best_thresholds(p.T, Y.T), "shape", 0),
    ("thresholds", lambda p, Y: np.nan * Y[0], "nan", 0),
    ("thresholds", raising, "raised", 0),
    ("train", trained("softmax"), "softmax", 0),
    ("train", trained(after=lambda net: net.logits), "logits", 0),
    ("train", trained(after=lambda net: net.predict), "hard_decision", 3.5),
    ("train", trained(epochs=1, momentum=0.0, learning_rate=0.001), "under_trained", 0),
    ("train", trained(after=lambda net: lambda X: net.predict_proba(X)[:, :4]), "shape", 0),
    ("train", trained(after=lambda net: lambda X: np.nan * net.predict_proba(X)), "diverged", 0),
    ("train", trained(after=lambda net: None), "raised", 0),
    ("train", trained(learning_rate=1e6), "raised", 0),
    (
        "softmax_fails",
        {
            "best_softmax_loss": REST["best_softmax_loss"] + 0.1,
            "best_softmax_probs": np.zeros((3, 5)),
            "best_sigmoid_loss": np.ones(3),
        },
        "stopped_early",
        0,
    ),
]


@pytest.mark.parametrize(
    ("name", "wrong", "slip", "points"),
    WRONG,
    ids=[f"{w[0]}-{w[2]}-{i}" for i, w in enumerate(WRONG)],
)
def test_a_wrong_answer_is_named(name, wrong, slip, points):
    MEMORY.clear()
    verdict = judged(name, wrong)
    assert (verdict.slip, verdict.points) == (slip, points), verdict


# ---- right answers, each in its own hand


def looped(z, y):
    total = 0.0
    for row, labels in zip(z, y, strict=True):
        for a, b in zip(row, labels, strict=True):
            total += max(a, 0) - a * b + math.log1p(math.exp(-abs(a)))
    return total / len(z)


def by_samples(X, Y, W1, b1, W2, b2):
    dW1, db1, dW2, db2 = (np.zeros(p.shape) for p in (W1, b1, W2, b2))
    for x, y in zip(X, Y, strict=True):
        z1 = W1 @ x + b1
        a1 = np.where(z1 > 0, z1, 0)
        d2 = (expit(W2 @ a1 + b2) - y) / len(X)
        d1 = np.where(z1 > 0, W2.T @ d2, 0)
        dW1 += np.outer(d1, x)
        db1 += d1
        dW2 += np.outer(d2, a1)
        db2 += d2
    return [dW1, db1, dW2, db2]


def in_columns(X, Y, W1, b1, W2, b2):
    Z1 = W1 @ X.T + b1[:, None]
    A1 = Z1 * (Z1 > 0)
    D2 = (expit(W2 @ A1 + b2[:, None]) - Y.T) / X.shape[0]
    D1 = np.einsum("kj,kn->jn", W2, D2) * np.heaviside(Z1, 0)
    return np.einsum("jn,nd->jd", D1, X), D1.sum(1), D2 @ A1.T, D2 @ np.ones(len(X))


def on_a_grid(probs, Y):
    grid = np.linspace(0.01, 0.99, 99)
    return [
        grid[np.argmax([experiments.f1(p > t, y) for t in grid])]
        for p, y in zip(probs.T, Y.T, strict=True)
    ]


def between(probs, Y):
    out = np.empty(probs.shape[1])
    for k in range(len(out)):
        p = np.sort(probs[:, k])
        middles = (p[1:] + p[:-1]) / 2
        scores = [experiments.f1(probs[:, k] > m, Y[:, k]) for m in middles]
        out[k] = middles[int(np.argmax(scores))]
    return out


def own_training(X, Y, X_val, Y_val, rng):
    """Full-batch descent with momentum, without mlpkit."""
    W1, W2 = rng.normal(size=(32, 144)) / 12, np.zeros((5, 32))
    b1, b2 = np.zeros(32), np.zeros(5)
    parameters = W1, b1, W2, b2
    speed = [np.zeros_like(p) for p in parameters]
    for _ in range(80):
        for p, v, d in zip(parameters, speed, network.backprop(X, Y, *parameters), strict=True):
            v *= 0.9
            v += 0.3 * d
            p -= v
    return lambda X: expit(np.maximum(X @ W1.T + b1, 0) @ W2.T + b2)


RIGHT = [
    ("output_layer", naive),
    ("output_layer", expit),
    ("output_layer", lambda z: 0.5 * (1 + np.tanh(0.5 * z))),
    (
        "output_layer",
        lambda z: np.where(z > 0, 1 / (1 + np.exp(-np.abs(z))), 1 - 1 / (1 + np.exp(-np.abs(z)))),
    ),
    (
        "output_layer",
        lambda z: np.array([[1 / (1 + math.exp(-max(a, -700))) for a in row] for row in z]),
    ),
    (
        "output_layer",
        lambda z: [[1 / (1 + math.exp(-max(a, -700))) for a in row] for row in z.tolist()],
    ),
    ("bce", looped),
    (
        "bce",
        lambda z, y: np.where(y == 1, np.logaddexp(0, -z), np.logaddexp(0, z)).sum() / z.shape[0],
    ),
    ("bce", lambda z, y: np.einsum("nk->", np.logaddexp(0, z) - y * z) / len(y)),
    (
        "bce",
        lambda z, y: np.mean(np.sum(np.maximum(z, 0) - z * y + np.log1p(np.exp(-abs(z))), axis=-1)),
    ),
    (
        "bce",
        lambda z, y: np.array(
            (y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)).sum() / len(z)
        ),
    ),
    ("bce_gradient", lambda z, y: (naive(z) - y) * (1 / z.shape[0])),
    (
        "bce_gradient",
        lambda z, y: np.stack([(expit(a) - b) / len(z) for a, b in zip(z, y, strict=True)]),
    ),
    (
        "bce_gradient",
        lambda z, y: [list((expit(a) - b) / len(z)) for a, b in zip(z, y, strict=True)],
    ),
    ("bce_gradient", lambda z, y: np.where(y == 1, -expit(-z), expit(z)) / z.shape[0]),
    ("hand_step", {k: np.round(v, 3).tolist() for k, v in STEP.items()}),
    ("hand_step", {k: v + 0.0009 for k, v in STEP.items()}),
    ("thresholds", on_a_grid),
    ("thresholds", between),
    ("train", own_training),
    ("train", trained(after=lambda net: net.predict_proba, epochs=60)),
    ("train", trained(momentum=0.0, epochs=150)),
    ("softmax_fails", {k: v.round(2).tolist() for k, v in REST.items()}),
    ("backprop", by_samples),
    ("backprop", in_columns),
]


@pytest.mark.parametrize(
    ("name", "right"), RIGHT, ids=[f"{name}-{i}" for i, (name, _) in enumerate(RIGHT)]
)
def test_a_right_answer_in_any_style_has_full_marks(name, right):
    for hidden in (False, True):
        verdict = judged(name, right, hidden=hidden)
        assert (verdict.points, verdict.slip) == (QUESTIONS[name].points, None), verdict


# ---- calls


def test_an_answer_cannot_change_what_it_was_given():
    z = np.ones(3)

    def changes(z):
        z[0] = 5
        return z

    found = answer(Call("f", (z,)), {"f": changes})
    assert found.kind == "mutated" and z[0] == 1
    np.testing.assert_array_equal(found.value, [5, 1, 1])


def test_an_answer_is_a_copy():
    buffer = np.zeros(2)

    def reuses(i):
        buffer[:] = i
        return buffer

    first = answer(Call("f", (1.0,)), {"f": reuses})
    answer(Call("f", (2.0,)), {"f": reuses})
    np.testing.assert_array_equal(first, [1, 1])


def test_a_seed_becomes_a_generator_anew_for_each_call():
    call = Call("f", (Seed(3),))
    draws = [answer(call, {"f": lambda rng: rng.random()}) for _ in range(2)]
    assert draws == [np.random.default_rng(3).random()] * 2


def test_a_name_that_is_no_function():
    assert answer(Call("f", (1,)), {"f": 3}) == Failure("missing", "f is not a function")


# ---- the check cell


def said(capsys, name, **names):
    points = checker({"variant": VARIANTS[0], **names})(name)
    return points, capsys.readouterr().out


def test_the_check_says_passed(capsys):
    points, text = said(capsys, "bce", bce=looped)
    assert points == 12 and text == "✓ Passed.\nPoints, of 12:\n"


def test_the_check_names_the_slip_and_where_to_read(capsys):
    points, text = said(capsys, "bce", bce=lambda z, y: (np.logaddexp(0, z) - y * z).mean())
    assert points == 6
    assert "mean over the labels" in text
    assert "Read chapter 10, “Which loss? The homework”." in text


def test_the_check_shows_the_error_and_where_the_question_is_treated(capsys):
    _, text = said(capsys, "backprop", backprop=raising)
    assert "KeyError: 'no'" in text and "Read chapter 6, “Thirteen lines of code”." in text


def test_the_check_counts_the_right_entries_of_what_it_cannot_name(capsys):
    W_new = STEP["W_new"].copy()
    W_new[0, 1] += 0.1
    points, text = said(capsys, "hand_step", **{**STEP, "W_new": W_new})
    assert points == 4
    assert "no slip that we know. (right entries: W_new 5 of 6, b_new 2 of 2)" in text
    _, text = said(capsys, "bce", bce=lambda z, y: 2.5 * logits.bce(z, y))
    assert "no slip that we know." in text and "right entries" not in text


def test_sigmoids_that_were_stopped_early_are_named(capsys):
    """Their loss falls slower than that of softmax."""
    early = {**REST, "best_sigmoid_loss": REST["best_sigmoid_loss"] + 0.034}
    points, text = said(capsys, "softmax_fails", **early)
    assert points == 7 and "A loss still falls" in text
    assert "best_softmax_probs 15 of 15, best_sigmoid_loss 0 of 3" in text


def test_each_slip_is_reachable_from_a_question_or_the_grader():
    grader = {"timeout", "memory", "killed", "output", "garbled"}
    named = {slip for q in FORMULAS.values() for slip, _ in q.judge.wrong}
    named |= {slip for _, _, slip, _ in WRONG}
    assert set(SLIPS) - named - grader == {"below_floor"}
