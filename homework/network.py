"""Questions 4 and 8: one step by hand, and backpropagation through two layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import slips
from .calls import Call
from .judging import ByFormula, Question
from .logits import logits_and_labels, sigmoid, softmax
from .scene import hand_numbers

# ---- one step by hand


def hand_step(call: Call, slip: str = "") -> Any:
    """The new value of the variable that `call` asks for."""
    x, y, W, b, rate = call.given
    z = W @ x + (0 if slip == "bias_ignored" else b)
    a = {"softmax": softmax, "decided_first": lambda z: (z > 0) * 1.0}.get(slip, sigmoid)(z)
    delta = {"no_target": a, "labels_turned": a - 1 + y, "logits_for_outputs": z - y}.get(
        slip, a - y
    )
    if slip == "slope_twice":
        delta = delta * a * (1 - a)
    if slip == "mean_over_labels":
        delta = delta / len(y)
    if slip in {"no_rate", "gradient_only"}:
        rate = 1
    if slip == "step_up":
        rate = -rate
    change = {"W_new": rate * np.outer(delta, x), "b_new": rate * delta}[call.name]
    if slip in {"change_only", "gradient_only"}:
        return change
    if slip == "bias_forgotten" and call.name == "b_new":
        return b
    new = {"W_new": W, "b_new": b}[call.name] - change
    return new.T if slip == "transposed" else new


HAND_SLIPS = (
    "step_up",
    "bias_forgotten",
    "no_rate",
    "slope_twice",
    "softmax",
    "mean_over_labels",
    "change_only",
    "gradient_only",
    "bias_ignored",
    "no_target",
    "labels_turned",
    "logits_for_outputs",
    "decided_first",
    "transposed",
)


def hand_calls(variant: int, hidden: bool) -> list[Call]:
    given = hand_numbers(variant)
    return [Call("W_new", part="weights", given=given), Call("b_new", part="bias", given=given)]


# ---- backpropagation


def backprop(X: Any, Y: Any, W1: Any, b1: Any, W2: Any, b2: Any, slip: str = "") -> Any:
    """Gradients of the mean loss; ReLU in between, sigmoids at the end."""
    n = len(X)
    if slip == "bias_ignored":
        b1, b2 = 0 * b1, 0 * b2
    Z1 = X @ W1.T + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2.T + b2
    head = softmax if slip == "softmax" else sigmoid
    D2 = head(Z2) - Y
    if slip == "slope_twice":
        D2 = D2 * sigmoid(Z2) * sigmoid(-Z2)
    divisors = {"no_mean": 1, "mean_twice": n**2, "axes_exchanged": Y.shape[1]}
    D2 = D2 / (divisors | {"mean_over_labels": Y.size}).get(slip, n)
    if slip == "sign":
        D2 = -D2
    back = D2 @ W2
    mask = {
        "mask_open": np.ones_like(Z1),
        "mask_of_error": back > 0,
        "mask_without_bias": X @ W1.T > 0,
        "mask_of_value": A1,
        "sigmoid_slope": sigmoid(Z1) * sigmoid(-Z1),
        "slope_of_output": A1 * (1 - A1),
        "tanh_slope": 1 - A1**2,
    }.get(slip, Z1 > 0)
    D1 = back * mask
    if slip == "one_sample":
        X, A1, D1, D2 = X[-1:], A1[-1:], D1[-1:], D2[-1:]
    dW2 = D2.T @ (Z1 if slip == "before_activation" else A1)
    dW1, db1, db2 = D1.T @ X, D1.sum(axis=0), D2.sum(axis=0)
    if slip == "bias_forgotten":
        db1, db2 = np.zeros_like(db1), np.zeros_like(db2)
    if slip == "bias_mean":
        db1, db2 = db1 / n, db2 / n
    if slip == "bias_no_mean":
        db1, db2 = db1 * n, db2 * n
    if slip == "transposed":
        dW1, dW2 = dW1.T, dW2.T
    return (dW2, db2, dW1, db1) if slip == "order" else (dW1, db1, dW2, db2)


BACKPROP_SLIPS = (
    "no_mean",
    "mean_twice",
    "mean_over_labels",
    "axes_exchanged",
    "sign",
    "transposed",
    "softmax",
    "slope_twice",
    "mask_open",
    "mask_of_error",
    "mask_without_bias",
    "mask_of_value",
    "sigmoid_slope",
    "slope_of_output",
    "tanh_slope",
    "before_activation",
    "bias_forgotten",
    "bias_mean",
    "bias_no_mean",
    "bias_ignored",
    "one_sample",
    "order",
)


def network_case(seed: list[int], n: int, d: int, h: int, C: int) -> tuple[np.ndarray, ...]:
    """X, Y, W1, b1, W2, b2; every hidden neuron is on for some samples and off for others."""
    rng = np.random.default_rng(seed)
    _, Y = logits_and_labels(seed, n, C)
    X, W1 = rng.normal(size=(n, d)), rng.normal(size=(h, d))
    b1 = -np.median(X @ W1.T, axis=0) + 0.1 * rng.normal(size=h)
    return X, Y, W1, b1, rng.normal(size=(C, h)), rng.normal(size=C)


def backprop_calls(variant: int, hidden: bool) -> list[Call]:
    def case(args: tuple[np.ndarray, ...], part: str, late: bool = False) -> Call:
        return Call("backprop", args, part=part, hidden=late)

    first = network_case([variant, 80], 6, 4, 5, 3)
    calls = [
        case(first, "values"),
        case(at_the_kink([variant, 81]), "kink"),
        case(enlarged([variant, 82]), "large"),
    ]
    if hidden:
        # in the square one every transpose would fit
        for i, shape in enumerate([(9, 5, 3, 4), (4, 4, 4, 4), (2, 3, 6, 2)]):
            calls.append(case(network_case([variant, 83, i], *shape), "values", True))
        calls.append(case(at_the_kink([variant, 84]), "kink", True))
        calls.append(case(enlarged([variant, 85]), "large", True))
    return [*calls, case(first, "values")]


def at_the_kink(seed: list[int]) -> tuple[np.ndarray, ...]:
    """A blank picture and no biases: hidden logits that are exactly zero."""
    X, Y, W1, b1, W2, b2 = network_case(seed, 4, 3, 3, 2)
    X[0] = 0
    return X, Y, W1, 0 * b1, W2, b2


def enlarged(seed: list[int]) -> tuple[np.ndarray, ...]:
    """Output logits in the thousands."""
    X, Y, W1, b1, W2, b2 = network_case(seed, 4, 3, 4, 3)
    return X, Y, W1, b1, 2000 * W2, b2


QUESTIONS = {
    "hand_step": Question(
        "One training step by hand",
        12,
        ("W_new", "b_new"),
        slips.STEP,
        hand_calls,
        ByFormula(
            {"weights": 8, "bias": 4},
            hand_step,
            [(slip, lambda call, slip=slip: hand_step(call, slip)) for slip in HAND_SLIPS],
            rtol=0,
            atol=2e-3,
        ),
        lambda variant: {call.name: hand_step(call) for call in hand_calls(variant, False)},
    ),
    "backprop": Question(
        "Backpropagation without mlpkit",
        12,
        ("backprop",),
        slips.CODE,
        backprop_calls,
        ByFormula(
            {"values": 10, "large": 1, "kink": 1},
            lambda call: backprop(*call.args),
            [
                (slip, lambda call, slip=slip: backprop(*call.args, slip=slip))
                for slip in BACKPROP_SLIPS
            ],
        ),
        lambda variant: {"backprop": backprop},
    ),
}
