"""Questions 5 to 7: train, choose thresholds, and let softmax fail."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from . import slips
from .calls import Call, Failure, Seed
from .judging import ByFormula, Question, Verdict, alike, numbers, verdict
from .logits import sigmoid
from .scene import experiment_targets, scenes
from .slips import SLIPS

GOAL = 0.85  # macro F1 at the threshold ½, on scenes that were not trained on


def f1(said: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """F1 of each label, from decisions and truth (n, C)."""
    right = (said * truth).sum(axis=0)
    return 2 * right / np.maximum(said.sum(axis=0) + truth.sum(axis=0), 1)


# ---- training


@lru_cache(maxsize=8)
def parts(variant: int) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    return scenes(variant, 1200, 0), scenes(variant, 400, 1), scenes(variant, 400, 2)


def train_calls(variant: int, hidden: bool) -> list[Call]:
    """Public: F1 on the validation part. Hidden: on a test part, and with another desk's data."""

    def call(variant: int, test: int, late: bool) -> Call:
        data = parts(variant)
        X, Y = data[test]
        args = (*data[0], *data[1], Seed(variant))
        return Call("train", args, then=(X,), hidden=late, given=(Y,))

    if not hidden:
        return [call(variant, 1, False)]
    return [call(variant, 2, True), call(variant + 1, 2, True)]


def judge_train(calls: Sequence[Call], results: Sequence[Any]) -> Verdict:
    """Full marks from GOAL on, half of them from three quarters of it on."""
    reached = []
    for call, result in zip(calls, results, strict=True):
        (Y,) = call.given
        got = numbers(result)
        if got is None:
            kind = result.kind if isinstance(result, Failure) else "type"
            return verdict(0, kind, getattr(result, "message", ""))
        (probs,) = got
        if probs.shape != Y.shape:
            return verdict(0, "shape", f"{probs.shape} came, {Y.shape} was expected")
        if not np.isfinite(probs).all():
            return verdict(0, "diverged")
        reached.append(float(f1(probs > 0.5, Y).mean()))
        slip = _not_probabilities(probs)
        if slip:
            return verdict(14 * SLIPS[slip].credit, slip)
    worst = min(reached)
    detail = f"macro F1 {worst:.2f}, asked for {GOAL:.2f}"
    if isinstance(results[0], Failure):
        return verdict(14 * SLIPS[results[0].kind].credit, results[0].kind, results[0].message)
    if worst >= GOAL:
        return Verdict(14.0, None, f"passed: macro F1 {worst:.2f}")
    if len(reached) > 1 and reached[0] >= GOAL > 0.5 > reached[1]:
        return verdict(0, "hard_coded")
    return verdict(7.0 if worst >= 0.75 * GOAL else 0.0, "under_trained", detail)


def _not_probabilities(probs: np.ndarray) -> str | None:
    if probs.min() < 0 or probs.max() > 1:
        return "logits"
    if np.isin(probs, [0, 1]).all():
        return "hard_decision"
    if np.allclose(probs.sum(axis=1), 1, atol=1e-3):
        return "softmax"
    return None


def reference_train(X: Any, Y: Any, X_val: Any, Y_val: Any, rng: np.random.Generator) -> Any:
    from mlpkit import MLP, sgd

    net = MLP([X.shape[1], 32, Y.shape[1]], activation="relu", output="sigmoid", rng=rng)
    sgd(net, X, Y, epochs=30, learning_rate=0.1, momentum=0.9, l2=2, rng=rng)
    return net.predict_proba


# ---- thresholds

BESTS = (0.2, 0.35, 0.6, 0.8)


def said_and_true(seed: list[int], n: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (n, 6): four bent, so that each label has its own best threshold, two with
    doubtful cases, on which F1 and another measure disagree."""
    rng = np.random.default_rng(seed)
    honest = rng.beta(0.6, 0.9, size=(n, 4))
    Y = (rng.random((n, 4)) < honest).astype(float)
    bend = np.log(rng.permutation(BESTS)) / np.log(0.37)
    probs = np.clip(honest**bend, 1e-6, 1 - 1e-6)
    rare, frequent = doubtful(rng, n, 6, 4, 9), doubtful(rng, n, 15, 15, 18)
    return np.column_stack([probs, rare[0], frequent[0]]), np.column_stack(
        [Y, rare[1], frequent[1]]
    )


def doubtful(
    rng: np.random.Generator, n: int, clear: int, hits: int, alarms: int
) -> tuple[np.ndarray, np.ndarray]:
    """In a hundred, `clear` ones are found easily, `hits` more only after false `alarms`.

    With 6, 4, 9 F1 leaves the doubtful ones out, and the shares of hits and alarms take them in;
    with 15, 15, 18 F1 takes them in, and accuracy leaves them out.
    """
    size = np.array([clear, hits, alarms]) * n // 100
    group = rng.permutation(np.repeat(range(4), [*size, n - size.sum()]))
    low, high = np.array([[0.7, 0.35, 0.42, 0.02], [0.95, 0.4, 0.5, 0.3]])[:, group]
    return rng.uniform(low, high), (group < 2).astype(float)


def threshold_calls(variant: int, hidden: bool) -> list[Call]:
    def call(seed: int, n: int, late: bool) -> Call:
        return Call("choose_thresholds", said_and_true([variant, seed], n), hidden=late)

    first = call(60, 400, False)
    return [first, *([call(61, 300, True), call(62, 600, True)] if hidden else []), first]


def best_thresholds(probs: np.ndarray, Y: np.ndarray, score: Any = f1) -> np.ndarray:
    """For each label, the probability at which "yes from here on" scores best."""
    best = []
    for p, y in zip(probs.T, Y.T, strict=True):
        steps = np.unique(p)
        best.append(steps[score(p[:, None] >= steps, y[:, None]).argmax()])
    return np.array(best)


def accuracy(said: np.ndarray, truth: np.ndarray) -> np.ndarray:
    return (said == truth).mean(axis=0)


def precision(said: np.ndarray, truth: np.ndarray) -> np.ndarray:
    return (said * truth).sum(axis=0) / np.maximum(said.sum(axis=0), 1)


def recall(said: np.ndarray, truth: np.ndarray) -> np.ndarray:
    return (said * truth).sum(axis=0) / truth.sum(axis=0)


def youden(said: np.ndarray, truth: np.ndarray) -> np.ndarray:
    return recall(said, truth) - recall(said, 1 - truth)


NEAR = 0.02  # F1 that a coarse grid of thresholds may lose


def judge_thresholds(calls: Sequence[Call], results: Sequence[Any]) -> Verdict:
    verdicts = [_one(call, result) for call, result in zip(calls, results, strict=True)]
    got = [numbers(result) for result in results]
    if not alike(got[0], got[-1]):
        return verdict(0, "global_state")
    public = [v for c, v in zip(calls, verdicts, strict=True) if not c.hidden]
    late = [v for c, v in zip(calls, verdicts, strict=True) if c.hidden]
    if late and public[0].points == 12 and not any(v.points == 12 for v in late):
        return verdict(0, "hard_coded")
    return min(verdicts, key=lambda v: v.points)


def _one(call: Call, result: Any) -> Verdict:
    probs, Y = call.args or ()
    got = numbers(result)
    if got is None:
        kind = result.kind if isinstance(result, Failure) else "type"
        return verdict(0, kind, getattr(result, "message", ""))
    (t,) = got
    if t.shape != (Y.shape[1],):
        scalar = t.size == 1
        slip = "one_threshold" if scalar else "shape"
        return verdict(12 * SLIPS[slip].credit if scalar else 0, slip, f"{t.shape} came")
    if not np.isfinite(t).all():
        return verdict(0, "nan")
    good = _near(t, probs, Y, f1)
    if good.all():
        if isinstance(result, Failure):
            return verdict(12 * SLIPS[result.kind].credit, result.kind, result.message)
        return Verdict(12.0, None, "passed")
    slip = _threshold_slip(t, probs, Y)
    credit = SLIPS[slip].credit if slip else 0.0
    return verdict(max(12 * credit, round(6 * float(good.mean()), 2) if not slip else 0), slip)


def _near(t: np.ndarray, probs: np.ndarray, Y: np.ndarray, score: Any) -> np.ndarray:
    """Label by label, whether the score at t is the best one or close to it."""
    # a threshold that is a probability may have been rounded on its way through a logit
    reached = np.maximum(score(probs >= t - 1e-9, Y), score(probs > t, Y))
    return reached >= score(probs >= best_thresholds(probs, Y, score), Y) - NEAR


def _threshold_slip(t: np.ndarray, probs: np.ndarray, Y: np.ndarray) -> str | None:
    if np.allclose(t, 0.5):
        return "half"
    if np.ptp(t) < 1e-9:
        return "one_threshold"
    if _near(sigmoid(t), probs, Y, f1).all():
        return "logit_threshold"
    if t.max() > 1:
        return "index"
    if np.allclose(t, f1(probs >= best_thresholds(probs, Y), Y), atol=NEAR):
        return "score_returned"
    if _near(1 - t, probs, Y, f1).all():
        return "inverted"
    scores = {"accuracy": accuracy, "precision": precision, "recall": recall, "youden": youden}
    for slip, score in scores.items():
        if _near(t, probs, Y, score).all():
            return slip
    if np.allclose(t, Y.mean(axis=0), atol=NEAR) or np.allclose(t, probs.mean(axis=0), atol=NEAR):
        return "mean_for_threshold"
    return None


# ---- softmax


def softmax_calls(variant: int, hidden: bool) -> list[Call]:
    given = (experiment_targets(variant),)
    parts = {
        "best_softmax_loss": "loss",
        "best_softmax_probs": "probs",
        "best_sigmoid_loss": "sigmoid",
    }
    return [Call(name, part=part, given=given) for name, part in parts.items()]


def softmax_limit(call: Call, slip: str = "") -> np.ndarray:
    """What long training comes to, for each of the three targets."""
    (Y,) = call.given
    m = Y.sum(axis=1)
    C = Y.shape[1]
    floor = m * np.log(m)
    losses = {
        "shares": np.log(m),
        "bits": m * np.log2(m),
        "mean_over_labels": floor / C,
        "sign": -floor,
        "untrained": m * np.log(C),
    }
    if call.name == "best_softmax_loss":
        return losses.get(slip, floor)
    if call.name == "best_softmax_probs":
        wrong = {"untrained": np.full(Y.shape, 1 / C), "sigmoids_for_softmax": Y}
        return wrong.get(slip, Y / m[:, None])
    wrong = {"untrained": np.full(3, C * np.log(2)), "softmax_for_sigmoids": floor}
    return wrong.get(slip, np.zeros(3))


SOFTMAX_SLIPS = (
    "shares",
    "bits",
    "mean_over_labels",
    "sign",
    "untrained",
    "sigmoids_for_softmax",
    "softmax_for_sigmoids",
)


NEAR_REST = 0.03  # nats, or probability, from where long training comes to


def stopped_early(found: list[Any], wanted: list[Any]) -> str | None:
    """Name a loss that softmax cannot have, or a loss that is still on its way down."""
    early = False
    for i in (0, 2):  # the losses of softmax and of the sigmoids
        if found[i] is None or found[i][0].shape != wanted[i][0].shape:
            continue
        above = found[i][0] - wanted[i][0]
        if i == 0 and (above < -NEAR_REST).any():
            return "below_floor"
        early |= bool((above > NEAR_REST).any())
    return "stopped_early" if early else None


QUESTIONS = {
    "train": Question(
        "Train a network",
        14,
        ("train",),
        slips.TRAIN,
        train_calls,
        judge_train,
        lambda variant: {"train": reference_train},
    ),
    "thresholds": Question(
        "A threshold for each label",
        12,
        ("choose_thresholds",),
        slips.DECIDE,
        threshold_calls,
        judge_thresholds,
        lambda variant: {"choose_thresholds": best_thresholds},
    ),
    "softmax_fails": Question(
        "Let softmax fail",
        9,
        ("best_softmax_loss", "best_softmax_probs", "best_sigmoid_loss"),
        slips.SOFTMAX_FAILS,
        softmax_calls,
        ByFormula(
            {"loss": 4, "probs": 3, "sigmoid": 2},
            softmax_limit,
            [(slip, lambda call, slip=slip: softmax_limit(call, slip)) for slip in SOFTMAX_SLIPS],
            rtol=0,
            atol=NEAR_REST,
            otherwise=stopped_early,
        ),
        lambda variant: {c.name: softmax_limit(c) for c in softmax_calls(variant, False)},
        manual_points=3,
    ),
}
