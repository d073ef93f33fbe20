"""A multilayer perceptron of any depth, with samples in rows.

Shapes: `X` (n, d), `Y` and logits (n, C), W^(ℓ) (n_out, n_in), b^(ℓ) (n_out,).
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .activations import ACTIVATIONS
from .backprop import Pass
from .checks import FloatArray, choice, float_dtype, generator, number, positive_int, real_array
from .losses import HEADS

FORMAT = "mlpkit.MLP 1"
CHUNK = 4096  # rows in one forward pass, so that memory does not grow with the data

# standard deviation of the first weights of a layer
INITS = {
    "he": lambda n_in, n_out: (2 / n_in) ** 0.5,
    "glorot": lambda n_in, n_out: (2 / (n_in + n_out)) ** 0.5,
    "lecun": lambda n_in, n_out: (1 / n_in) ** 0.5,
}
DEFAULT_INIT = {"identity": "lecun", "sigmoid": "glorot", "tanh": "glorot", "relu": "he"}


class Gradients(NamedTuple):
    """∂J/∂W and ∂J/∂b, layer by layer, each of the shape of its parameter."""

    weights: list[FloatArray]
    biases: list[FloatArray]


class MLP:
    """A network with layers of `sizes` d, n_1, …, C.

    `activation` of the hidden layers: "identity", "sigmoid", "tanh" or "relu". `output`:
    "softmax", "sigmoid" or "identity", with its loss. `init`: "he", "glorot", "lecun" or a
    standard deviation; weights are normal, which breaks the symmetry between the neurons of a
    layer, biases 0. `rng`: a Generator or a seed. `dtype`: float32 or float64. Raises ValueError
    for anything else. Source: S1-15, S1-18, S1-57, S2-33, S2-36 to S2-44.

    All parameters live in one vector, `parameters`; `weights` and `biases` are views of it, to be
    changed in place: `net.weights[0][:] = 0`.

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
        if not isinstance(sizes, Sequence) or len(sizes) < 2:
            raise ValueError(f"sizes must list two or more layer widths, got {sizes!r}")
        self.sizes = tuple(positive_int(f"sizes[{i}]", size) for i, size in enumerate(sizes))
        self.activation = choice("activation", activation, ACTIVATIONS)
        self.output = choice("output", output, HEADS)
        self.dtype = float_dtype("dtype", dtype)
        if init is None:
            init = DEFAULT_INIT[activation]
        if isinstance(init, str):
            choice("init", init, INITS)
        else:
            number("init", init)
        rng = generator("rng", rng)
        n_parameters = sum((n_in + 1) * n_out for n_in, n_out in self._layers())
        self.parameters: FloatArray = np.zeros(n_parameters, self.dtype)
        for W, (n_in, n_out) in zip(self.weights, self._layers(), strict=True):
            std = INITS[init](n_in, n_out) if isinstance(init, str) else init
            W[:] = std * rng.standard_normal(W.shape)

    def __repr__(self) -> str:
        widths = "-".join(map(str, self.sizes))
        return f"MLP({widths}, {self.activation}, {self.output}, {self.dtype})"

    def _layers(self) -> Iterator[tuple[int, int]]:
        return zip(self.sizes[:-1], self.sizes[1:], strict=True)

    @property
    def weights(self) -> tuple[FloatArray, ...]:
        """W^(1), …, W^(L), each (n_out, n_in)."""
        return tuple(self.split(self.parameters).weights)

    @property
    def biases(self) -> tuple[FloatArray, ...]:
        """b^(1), …, b^(L), each (n_out,)."""
        return tuple(self.split(self.parameters).biases)

    def split(self, vector: FloatArray) -> Gradients:
        """Return views of a vector laid out like `parameters`: all weights, then all biases."""
        shapes = [(n_out, n_in) for n_in, n_out in self._layers()]
        ends = np.cumsum([n_out * n_in for n_out, n_in in shapes] + [n for n, _ in shapes])
        parts = np.split(vector, ends[:-1])
        weights = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=False)]
        return Gradients(weights, parts[len(shapes) :])

    def logits(self, X: ArrayLike) -> FloatArray:
        """Return z^(L) (n, C) for X (n, d)."""
        return self._logits(self._check_X(X))

    def _logits(self, X: FloatArray) -> FloatArray:
        Z = np.empty((len(X), self.sizes[-1]), self.parameters.dtype)
        for start in range(0, len(X), CHUNK):
            rows = X[start : start + CHUNK]
            Z[start : start + CHUNK] = Pass(self, len(rows)).forward(rows)
        return Z

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """Return ŷ (n, C)."""
        return HEADS[self.output].predict_proba(self.logits(X))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return classes (n,) for softmax, labels 0 or 1 (n, C) for sigmoid, else values (n, C).

        Source: S1-51.
        """
        logits = self.logits(X)
        if self.output == "softmax":
            return logits.argmax(axis=-1)  # type: ignore[no-any-return]
        # ŷ ≥ ½ is z ≥ 0
        return (logits >= 0).astype(np.int64) if self.output == "sigmoid" else logits

    def loss(
        self, X: ArrayLike, Y: ArrayLike, l2: float = 0.0, n_samples: int | None = None
    ) -> float:
        """Return J: the mean loss of the rows plus (l2/2N) Σ‖W‖², N = `n_samples` or n."""
        l2 = number("l2", l2)
        X, Y = self.check(X, Y)
        N = len(X) if n_samples is None else positive_int("n_samples", n_samples)
        loss = HEADS[self.output].loss(self._logits(X), Y)
        if l2:
            for W in self.weights:
                loss += l2 / (2 * N) * np.square(W, dtype=np.result_type(W, float)).sum().item()
        return loss

    def gradients(
        self, X: ArrayLike, Y: ArrayLike, l2: float = 0.0, n_samples: int | None = None
    ) -> Gradients:
        """Return ∂J/∂W and ∂J/∂b of `loss` with the same arguments."""
        l2 = number("l2", l2)
        X, Y = self.check(X, Y)
        N = len(X) if n_samples is None else positive_int("n_samples", n_samples)
        work = Pass(self, len(X))
        work.forward(X)
        gradients = self.split(work.backward(X, Y, 1 / len(X)))
        for dW, W in zip(gradients.weights, self.weights, strict=True):
            dW += l2 / N * W
        return gradients

    def activations(self, X: ArrayLike) -> list[FloatArray]:
        """Return a^(0) = X, …, a^(L−1) and ŷ."""
        X = self._check_X(X)
        work = Pass(self, len(X))
        logits = work.forward(X)
        return [X, *work.activations[:-1], HEADS[self.output].predict_proba(logits)]

    def deltas(self, X: ArrayLike, Y: ArrayLike) -> list[FloatArray]:
        """Return δ^(1), …, δ^(L), each (n, n_ℓ): ∂𝓛/∂z of every single sample."""
        X, Y = self.check(X, Y)
        work = Pass(self, len(X))
        work.forward(X)
        work.backward(X, Y, 1.0)
        return work.deltas

    def check(self, X: ArrayLike, Y: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return X (n, d) and Y (n, C) in the network's dtype, or raise ValueError."""
        X = self._check_X(X)
        Y = HEADS[self.output].check_targets(Y, self.sizes[-1])
        if len(X) != len(Y):
            raise ValueError(f"Y must have as many rows as X, {len(X)}, got {len(Y)}")
        return X, Y.astype(self.dtype, copy=False)

    def _check_X(self, X: ArrayLike) -> FloatArray:
        X = real_array("X", X, dtype=self.dtype)
        if X.ndim != 2 or X.shape[1] != self.sizes[0]:
            raise ValueError(f"X must have shape (n, {self.sizes[0]}), got shape {X.shape}")
        return X

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the network to `path` as npz; the file appears whole or not at all."""
        path = Path(path)
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with open(part, "wb") as file:
                np.savez(
                    file,
                    format=FORMAT,
                    sizes=self.sizes,
                    activation=self.activation,
                    output=self.output,
                    parameters=self.parameters,
                )
            part.replace(path)
        except OSError as error:
            raise ValueError(
                f"path must be a writable file, got {path}: {error.strerror}"
            ) from error
        finally:
            with suppress(OSError):
                part.unlink()

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a network that `save` wrote; raises ValueError for any other or damaged file."""
        try:
            with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
                stored = {name: archive[name] for name in archive.files}
            if stored["format"] != FORMAT:
                raise ValueError(f"format {stored['format']}")
            values = stored.pop("parameters")
            options = {name: stored[name].tolist() for name in ("sizes", "activation", "output")}
            net = cls(**options, rng=0, dtype=values.dtype)
            if values.shape != net.parameters.shape:
                raise ValueError(f"{values.size} parameters")
        except FileNotFoundError:
            raise
        except Exception as error:
            raise ValueError(f"path must be a whole file of {FORMAT!r}, got {path}") from error
        net.parameters[:] = values
        return net
