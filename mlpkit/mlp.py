"""A multilayer perceptron of any depth, with samples in rows.

Layer ℓ computes Z = A @ W.T + b with W (n_out, n_in) and b (n_out,), then A = φ(Z). Backwards,
δ^(L) = ŷ − y and δ^(ℓ) = (δ^(ℓ+1) W^(ℓ+1)) ⊙ φ'(z^(ℓ)); ∂J/∂W = δᵀA and ∂J/∂b = Σ δ, each over
the n rows and divided by n. Source: S0-31 to S0-33, S1-60, S2-48 to S2-56.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .activations import ACTIVATIONS
from .checks import FloatArray, choice, float_dtype, number, positive_int, real_array
from .losses import HEADS

FORMAT_VERSION = 1
# standard deviation of the initial weights from (n_in, n_out)
INITS = {
    "he": lambda n_in, n_out: (2 / n_in) ** 0.5,
    "glorot": lambda n_in, n_out: (2 / (n_in + n_out)) ** 0.5,
    "lecun": lambda n_in, n_out: (1 / n_in) ** 0.5,
}
DEFAULT_INIT = {"relu": "he", "tanh": "glorot", "sigmoid": "glorot", "identity": "lecun"}


class Gradients(NamedTuple):
    """∂J/∂W and ∂J/∂b, layer by layer, each of the shape of its parameter."""

    weights: list[FloatArray]
    biases: list[FloatArray]


class MLP:
    """`sizes` are the widths d, n_1, …, C; `rng` (a Generator or a seed) draws the weights.

    `activation` of the hidden layers: "identity", "sigmoid", "tanh" or "relu"; `output`:
    "softmax", "sigmoid" or "identity", each with its loss. `init`: "he", "glorot", "lecun" or a
    standard deviation. Random weights break the symmetry between the neurons of a layer; biases
    start at 0. All parameters live in one vector, `parameters`, of which `weights` and `biases`
    are views: change them in place, `net.weights[0][:] = …`. Source: S1-57, S2-33, S2-44.

    >>> net = MLP([2, 3, 2], rng=0)
    >>> [W.shape for W in net.weights], [b.shape for b in net.biases]
    ([(3, 2), (2, 3)], [(3,), (2,)])
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        activation: str = "tanh",
        output: str = "softmax",
        init: str | float | None = None,
        rng: np.random.Generator | int,
        dtype: DTypeLike = np.float64,
    ) -> None:
        self.sizes = tuple(positive_int(f"sizes[{i}]", size) for i, size in enumerate(sizes))
        if len(self.sizes) < 2:
            raise ValueError(f"sizes must name at least input and output, got {list(sizes)}")
        self.activation = choice("activation", activation, ACTIVATIONS)
        self.output = choice("output", output, HEADS)
        self.dtype = float_dtype("dtype", dtype)
        n_weights = sum(a * b for a, b in zip(self.sizes, self.sizes[1:], strict=False))
        self.parameters: FloatArray = np.zeros(n_weights + sum(self.sizes[1:]), self.dtype)
        init = DEFAULT_INIT[activation] if init is None else init
        if isinstance(init, str):
            choice("init", init, INITS)
        else:
            number("init", init)
        rng = np.random.default_rng(rng)
        for W in self.weights:
            n_out, n_in = W.shape
            std = INITS[init](n_in, n_out) if isinstance(init, str) else init
            W[:] = std * rng.standard_normal(W.shape)

    @property
    def weights(self) -> tuple[FloatArray, ...]:
        """W^(1), …, W^(L), each (n_out, n_in)."""
        return tuple(self.split(self.parameters).weights)

    @property
    def biases(self) -> tuple[FloatArray, ...]:
        """b^(1), …, b^(L), each (n_out,)."""
        return tuple(self.split(self.parameters).biases)

    def split(self, vector: FloatArray) -> Gradients:
        """Return views of a vector laid out like `parameters`: first all weights, then biases."""
        weights, biases, start = [], [], 0
        for n_in, n_out in zip(self.sizes, self.sizes[1:], strict=False):
            weights.append(vector[start : start + n_out * n_in].reshape(n_out, n_in))
            start += n_out * n_in
        for n_out in self.sizes[1:]:
            biases.append(vector[start : start + n_out])
            start += n_out
        return Gradients(weights, biases)

    def logits(self, X: ArrayLike) -> FloatArray:
        """Return z^(L) (n, C) for X (n, d)."""
        return self._forward(self.check_inputs(X))[-1]

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """Return ŷ (n, C)."""
        return HEADS[self.output].predict_proba(self.logits(X))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return class indices (n,) for softmax, 0 or 1 (n, C) for sigmoid, else values (n, C)."""
        logits = self.logits(X)
        if self.output == "softmax":
            return logits.argmax(axis=1)
        # ŷ ≥ ½ exactly where z ≥ 0
        return (logits >= 0).astype(np.int64) if self.output == "sigmoid" else logits

    def loss(
        self, X: ArrayLike, Y: ArrayLike, l2: float = 0.0, n_samples: int | None = None
    ) -> float:
        """Return J: the mean loss over the rows plus (l2/2N) Σ‖W‖², with N = n_samples or n."""
        l2 = number("l2", l2)
        logits = self.logits(X)
        loss = HEADS[self.output].loss(logits, Y)
        if l2:
            n = len(logits) if n_samples is None else positive_int("n_samples", n_samples)
            loss += l2 / (2 * n) * sum((W**2).sum().item() for W in self.weights)
        return loss

    def gradients(
        self, X: ArrayLike, Y: ArrayLike, l2: float = 0.0, n_samples: int | None = None
    ) -> Gradients:
        """Return ∂J/∂W and ∂J/∂b of `loss` with the same arguments."""
        l2 = number("l2", l2)
        X, Y = self.check(X, Y)
        n = len(X)
        N = n if n_samples is None else positive_int("n_samples", n_samples)
        A = self._forward(X)
        D = self._backward(A, Y)
        return Gradients(
            [d.T @ a / n + l2 / N * W for d, a, W in zip(D, A[:-1], self.weights, strict=True)],
            [d.mean(axis=0) for d in D],
        )

    def activations(self, X: ArrayLike) -> list[FloatArray]:
        """Return a^(0) = X, …, a^(L) = ŷ."""
        A = self._forward(self.check_inputs(X))
        return [*A[:-1], HEADS[self.output].predict_proba(A[-1])]

    def deltas(self, X: ArrayLike, Y: ArrayLike) -> list[FloatArray]:
        """Return δ^(1), …, δ^(L), each (n, n_ℓ): ∂𝓛/∂z of every single sample."""
        X, Y = self.check(X, Y)
        return self._backward(self._forward(X), Y)

    def _forward(self, X: FloatArray) -> list[FloatArray]:
        phi = ACTIVATIONS[self.activation].function
        A = [X]
        for W, b in zip(self.weights, self.biases, strict=True):
            A.append(A[-1] @ W.T + b)
            if len(A) < len(self.sizes):
                A[-1] = phi(A[-1])
        return A

    def _backward(self, A: list[FloatArray], Y: FloatArray) -> list[FloatArray]:
        D = [HEADS[self.output].delta(A[-1], Y)]
        for W, a in zip(self.weights[:0:-1], A[-2:0:-1], strict=True):
            D.append((D[-1] @ W) * SLOPES[self.activation](a))
        return D[::-1]

    def check_inputs(self, X: ArrayLike) -> FloatArray:
        """Return X as an array (n, d) in the network's dtype, or raise ValueError."""
        X = real_array("X", X, ndim=2)
        if X.shape[1] != self.sizes[0]:
            raise ValueError(f"X must have {self.sizes[0]} columns, got shape {X.shape}")
        return X.astype(self.dtype, copy=False)

    def check(self, X: ArrayLike, Y: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return X (n, d) and Y (n, C) in the network's dtype, or raise ValueError."""
        X = self.check_inputs(X)
        Y = HEADS[self.output].check_targets(Y, self.sizes[-1])
        if len(X) != len(Y):
            raise ValueError(f"X and Y must have as many rows, got {len(X)} and {len(Y)}")
        return X, Y.astype(self.dtype, copy=False)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the network as npz; the file appears whole or not at all."""
        path = Path(path)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
            try:
                np.savez(
                    part,
                    format=f"mlpkit.MLP {FORMAT_VERSION}",
                    sizes=self.sizes,
                    activation=self.activation,
                    output=self.output,
                    parameters=self.parameters,
                )
                part.close()
                os.replace(part.name, path)
            except BaseException:
                os.unlink(part.name)
                raise

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a network written by `save`; raises ValueError for any other file."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                fields = {name: stored[name] for name in stored.files}
            if str(fields["format"]) != f"mlpkit.MLP {FORMAT_VERSION}":
                raise ValueError(f"format {fields['format']}")
            net = cls(
                fields["sizes"].tolist(),
                activation=str(fields["activation"]),
                output=str(fields["output"]),
                rng=0,
                dtype=fields["parameters"].dtype,
            )
            net.parameters[:] = fields["parameters"]
        except FileNotFoundError:
            raise
        except Exception as error:
            raise ValueError(
                f"path must be a network saved by MLP.save (version {FORMAT_VERSION}), "
                f"got {os.fspath(path)!r}: {error}"
            ) from error
        return net


# φ' from a = φ(z), which the forward pass has kept
SLOPES = {
    "identity": lambda a: np.ones_like(a),
    "sigmoid": lambda a: a * (1 - a),
    "tanh": lambda a: 1 - a**2,
    "relu": lambda a: (a > 0).astype(a.dtype),
}
