"""How many ulp mlpkit, SciPy and PyTorch are off the truth, which mpmath gives with 50 digits.

An ulp is the distance between neighbouring floats at the true value. `python
tests/exactness_table.py` writes the table that the book shows.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import mpmath
import numpy as np
import scipy.special
from mpmath import mpf

from mlpkit import SigmoidCrossEntropy, SoftmaxCrossEntropy, log_softmax, one_hot, sigmoid, softmax

try:
    import torch
except ImportError:
    torch = None

DIGITS = 50
RESULT = Path(__file__).parent.parent / "benchmarks/results/exactness.json"
Arrays = dict[str, np.ndarray]


def logits(rng: np.random.Generator) -> Arrays:
    """Return name → logits (n, C), drawn anew."""

    def spread(scale: float, n: int, C: int) -> np.ndarray:
        return rng.normal(0, scale, (n, C))

    confident = np.hstack([rng.uniform(20, 60, (20, 1)), spread(1, 20, 9)])
    # the largest logit near 0: rounding of z − max costs the others most digits
    lopsided = np.hstack([spread(1e-3, 20, 1), -np.exp(rng.uniform(-20, 6, (20, 9)))])
    return {
        "1e-300 · N(0, 1), C = 10": spread(1e-300, 10, 10),
        "N(0, 1), C = 2": spread(1, 40, 2),
        "N(0, 1), C = 10": spread(1, 20, 10),
        "N(0, 1), C = 1000": spread(1, 2, 1000),
        # rounded to float32 already, so that both dtypes have one truth
        "N(0, 3²), C = 100000": spread(3, 1, 100_000).astype(np.float32).astype(float),
        "N(0, 30²), C = 10": spread(30, 20, 10),
        "one logit 20 to 60 above": confident,
        "all others far below": lopsided,
        "±1000, C = 10": rng.uniform(-1e3, 1e3, (20, 10)),
        "±10000, C = 10": rng.uniform(-1e4, 1e4, (20, 10)),
    }


# ---- the truth


def true_softmax(z: list[mpf], y: list[float], columns: list[int]) -> dict[str, list[mpf]]:
    """Softmax, its logarithm, cross-entropy and δ of one sample, by the textbook formulas."""
    top = max(range(len(z)), key=z.__getitem__)
    e = [mpmath.exp(v - z[top]) for v in z]
    rest = mpmath.fsum(e[:top] + e[top + 1 :])

    def logq(k: int) -> mpf:
        # log1p, because 50 digits cannot tell 1 + 1e-60 from 1
        return z[k] - z[top] - mpmath.log1p(rest)

    def delta(k: int) -> mpf:
        return -rest / (1 + rest) if k == top and y[k] else e[k] / (1 + rest) - y[k]

    return {
        "softmax": [e[k] / (1 + rest) for k in columns],
        "log_softmax": [logq(k) for k in columns],
        "cross-entropy": [-logq(y.index(1))],
        "its δ": [delta(k) for k in columns],
    }


def true_sigmoid(z: list[mpf], y: list[float], columns: list[int]) -> dict[str, list[mpf]]:
    """The same for independent labels."""

    def sigma(v: mpf) -> mpf:
        return 1 / (1 + mpmath.exp(-v))

    losses = [mpmath.log1p(mpmath.exp(-v if t else v)) for v, t in zip(z, y, strict=True)]
    return {
        "sigmoid": [sigma(z[k]) for k in columns],
        "binary cross-entropy": [mpmath.fsum(losses)],
        "its δ (sigmoid)": [-sigma(-z[k]) if y[k] else sigma(z[k]) for k in columns],
    }


# ---- the candidates, each from logits and 0/1 targets


def ours(z: np.ndarray, Y: np.ndarray, labels: np.ndarray) -> Arrays:
    rows = list(zip(z, Y, labels, strict=True))
    return {
        "softmax": softmax(z),
        "log_softmax": log_softmax(z),
        "cross-entropy": np.array([[SoftmaxCrossEntropy.loss([a], [y])] for a, y, _ in rows]),
        "its δ": SoftmaxCrossEntropy.delta(z, Y),
        "sigmoid": sigmoid(z),
        "binary cross-entropy": np.array(
            [[SigmoidCrossEntropy.loss([a], [t])] for a, _, t in rows]
        ),
        "its δ (sigmoid)": SigmoidCrossEntropy.delta(z, labels),
    }


def scipys(z: np.ndarray, Y: np.ndarray, labels: np.ndarray) -> Arrays:
    log_q, q = scipy.special.log_expit(z), scipy.special.expit(z)
    log_not_q = scipy.special.log_expit(-z)
    binary = -np.where(labels == 1, log_q, log_not_q).sum(axis=1, keepdims=True)
    return {
        "softmax": scipy.special.softmax(z, axis=1),
        "log_softmax": scipy.special.log_softmax(z, axis=1),
        "cross-entropy": -(Y * scipy.special.log_softmax(z, axis=1)).sum(axis=1, keepdims=True),
        "its δ": scipy.special.softmax(z, axis=1) - Y,
        "sigmoid": q,
        "binary cross-entropy": binary,
        "its δ (sigmoid)": q - labels,
    }


def torchs(z: np.ndarray, Y: np.ndarray, labels: np.ndarray) -> Arrays:
    F = torch.nn.functional
    a = torch.from_numpy(z.copy()).requires_grad_()
    b = torch.from_numpy(z.copy()).requires_grad_()
    cross = F.cross_entropy(a, torch.from_numpy(Y), reduction="none")
    binary = F.binary_cross_entropy_with_logits(b, torch.from_numpy(labels), reduction="none").sum(
        1
    )
    cross.sum().backward()
    binary.sum().backward()
    return {
        "softmax": torch.softmax(a, 1).detach().numpy(),
        "log_softmax": torch.log_softmax(a, 1).detach().numpy(),
        "cross-entropy": cross.detach().numpy()[:, None],
        "its δ": a.grad.numpy(),
        "sigmoid": torch.sigmoid(b).detach().numpy(),
        "binary cross-entropy": binary.detach().numpy()[:, None],
        "its δ (sigmoid)": b.grad.numpy(),
    }


CANDIDATES: dict[str, Callable[..., Arrays]] = {"mlpkit": ours, "scipy": scipys}
if torch is not None:
    CANDIDATES["torch"] = torchs


def ulps(value: float, truth: mpf, dtype: type) -> float:
    """Return |value − truth| in ulp of `dtype` at the truth; infinite for NaN and infinity."""
    if not np.isfinite(value):
        return float("inf")
    return float(abs(mpf(float(value)) - truth) / mpf(float(np.spacing(abs(dtype(float(truth)))))))


def table(seed: int = 0) -> list[dict[str, object]]:
    """Return one row for each function, dtype and kind of logits: the largest error of each."""
    rows = []
    rng = np.random.default_rng(seed)
    for case, drawn in logits(rng).items():
        # a right and a wrong confident prediction are different tasks: labels at random
        target = rng.integers(0, drawn.shape[1], len(drawn))
        target[::2] = drawn[::2].argmax(axis=1)
        # few columns of a very long row stand for all
        columns = np.unique(np.linspace(0, drawn.shape[1] - 1, 200).astype(int)).tolist()
        Y = one_hot(target, drawn.shape[1])
        labels = rng.integers(0, 2, drawn.shape).astype(float)
        known: dict[bytes, dict[str, list[mpf]]] = {}
        for dtype in (np.float64, np.float32):
            z, Y, labels = (array.astype(dtype) for array in (drawn, Y, labels))
            got = {name: candidate(z, Y, labels) for name, candidate in CANDIDATES.items()}
            worst: dict[str, dict[str, float]] = {}
            for i in range(len(z)):
                key = z[i].astype(float).tobytes()
                if key not in known:
                    sample = [mpf(v) for v in z[i].tolist()]
                    known[key] = true_softmax(sample, Y[i].tolist(), columns)
                    known[key] |= true_sigmoid(sample, labels[i].tolist(), columns)
                for function, values in known[key].items():
                    places = columns if len(values) > 1 else [0]
                    for j, value in zip(places, values, strict=True):
                        for name, arrays in got.items():
                            error = ulps(arrays[function][i, j], value, dtype)
                            best = worst.setdefault(function, {})
                            best[name] = max(best.get(name, 0.0), error)
            rows += [
                {"function": function, "dtype": dtype.__name__, "logits": case}
                | {name: float(f"{error:.3g}") for name, error in errors.items()}
                for function, errors in worst.items()
            ]
    return rows


def main() -> None:
    sys.path.insert(0, str(RESULT.parent.parent))
    from machine import machine

    mpmath.mp.dps = DIGITS
    RESULT.parent.mkdir(exist_ok=True)
    report = {"machine": machine(), "unit": "largest error in ulp", "rows": table()}
    RESULT.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
