"""Questions 1 to 3, functions of the logits: output layer, loss, gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import slips
from .calls import Call
from .judging import ByFormula, Question


def sigmoid(z: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0, -np.asarray(z, float)))


def softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def terms(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.logaddexp(0, z) - y * z


def bce(z: np.ndarray, y: np.ndarray) -> float:
    return terms(z, y).sum(axis=1).mean()


def bce_gradient(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    return (sigmoid(z) - y) / len(z)


# ---- cases


def logits_and_labels(seed: list[int], n: int, C: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = (rng.random((n, C)) < 0.4).astype(float)
    y[0, :2], y[-1, :2] = (1, 0), (0, 1)  # both answers, and two different rows
    return rng.normal(scale=2, size=(n, C)), y


# from 37 on, 1 - sigmoid(z) is rounded to zero; from 710 on, exp(z) overflows
SATURATED = np.array([[40.0, -40.0, 0.5], [-38.0, 39.0, 2.0]])
HUGE = np.array([[1000.0, -1000.0, 0.5], [-800.0, 750.0, 2.0]])
LARGE_Y = np.array([[0.0, 1.0, 1.0], [1.0, 1.0, 0.0]])


def logit_calls(name: str, *, labels: bool) -> Callable[[int, bool], list[Call]]:
    """Cases for a function of z, or of z and y."""

    def arguments(z: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, ...]:
        return (z, y) if labels else (z,)

    def calls(variant: int, hidden: bool) -> list[Call]:
        first = arguments(*logits_and_labels([variant, 30], 5, 3))
        whole = arguments(np.array([[2, -1, 0], [1, 3, -2]]), np.array([[1, 0, 1], [0, 1, 1]]))
        cases = [
            (first, "values", False),
            (arguments(SATURATED, LARGE_Y), "large", False),
            (arguments(HUGE, LARGE_Y), "large", False),
            (whole, "integers", False),
        ]
        if hidden:
            shapes = [(7, 4), (4, 4), (1, 6), (3, 2)]  # a square one: a transpose would fit
            for i, (n, C) in enumerate(shapes):
                pair = logits_and_labels([variant, 31, i], n, C)
                cases.append((arguments(*pair), "values", True))
            for z in (SATURATED, HUGE):
                cases.append((arguments(-1.5 * z[::-1], LARGE_Y), "large", True))
        cases.append((first, "values", False))  # once more: nothing may remember
        return [Call(name, args, part=part, hidden=late) for args, part, late in cases]

    return calls


def of_arguments(formula: Callable[..., Any]) -> Callable[[Call], Any]:
    return lambda call: formula(*call.args)


def by_formula(
    weights: dict[str, float], right: Callable[..., Any], wrong: list[tuple[str, Any]]
) -> ByFormula:
    return ByFormula(weights, of_arguments(right), [(s, of_arguments(f)) for s, f in wrong])


# ---- 1 to 3: output layer, loss, gradient

OUTPUT_SLIPS = [
    ("softmax", softmax),
    ("softmax", lambda z: np.exp(z) / np.exp(z).sum()),
    ("softmax", lambda z: np.exp(z) / np.exp(z).sum(axis=0)),
    ("normalised", lambda z: sigmoid(z) / sigmoid(z).sum(axis=1, keepdims=True)),
    ("inverted", lambda z: sigmoid(-z)),
    ("hard_decision", lambda z: (z > 0).astype(float)),
    ("hard_decision", lambda z: (z > 0.5).astype(float)),
    ("shifted", lambda z: sigmoid(z - z.max())),
    ("shifted", lambda z: sigmoid(z - z.max(axis=1, keepdims=True))),
    ("tanh", np.tanh),
    ("doubled_logit", lambda z: sigmoid(2 * z)),
    ("logits", lambda z: z),
    ("sigmoid_twice", lambda z: sigmoid(sigmoid(z))),
    ("transposed", lambda z: sigmoid(z).T),
]

EPSILONS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)  # smaller ones show at large logits only


def two_terms(p: np.ndarray, y: np.ndarray) -> float:
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum(axis=1).mean()


BCE_SLIPS = [
    ("mean_over_labels", lambda z, y: terms(z, y).mean()),
    ("sum_over_samples", lambda z, y: terms(z, y).sum()),
    ("mean_twice", lambda z, y: bce(z, y) / len(z)),
    ("axes_exchanged", lambda z, y: terms(z, y).mean(axis=1).sum()),
    ("sign", lambda z, y: -bce(z, y)),
    ("present_only", lambda z, y: (y * np.logaddexp(0, -z)).sum(axis=1).mean()),
    ("absent_only", lambda z, y: ((1 - y) * np.logaddexp(0, z)).sum(axis=1).mean()),
    ("labels_turned", lambda z, y: bce(z, 1 - y)),
    ("softmax_loss", lambda z, y: -(y * np.log(softmax(z))).sum(axis=1).mean()),
    ("softmax_loss", lambda z, y: -(y * np.log(softmax(z))).mean()),
    ("softmax_two_terms", lambda z, y: two_terms(softmax(z), y)),
    ("bits", lambda z, y: bce(z, y) / np.log(2)),
    ("decimal_log", lambda z, y: bce(z, y) / np.log(10)),
    ("sigmoid_twice", lambda z, y: bce(sigmoid(z), y)),
    ("squared", lambda z, y: ((sigmoid(z) - y) ** 2).sum(axis=1).mean()),
    ("squared", lambda z, y: ((sigmoid(z) - y) ** 2).mean()),
    ("arguments_exchanged", lambda z, y: bce(y, z)),
    ("one_sample", lambda z, y: terms(z, y)[-1].sum()),
    ("one_sample", lambda z, y: terms(z, y)[-1].sum() / len(z)),
    ("one_sample", lambda z, y: terms(z, y)[0].sum()),
    ("not_reduced", lambda z, y: terms(z, y)),
    ("not_reduced", lambda z, y: terms(z, y).sum(axis=1)),
    ("not_reduced", lambda z, y: terms(z, y).mean(axis=0)),
    ("not_reduced", lambda z, y: terms(z, y).sum(axis=0)),
    ("not_reduced", lambda z, y: terms(z, y).mean(axis=1)),
    *(("clipped", lambda z, y, e=e: two_terms(np.clip(sigmoid(z), e, 1 - e), y)) for e in EPSILONS),
    *(
        (
            "clipped",
            lambda z, y, e=e: (
                -(y * np.log(sigmoid(z) + e) + (1 - y) * np.log(sigmoid(-z) + e)).sum(axis=1).mean()
            ),
        )
        for e in EPSILONS
    ),
]

GRADIENT_SLIPS = [
    ("no_mean", lambda z, y: sigmoid(z) - y),
    ("mean_over_labels", lambda z, y: bce_gradient(z, y) / z.shape[1]),
    ("mean_twice", lambda z, y: bce_gradient(z, y) / len(z)),
    ("axes_exchanged", lambda z, y: (sigmoid(z) - y) / z.shape[1]),
    ("sign", lambda z, y: -bce_gradient(z, y)),
    ("sign", lambda z, y: y - sigmoid(z)),
    ("transposed", lambda z, y: bce_gradient(z, y).T),
    ("softmax", lambda z, y: (softmax(z) - y) / len(z)),
    ("softmax", lambda z, y: softmax(z) - y),
    ("softmax", lambda z, y: (softmax(z) * y.sum(axis=1, keepdims=True) - y) / len(z)),
    ("slope_twice", lambda z, y: bce_gradient(z, y) * sigmoid(z) * sigmoid(-z)),
    ("slope_twice", lambda z, y: 2 * bce_gradient(z, y) * sigmoid(z) * sigmoid(-z)),
    ("slope_twice", lambda z, y: (sigmoid(z) - y) * sigmoid(z) * sigmoid(-z)),
    ("by_output", lambda z, y: bce_gradient(z, y) / (sigmoid(z) * sigmoid(-z))),
    ("by_output", lambda z, y: (sigmoid(z) - y) / (sigmoid(z) * sigmoid(-z))),
    ("no_target", lambda z, y: sigmoid(z) / len(z)),
    ("no_target", lambda z, y: sigmoid(z)),
    ("decided_first", lambda z, y: ((z > 0) - y) / len(z)),
    ("decided_first", lambda z, y: (z > 0) - y),
    ("logits_for_outputs", lambda z, y: (z - y) / len(z)),
    ("logits_for_outputs", lambda z, y: z - y),
    ("present_only", lambda z, y: -y * sigmoid(-z) / len(z)),
    ("absent_only", lambda z, y: (1 - y) * sigmoid(z) / len(z)),
    ("labels_turned", lambda z, y: bce_gradient(z, 1 - y)),
    ("sigmoid_twice", lambda z, y: bce_gradient(sigmoid(z), y)),
    ("arguments_exchanged", lambda z, y: bce_gradient(y, z)),
    ("one_sample", lambda z, y: bce_gradient(z, y) * (np.arange(len(z)) == len(z) - 1)[:, None]),
    ("summed_over_batch", lambda z, y: bce_gradient(z, y).sum(axis=0)),
    ("summed_over_batch", lambda z, y: (sigmoid(z) - y).sum(axis=0)),
    ("summed_over_batch", lambda z, y: bce_gradient(z, y).mean(axis=0)),
]


QUESTIONS = {
    "output_layer": Question(
        "Choose and justify the output layer",
        5,
        ("predict_proba",),
        slips.OUTPUT,
        logit_calls("predict_proba", labels=False),
        by_formula({"values": 3, "large": 1, "integers": 1}, sigmoid, OUTPUT_SLIPS),
        lambda variant: {"predict_proba": sigmoid},
        manual_points=5,
    ),
    "bce": Question(
        "The loss, from logits",
        12,
        ("bce",),
        slips.LOSS,
        logit_calls("bce", labels=True),
        by_formula({"values": 7, "large": 4, "integers": 1}, bce, BCE_SLIPS),
        lambda variant: {"bce": bce},
    ),
    "bce_gradient": Question(
        "Its gradient, with proof",
        10,
        ("bce_gradient",),
        slips.GRADIENT,
        logit_calls("bce_gradient", labels=True),
        by_formula({"values": 8, "large": 1, "integers": 1}, bce_gradient, GRADIENT_SLIPS),
        lambda variant: {"bce_gradient": bce_gradient},
        manual_points=6,
    ),
}
