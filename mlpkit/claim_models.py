r"""The course's models for `mlpkit.claims.claim`: what the printed letters stand for.

Each is a `texcheck.Model` under the notation of the book: vectors are printed bold and
their components are not, indices are k, j (classes), ℓ (layer), n (sample), s (step).  Sizes are
all different and at least 2, so that a lost transpose or a swapped index is a wrong shape; values
are computed by mlpkit's own functions, so that print and package are held to one another.

>>> from texcheck import check
>>> print(check(r"\frac{\partial \mathcal L}{\partial z_j} = \hat y_j - y_j", softmax))
1 relation, j = 1…4, 7 points, relative difference below 1e-9

A chapter that needs one more letter makes its own: ``Model("mine", draw=lambda rng: {…}, …)``.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from texcheck import Model

from .activations import relu, sigmoid, softmax_jacobian, tanh
from .activations import softmax as softmax_of
from .information import cross_entropy, entropy, kl_divergence
from .losses import SigmoidCrossEntropy

Array = NDArray[Any]
Draw = Callable[[np.random.Generator], Mapping[str, Any]]

C = 4


def _distribution(rng: np.random.Generator, n: int) -> Array:
    """Nowhere near 0, so that a central difference stays inside."""
    p: Array = rng.exponential(size=n) + 0.1
    return np.asarray(p / p.sum())


def _several(function: Callable[[Array], Array]) -> Callable[..., Array]:
    r"""Allow softmax(\mathbf z) and softmax(z_1, z_2)."""
    return lambda *z: function(z[0] if len(z) == 1 else np.array(z))


def _softmax(name: str, targets: Callable[[np.random.Generator], Array], **more: Any) -> Model:
    def draw(rng: np.random.Generator) -> dict[str, Any]:
        return {
            r"\mathbf z": rng.normal(scale=1.5, size=C),
            r"\mathbf y": targets(rng),
            "C": C,
            r"\mathbf v": rng.normal(size=C),
            "c": rng.normal(),
            r"\mathbf 1": np.ones(C),
            r"\mathbf 0": np.zeros(C),
            "I": np.eye(C),
        }

    return Model(
        name,
        draw,
        derived={
            r"\hat{\mathbf y}": lambda v: softmax_of(v[r"\mathbf z"]),
            r"\mathcal L": lambda v: cross_entropy(v[r"\mathbf y"], v[r"\hat{\mathbf y}"]),
            "J": lambda v: softmax_jacobian(v[r"\mathbf z"]),
            "m": lambda v: v[r"\mathbf z"][np.argmax(v[r"\mathbf z"].real)],
            "S": lambda v: np.sum(np.exp(v[r"\mathbf z"])),
            r"\mathcal L_2": lambda v: v[r"\mathcal L"] / np.log(2),
            r"\mathcal L_{\text{sq}}": lambda v: (
                np.sum((v[r"\hat{\mathbf y}"] - v[r"\mathbf y"]) ** 2) / 2
            ),
            **more,
        },
        functions={
            r"\operatorname{softmax}": _several(softmax_of),
            r"\sigma": sigmoid,
            "A": lambda z: np.log(np.sum(np.exp(z))),
        },
        indices={"k": C, "j": C, "i": C},
        # a tie, where max z ≤ ln Σ e^z ≤ max z + ln C is tight on the right; then on the left
        special=[{r"\mathbf z": np.zeros(C)}, {r"\mathbf z": np.array([0.0, 30.0, -2.0, 1.0])}],
    )


softmax = _softmax("softmax", lambda rng: _distribution(rng, C))
r"""One sample of C = 4 classes with a soft target.

``\mathbf z`` logits, ``\hat{\mathbf y}`` = ``\operatorname{softmax}(\mathbf z)``, ``\mathbf y``,
``\mathcal L`` cross-entropy in nats and ``\mathcal L_2`` in bits, ``\mathcal L_{\text{sq}}`` =
½‖ŷ − y‖², J the softmax Jacobian, S = Σ e^z, A(z) = ln S, m the largest logit, ``\sigma``, C,
``\mathbf v`` a vector, c a number, ``\mathbf 1``, ``\mathbf 0``, I; indices k, j, i.
"""

one_hot = _softmax(
    "one-hot",
    lambda rng: np.eye(C)[rng.integers(C)],
    t=lambda v: np.argmax(v[r"\mathbf y"]) + 1,
)
"""As :data:`softmax` with y one-hot and t its class, 1…C."""


def _unnormalised_loss(v: Any) -> Any:
    return -np.sum(v[r"\mathbf y"] * np.log(v[r"\hat{\mathbf y}"]))


unnormalised = _softmax(
    "unnormalised",
    lambda rng: rng.uniform(0.2, 2, size=C),
    **{r"\mathcal L": _unnormalised_loss},
)
"""As :data:`softmax` with targets that do not sum to 1, such as a multi-hot y."""


def _tempered(rng: np.random.Generator) -> dict[str, Any]:
    return {r"\mathbf z": rng.normal(size=C), "T": rng.uniform(0.5, 3), "C": C}


temperature = Model(
    "temperature",
    _tempered,
    derived={r"\hat{\mathbf y}": lambda v: softmax_of(v[r"\mathbf z"] / v["T"])},
    functions={r"\operatorname{softmax}": softmax_of},
    indices={"k": C, "j": C},
)
r"""Softmax at temperature T: ``\mathbf z``, ``\hat{\mathbf y}`` = softmax(z/T), C; indices k, j."""


def _pair(rng: np.random.Generator) -> dict[str, Any]:
    p, q = _distribution(rng, 5), _distribution(rng, 5)
    return {"p": p, "q": q, "u": np.full(5, 0.2), "C": 5, "x": rng.uniform(0.05, 4)}


def _bits(function: Callable[..., Array]) -> Callable[..., Array]:
    return lambda *p: function(*p, unit="bits")


def _entropy_or_cross(p: Array, q: Array | None = None) -> Array:
    return entropy(p) if q is None else cross_entropy(p, q)


information = Model(
    "information",
    _pair,
    functions={
        "H": _entropy_or_cross,
        r"\mathrm{CE}": cross_entropy,
        r"\mathrm{KL}": kl_divergence,
        r"D_{\mathrm{KL}}": kl_divergence,
        "H_2": _bits(entropy),
        r"\mathrm{CE}_2": _bits(cross_entropy),
        r"\mathrm{KL}_2": _bits(kl_divergence),
    },
    indices={"k": 5, "j": 5},
    special=[
        {"p": np.full(5, 0.2), "q": np.full(5, 0.2), "x": 1.0},
        {"p": np.array([1 - 4e-9, 1e-9, 1e-9, 1e-9, 1e-9]), "x": 0.99},
    ],
)
r"""Two distributions over C = 5 outcomes.

p true, q predicted, u uniform, x > 0 a number; functions H(p), ``\mathrm{CE}(p, q)`` (also
H(p, q)), ``\mathrm{KL}(p \| q)`` (also ``D_{\mathrm{KL}}``) in nats and ``H_2``,
``\mathrm{CE}_2``, ``\mathrm{KL}_2`` in bits; indices k, j.
"""


def huffman_lengths(p: Array) -> Array:
    """Lengths of an optimal prefix code for the distribution p, in bits."""
    heap = [(weight, i, [i]) for i, weight in enumerate(p.tolist())]
    heapq.heapify(heap)
    lengths = np.zeros(len(p))
    while len(heap) > 1:
        (a, i, left), (b, _, right) = heapq.heappop(heap), heapq.heappop(heap)
        lengths[left + right] += 1
        heapq.heappush(heap, (a + b, i, left + right))
    return lengths


codes = Model(
    "codes",
    _pair,
    derived={
        r"\ell": lambda v: huffman_lengths(v["p"]),
        "s": lambda v: np.ceil(-np.log2(v["p"])),
        r"\bar\ell": lambda v: np.sum(v["p"] * v[r"\ell"]),
    },
    functions={"H_2": _bits(entropy), r"\mathrm{CE}_2": _bits(cross_entropy)},
    indices={"k": 5},
    # lengths without rounding, and a code that wastes almost a bit
    special=[
        {"p": np.array([1, 1, 2, 4, 8]) / 16},
        {"p": np.array([1 - 4e-9, 1e-9, 1e-9, 1e-9, 1e-9])},
        {"q": np.array([1 - 4e-9, 1e-9, 1e-9, 1e-9, 1e-9])},
    ],
)
r"""Codes for five messages of probabilities p.

``\ell_k`` Huffman lengths, ``\bar\ell`` their mean under p, ``s_k`` = ⌈−log₂ p_k⌉, q, u, C;
functions ``H_2``, ``\mathrm{CE}_2``; index k.
"""


def _one_output(rng: np.random.Generator) -> dict[str, Any]:
    return {"z": 2 * rng.normal(), "y": rng.uniform(0.1, 0.9), "a": rng.normal(), "b": rng.normal()}


def _binary_loss(prediction: Array, y: Array) -> float:
    logit = np.log(prediction) - np.log(1 - prediction)
    return SigmoidCrossEntropy.loss(np.reshape(logit, (1, -1)), np.reshape(y, (1, -1)))


binary = Model(
    "binary",
    _one_output,
    derived={
        r"\hat y": lambda v: sigmoid(v["z"]),
        r"\mathcal L": lambda v: _binary_loss(v[r"\hat y"], v["y"]),
        r"\mathcal L_{\text{SE}}": lambda v: (v[r"\hat y"] - v["y"]) ** 2 / 2,
    },
    functions={
        r"\sigma": sigmoid,
        r"\operatorname{softmax}": _several(softmax_of),
        r"\sigma^{-1}": lambda p: np.log(p) - np.log(1 - p),
        r"\varphi": relu,
    },
    special=[{"y": 0.0}, {"y": 1.0}, {"z": 0.0}],
)
r"""One sigmoid output: z, ``\hat y`` = ``\sigma(z)``, y between 0 and 1 (and 0, 1).

``\mathcal L`` binary cross-entropy, ``\mathcal L_{\text{SE}}`` = (ŷ − y)²/2, ``\varphi`` ReLU,
``\sigma^{-1}``, numbers a, b.
"""


LABELS = 5  # odd, or a wrong sign in every factor of a product would cancel


def _labels(rng: np.random.Generator) -> dict[str, Any]:
    return {
        r"\mathbf z": rng.normal(scale=2, size=LABELS),
        r"\mathbf y": rng.uniform(0.1, 0.9, size=LABELS),
        "C": LABELS,
        r"\mathbf 1": np.ones(LABELS),
    }


multilabel = Model(
    "multi-label",
    _labels,
    derived={
        r"\hat{\mathbf y}": lambda v: sigmoid(v[r"\mathbf z"]),
        r"\mathcal L": lambda v: _binary_loss(v[r"\hat{\mathbf y}"], v[r"\mathbf y"]),
    },
    functions={r"\sigma": sigmoid},
    indices={"k": LABELS, "j": LABELS},
    special=[{r"\mathbf y": np.array(y)} for y in ([1.0, 0, 1, 1, 0], [0.0, 0, 0, 0, 0])],
)
r"""C = 5 sigmoid outputs: ``\mathbf z``, ``\hat{\mathbf y}``, ``\mathbf y`` soft or multi-hot.

``\mathcal L`` is the sum of C binary cross-entropies; ``\sigma``, C, ``\mathbf 1``; indices k, j.
"""


def _line(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "x": rng.normal(size=6),
        "y": rng.normal(size=6),
        "m": rng.normal(),
        "b": rng.normal(),
        "n": 6,
    }


neuron = Model(
    "neuron",
    _line,
    derived={
        r"\hat y": lambda v: relu(v["x"] * v["m"] + v["b"]),
        "J": lambda v: np.mean((v[r"\hat y"] - v["y"]) ** 2),
    },
    functions={r"\operatorname{ReLU}": relu},
    indices={"i": 6},
)
r"""One ReLU neuron on n = 6 samples: ``\hat y_i`` = max(0, x_i m + b), J mean squared error."""


SIZES = [3, 4, 5, 2]
LAST = len(SIZES) - 1


def _network_values(rng: np.random.Generator) -> dict[str, Any]:
    layers = range(1, LAST + 1)
    return {
        "W": {i: rng.normal(size=(SIZES[i], SIZES[i - 1])) for i in layers},
        r"\mathbf b": {i: rng.normal(size=SIZES[i]) for i in layers},
        r"\mathbf x": rng.normal(size=SIZES[0]),
        r"\mathbf y": _distribution(rng, SIZES[-1]),
        "L": LAST,
        "n": dict(enumerate(SIZES)),
        "d": SIZES[0],
        "C": SIZES[-1],
        r"\mathbf 1": np.ones(SIZES[-1]),
    }


def _z(v: Any, layer: int) -> Array:
    z: Array = v["W", layer] @ v[r"\mathbf a", layer - 1] + v[r"\mathbf b", layer]
    return z


def _a(v: Any, layer: int) -> Array:
    if layer == 0:
        return np.asarray(v[r"\mathbf x"])
    return (softmax_of if layer == LAST else tanh)(v[r"\mathbf z", layer])


def _delta(v: Any, layer: int) -> Array:
    if layer == LAST:
        return np.asarray(v[r"\hat{\mathbf y}"] - v[r"\mathbf y"])
    back = v["W", layer + 1].T @ v[r"\boldsymbol\delta", layer + 1]
    return np.asarray(back * (1 - tanh(v[r"\mathbf z", layer]) ** 2))


def _to(layer: int, last: int) -> range:
    if not 0 <= layer <= last:
        raise KeyError(r"\ell")
    return range(1, SIZES[layer] + 1)


network = Model(
    "network",
    _network_values,
    derived={
        r"\hat{\mathbf y}": lambda v: v[r"\mathbf a", LAST],
        r"\mathcal L": lambda v: cross_entropy(v[r"\mathbf y"], v[r"\hat{\mathbf y}"]),
    },
    layered={r"\mathbf z": _z, r"\mathbf a": _a, r"\boldsymbol\delta": _delta},
    functions={r"\varphi": tanh, r"\operatorname{softmax}": softmax_of},
    indices={
        r"\ell": LAST,
        "i": lambda at: _to(at["ell"], LAST),
        "j": lambda at: _to(at["ell"] - 1, LAST),
        "k": SIZES[-1],
    },
    stepped=["n"],
    points=4,
    # ‖δ^(ℓ)‖ ≤ ‖W^(ℓ+1)‖ ‖δ^(ℓ+1)‖ is tight where φ' = 1 and W only scales
    special=[
        {
            "W": {i: 0.3 * i * np.eye(SIZES[i], SIZES[i - 1]) for i in range(1, LAST + 1)},
            r"\mathbf b": {1: np.zeros(4), 2: np.zeros(5), 3: np.array([0.0, 3.0])},
            r"\mathbf x": np.zeros(SIZES[0]),
            r"\mathbf y": np.array([1.0, 0.0]),
        }
    ],
)
r"""An MLP of L = 3 layers, 3-4-5-2, tanh and softmax, for one sample.

``W^{(\ell)}`` (n_ℓ, n_{ℓ−1}), ``\mathbf b^{(\ell)}``, ``\mathbf z^{(\ell)}``,
``\mathbf a^{(\ell)}`` with a^(0) = ``\mathbf x`` and a^(L) = ``\hat{\mathbf y}``,
``\boldsymbol\delta^{(\ell)}`` = ∂𝓛/∂z^(ℓ), ``\mathbf y`` soft, ``\mathcal L``, ``\varphi``, L, d,
C, widths ``n_\ell``; indices ℓ, i (1…n_ℓ), j (1…n_{ℓ−1}), k (1…C).
"""


N = 6


def _batch_values(rng: np.random.Generator) -> dict[str, Any]:
    network_values = _network_values(rng)
    del network_values["n"]  # here n counts samples
    return {
        **network_values,
        r"\mathbf x": {n: rng.normal(size=SIZES[0]) for n in range(1, N + 1)},
        r"\mathbf y": {n: _distribution(rng, SIZES[-1]) for n in range(1, N + 1)},
        "N": N,
        r"\lambda": rng.uniform(0.1, 1),
        r"\eta": rng.uniform(0.1, 1),
        r"\mathbf 1": np.ones(N),
    }


def _batch_a(v: Any, layer: int, n: int) -> Array:
    if layer == 0:
        return np.asarray(v[r"\mathbf x", n])
    return (softmax_of if layer == LAST else tanh)(v[r"\mathbf z", layer, n])


def _batch_delta(v: Any, layer: int, n: int) -> Array:
    if layer == LAST:
        return np.asarray(v[r"\hat{\mathbf y}", n] - v[r"\mathbf y", n])
    back = v["W", layer + 1].T @ v[r"\boldsymbol\delta", layer + 1, n]
    return np.asarray(back * (1 - tanh(v[r"\mathbf z", layer, n]) ** 2))


def _rows(name: str) -> Callable[..., Array]:
    """The samples of a name as rows of a matrix, layer by layer if it has layers."""
    return lambda v, *layer: np.array([v[(name, *layer, n)] for n in range(1, N + 1)])


def _penalised(v: Any) -> Any:
    squares = sum(np.sum(v["W", i] ** 2) for i in range(1, LAST + 1))
    return v["J"] + v[r"\lambda"] / (2 * N) * squares


def _weights_after(v: Any, layer: int) -> Array:
    gradient = v[r"\Delta", layer].T @ v["A", layer - 1] / N + v[r"\lambda"] / N * v["W", layer]
    return np.asarray(v["W", layer] - v[r"\eta"] * gradient)


batch = Model(
    "batch",
    _batch_values,
    derived={
        "X": _rows(r"\mathbf x"),
        "Y": _rows(r"\mathbf y"),
        r"\hat Y": _rows(r"\hat{\mathbf y}"),
        "J": lambda v: np.mean([v[r"\mathcal L", n] for n in range(1, N + 1)]),
        r"J_\lambda": _penalised,
    },
    layered={
        r"\mathbf z": lambda v, i, n: v["W", i] @ v[r"\mathbf a", i - 1, n] + v[r"\mathbf b", i],
        r"\mathbf a": _batch_a,
        r"\boldsymbol\delta": _batch_delta,
        "Z": _rows(r"\mathbf z"),
        "A": _rows(r"\mathbf a"),
        r"\Delta": _rows(r"\boldsymbol\delta"),
        r"\hat{\mathbf y}": lambda v, n: v[r"\mathbf a", LAST, n],
        r"\mathcal L": lambda v, n: cross_entropy(v[r"\mathbf y", n], v[r"\hat{\mathbf y}", n]),
    },
    functions={r"\varphi": tanh, r"\operatorname{softmax}": softmax_of},
    indices={r"\ell": LAST, "n": N, "k": SIZES[-1]},
    stepped=[
        *(r"\mathbf x", r"\mathbf y", r"\hat{\mathbf y}", r"\mathcal L"),
        *(r"\mathbf z", r"\mathbf a", r"\boldsymbol\delta"),
    ],
    after={
        "W": _weights_after,
        r"\mathbf b": lambda v, i: v[r"\mathbf b", i] - v[r"\eta"] * v[r"\Delta", i].mean(axis=0),
    },
    points=2,
)
r"""N = 6 samples through the MLP of :data:`network`.

For sample n ``\mathbf x_n``, ``\mathbf y_n``, ``\hat{\mathbf y}_n``, ``\mathcal L_n``,
``\mathbf z_n^{(\ell)}``, ``\mathbf a_n^{(\ell)}``, ``\boldsymbol\delta_n^{(\ell)}``; with the
samples in rows X, Y, ``\hat Y``, ``Z^{(\ell)}``, ``A^{(\ell)}``, ``\Delta^{(\ell)}``;
``W^{(\ell)}``, ``\mathbf b^{(\ell)}``.  J mean loss, ``J_\lambda`` with penalty (λ/2N) Σ‖W‖²;
``\mathbf 1`` (N), ``\lambda``, ``\eta``, L, C.  ``W^{(\ell)} \leftarrow`` and
``\mathbf b^{(\ell)} \leftarrow`` take a step down J_λ.  Indices ℓ, n, k.
"""


CURVATURE = np.array([[2.0, 0.3, 0.0], [0.3, 1.0, 0.2], [0.0, 0.2, 0.7]])


def _landscape(theta: Array) -> Any:
    return theta @ CURVATURE @ theta / 2 + np.sum(np.cos(theta))


def _steps(momentum: bool) -> Draw:
    def draw(rng: np.random.Generator) -> dict[str, Any]:
        eta, mu = rng.uniform(0.05, 0.5), rng.uniform(0.3, 0.9) if momentum else 0.0
        theta, v = {0: rng.normal(size=3)}, {0: rng.normal(size=3) * momentum}
        for s in range(4):
            v[s + 1] = mu * v[s] - eta * (CURVATURE @ theta[s] - np.sin(theta[s]))
            theta[s + 1] = theta[s] + v[s + 1]
        return {r"\theta": theta, "v": v, r"\eta": eta, r"\mu": mu, "S": 4}

    return draw


def _descent(name: str, momentum: bool) -> Model:
    return Model(
        name,
        _steps(momentum),
        functions={"J": _landscape, r"J_\lambda": _landscape},
        indices={"s": range(4)},
        stepped=[r"\theta", "v"],
    )


descent = _descent("descent", momentum=False)
r"""S = 4 steps of gradient descent: ``\theta_s``, ``\eta``, functions J, ``J_\lambda``; index s."""

heavy_ball = _descent("heavy ball", momentum=True)
r"""As :data:`descent` with momentum ``\mu`` and velocity ``v_s``, as in `mlpkit.sgd`."""


def _difference_values(rng: np.random.Generator) -> dict[str, Any]:
    return {"x": rng.normal(), "h": 1e-4}


differences = Model(
    "differences",
    _difference_values,
    functions={"f": lambda x: np.exp(np.sin(x))},
    approx=1e-6,
)
r"""A smooth function f, a number x and a step h = 1e-4; ``\approx`` to 1e-6."""


def _matrix_values(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "A": rng.normal(size=(4, 3)),
        "B": rng.normal(size=(3, 2)),
        r"\mathbf u": rng.normal(size=3),
        r"\mathbf v": rng.normal(size=3),
        r"\mathbf w": rng.normal(size=4),
        "I": np.eye(3),
        r"\mathbf 1": np.ones(3),
        "c": rng.normal(),
    }


matrices = Model(
    "matrices",
    _matrix_values,
    indices={"i": 3, "j": 3},
    # ‖A u‖ ≤ ‖A‖ ‖u‖ is tight where A only scales
    special=[{"A": c * np.eye(4, 3), r"\mathbf u": np.array([1 / c, 0, 0])} for c in (0.5, 2)],
)
r"""A (4, 3), B (3, 2), ``\mathbf u``, ``\mathbf v`` (3), ``\mathbf w`` (4), I, ``\mathbf 1``, c."""
