"""Depth: how the gradient's size changes from layer to layer in networks not yet trained."""

from functools import cache
from typing import Any, ClassVar

import numpy as np

from mlpkit.activations import ACTIVATIONS
from mlpkit.encoding import one_hot
from mlpkit.mlp import MLP

from . import still
from .explorer import Explorer
from .traits import Checked, choice, number, refuse, whole

DEPTHS = (3, 10, 30)
SCALES = tuple(round(2 ** (k / 4), 4) for k in range(-8, 13))
_WIDTH, _SAMPLES = 32, 32
_FLOOR = -99.0  # for a δ of exactly zero


@cache
def gradient_powers(activation: str, depth: int, scale: float, seed: int = 0) -> tuple[float, ...]:
    """Return log10 ‖δ^(ℓ)‖/N for layers 1 to `depth`, two decimals, −99 for zero.

    δ^(ℓ) = ∂𝓛/∂z^(ℓ) of all N samples together, in an `MLP` of width 32 with weights of standard
    deviation scale/√32 that meets 32 normal samples of 10 classes. Source: S1-83.
    """
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(_SAMPLES, _WIDTH))
    Y = one_hot(rng.integers(0, 10, _SAMPLES), 10)
    sizes = [*[_WIDTH] * depth, 10]
    net = MLP(sizes, activation=activation, init=float(scale / np.sqrt(_WIDTH)), rng=rng)
    norms = [float(np.linalg.norm(delta)) / _SAMPLES for delta in net.deltas(X, Y)]
    return tuple(round(float(np.log10(v)), 2) + 0.0 if v > 0 else _FLOOR for v in norms)


@cache
def _all_powers() -> dict[str, dict[str, list[list[float]]]]:
    return {
        name: {
            str(depth): [list(gradient_powers(name, depth, scale)) for scale in SCALES]
            for depth in DEPTHS
        }
        for name in ("sigmoid", "tanh", "relu", "identity")
    }


class Depth(Explorer):
    """Choose layers, activation and scale; find where the gradient neither dies nor explodes.

    Parameters
    ----------
    activation : {"sigmoid", "tanh", "relu", "identity"}
        Of the hidden layers.
    depth : {3, 10, 30}
        Number of layers.
    scale : float from 0.25 to 8
        s in the standard deviation s/√n of the first weights; the nearest of 21 scales is shown.

    Attributes
    ----------
    powers : tuple of float
        log10 ‖δ^(ℓ)‖, layers 1 to `depth`, by `gradient_powers`.

    Raises
    ------
    ValueError
        If an argument, or a trait set later, is not of these kinds.

    Examples
    --------
    >>> powers = Depth("sigmoid", depth=30, scale=1.0).powers
    >>> powers[0] < powers[-1] - 10  # ten powers of ten lost
    True
    """

    module: ClassVar[str] = "depth"
    long: ClassVar[tuple[str, ...]] = ("norms", "scales")

    activation = Checked(choice(*ACTIVATIONS), "sigmoid", "of the hidden layers")
    depth = Checked(lambda name, value: _depth(name, value), 30, "number of layers")
    scale = Checked(number(SCALES[0], SCALES[-1]), 1.0, "s in the standard deviation s/√n")
    norms = Checked(lambda name, value: value, {}, "log10 of every norm of δ; not to be set")
    scales = Checked(lambda name, value: tuple(value), (), "the scales of `norms`; not to be set")

    def __init__(self, activation: str = "sigmoid", depth: int = 30, scale: float = 1.0) -> None:
        super().__init__(
            activation=activation, depth=depth, scale=scale, norms=_all_powers(), scales=SCALES
        )

    @property
    def powers(self) -> tuple[float, ...]:
        """log10 ‖δ^(ℓ)‖ at the nearest scale."""
        nearest = min(SCALES, key=lambda s: abs(np.log(s / self.scale)))
        return gradient_powers(self.activation, self.depth, nearest)

    def still(self) -> str:
        """First, middle and last layer as bars of twelve powers of ten below one."""
        powers = self.powers
        layers = sorted({0, len(powers) // 2, len(powers) - 1})
        rows = [
            (f"layer {i + 1}", min(1.0, max(0.0, 1 + powers[i] / 12)), _power(powers[i]))
            for i in layers
        ]
        return still.bars("Norm of δ in three layers as bars, a logarithmic scale", rows)

    def describe(self) -> str:
        """First and last layer."""
        powers = self.powers
        return (
            f"In a network of {self.depth} layers with {self.activation} and weights of size "
            f"{self.scale:g}/√n, the norm of δ is {_power(powers[-1])} in the last layer "
            f"and {_power(powers[0])} in the first."
        )


def _power(power: float) -> str:
    return f"10^{still.fixed(power, 2)}"


def _depth(name: str, value: Any) -> int:
    found: int = whole(1, 100)(name, value)
    if found not in DEPTHS:
        raise refuse(name, f"one of {DEPTHS}", value)
    return found
