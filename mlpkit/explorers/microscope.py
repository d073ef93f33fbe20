"""Gradient microscope: both passes through a 3-4-3 network, and one of its weights up close."""

from collections.abc import Sequence
from itertools import chain
from typing import Any, ClassVar

import numpy as np
import traitlets

from mlpkit.gradcheck import numerical_gradient
from mlpkit.losses import HEADS
from mlpkit.mlp import MLP

from . import still
from .explorer import Explorer
from .traits import Checked, choice, number, numbers, refuse, whole

SIZES = (3, 4, 3)
STAGES = 16
_X = (0.5, -1.0, 1.5)
# one decimal each, so that every step can be checked by hand; with ReLU, neuron 2 is off
_PARAMETERS = (
    *(0.4, -0.6, 0.3, 0.8, 0.5, -0.4, -0.7, 0.2, 0.6, 0.1, -0.9, 0.5),
    *(0.7, -0.5, 0.2, 0.6, -0.3, 0.9, -0.8, 0.4, 0.5, 0.1, -0.6, -0.7),
    *(0.1, -0.2, 0.3, -0.1),
    *(0.2, -0.1, 0.1),
)
_HEADS = {
    "softmax": "softmax and cross-entropy",
    "sigmoid": "sigmoids and cross-entropy",
    "identity": "squared error",
}
_LIMIT = 1e3


def _weight(name: str, value: Any) -> tuple[int, int, int]:
    try:
        layer, i, j = (whole(0, 4)(name, index) for index in value)
        fits = 1 <= layer <= 2 and 1 <= i <= SIZES[layer] and j <= SIZES[layer - 1]
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise refuse(name, "(layer, i, j) of a weight W_ij, with j = 0 for the bias", value)
    return layer, i, j


class GradientMicroscope(Explorer):
    """Step through a network node by node; pick a weight; slide the step of its difference.

    Parameters
    ----------
    x : sequence of 3 floats, each from -1e3 to 1e3
        The only sample, so that J is its loss.
    parameters : sequence of 31 floats, each from -1e3 to 1e3
        All weights, then all biases, as in `mlpkit.MLP([3, 4, 3]).parameters`.
    target : int
        Index of the true class, from 0; all three heads get its one-hot vector.
    activation : {"tanh", "relu", "sigmoid"}
        Of the hidden layer.
    output : {"softmax", "sigmoid", "identity"}
        The head, by its name in `mlpkit.HEADS`.
    weight : (layer, i, j)
        The weight W_ij of layer 1 or 2 that is picked, counted from 1 as in the formulas; with
        j = 0 it is the bias b_i. Source: S2-12, S2-39.
    h : float from 1e-16 to 1
        The step of the central difference.
    stage : int from 0 to 16
        Nodes done: 8 on the way forward, then the same 8 on the way back. Source: S2-17 to S2-20.

    Attributes
    ----------
    loss : float, read only
        J, in nats for the two cross-entropies.
    delta, source : float, read only
        δ_i of the picked weight's layer, and the a_j, x_j or 1 that went in.
    gradient : float, read only
        δ_i a_j = ∂J/∂w, by `mlpkit.MLP.gradients`. Source: S2-22.
    difference : float, read only
        The central difference, by `mlpkit.numerical_gradient`; nan when w ± h rounds to w.

    Raises
    ------
    ValueError
        If an argument, or a trait set later, is not of these kinds.

    Examples
    --------
    >>> figure = GradientMicroscope(weight=(1, 3, 2))
    >>> round(figure.gradient, 4) == round(figure.delta * figure.x[1], 4)
    True
    """

    module: ClassVar[str] = "microscope"

    x = Checked(numbers(-_LIMIT, _LIMIT, 3, 3), _X, "the sample")
    parameters = Checked(numbers(-_LIMIT, _LIMIT, 31, 31), _PARAMETERS, "weights, then biases")
    target = Checked(whole(0, 2), 1, "index of the true class")
    activation = Checked(choice("tanh", "relu", "sigmoid"), "tanh", "of the hidden layer")
    output = Checked(choice(*HEADS), "softmax", "the head, as in mlpkit.HEADS")
    weight = Checked(_weight, (1, 3, 2), "layer, i and j of the weight picked")
    h = Checked(number(1e-16, 1), 1e-2, "step of the central difference")
    stage = Checked(whole(0, STAGES), STAGES, "nodes done, forward and back")
    loss = traitlets.Float(read_only=True, help="J")
    delta = traitlets.Float(read_only=True, help="the error that comes back")
    source = traitlets.Float(read_only=True, help="what went in")
    gradient = traitlets.Float(read_only=True, help="delta times source")
    difference = traitlets.Float(read_only=True, help="the central difference at step h")

    def __init__(
        self,
        x: Sequence[float] = _X,
        parameters: Sequence[float] = _PARAMETERS,
        target: int = 1,
        activation: str = "tanh",
        output: str = "softmax",
        weight: tuple[int, int, int] = (1, 3, 2),
        h: float = 1e-2,
        stage: int = STAGES,
    ) -> None:
        super().__init__(
            x=x,
            parameters=parameters,
            target=target,
            activation=activation,
            output=output,
            weight=weight,
            h=h,
            stage=stage,
        )

    def derived(self) -> dict[str, Any]:
        """J, and what the lens shows of the picked weight."""
        net, X, Y = self._network()
        delta, source, gradient = _look(net, X, Y, self.weight)
        k = place(self.weight)
        w = float(net.parameters[k])

        def J(moved: Any) -> float:
            net.parameters[k] = moved[0]
            return net.loss(X, Y)

        apart = w + self.h != w - self.h
        return {
            "loss": net.loss(X, Y),
            "delta": delta,
            "source": source,
            "gradient": gradient,
            "difference": float(numerical_gradient(J, [w], step=self.h)[0]) if apart else np.nan,
        }

    def _network(self) -> tuple[MLP, Any, Any]:
        net = MLP(SIZES, activation=self.activation, output=self.output, rng=0)
        net.parameters[:] = self.parameters
        return net, np.array([self.x]), np.eye(3)[[self.target]]

    def _row(self) -> list[tuple[str, float, float, float]]:
        """Name, δ, a and δa of the bias and of each weight into the picked weight's neuron."""
        network = self._network()
        layer, i, _ = self.weight
        row = [(layer, i, j) for j in range(SIZES[layer - 1] + 1)]
        return [(_letter(weight), *_look(*network, weight)) for weight in row]

    def still(self) -> str:
        """The gradients of all weights into one neuron: one δ, several a."""
        row = self._row()
        most = max(abs(gradient) for *_, gradient in row) or 1.0
        rows = [
            (
                f"∂J/∂{name}",
                abs(gradient) / most,
                f"{still.fixed(delta, 4)} · {still.fixed(source, 4)}",
            )
            for name, delta, source, gradient in row
        ]
        return still.bars("Size of δ times a, for each weight into one neuron, as bars", rows)

    def describe(self) -> str:
        """The same products in words, and the central difference."""
        products = "; ".join(
            f"∂J/∂{name} = {still.fixed(delta, 4)} · {still.fixed(source, 4)} = "
            f"{still.fixed(gradient, 4)}"
            for name, delta, source, gradient in self._row()
        )
        measured = "no number" if np.isnan(self.difference) else still.fixed(self.difference, 4)
        return (
            f"A network with 3 inputs, 4 hidden neurons ({self.activation}) and 3 outputs "
            f"({_HEADS[self.output]}). J is {still.fixed(self.loss, 4)}. The gradient of each "
            f"weight into one neuron is its δ times what went in: {products}. The central "
            f"difference of {_letter(self.weight)} with step {self.h:g} gives {measured}."
        )


def place(weight: tuple[int, int, int]) -> int:
    """Return where a weight stands among the parameters."""
    layer, i, j = weight
    inputs, hidden, outputs = SIZES
    if j == 0:
        return hidden * (inputs + outputs) + (layer - 1) * hidden + i - 1
    return (layer - 1) * inputs * hidden + (i - 1) * SIZES[layer - 1] + j - 1


def _look(net: MLP, X: Any, Y: Any, weight: tuple[int, int, int]) -> tuple[float, float, float]:
    """Return δ_i, a_j and the gradient of the weight between them."""
    layer, i, j = weight
    gradient = np.concatenate([part.ravel() for part in chain(*net.gradients(X, Y))])
    source = net.activations(X)[layer - 1][0, j - 1] if j else 1.0
    delta = net.deltas(X, Y)[layer - 1][0, i - 1]
    return float(delta), float(source), float(gradient[place(weight)])


def _letter(weight: tuple[int, int, int]) -> str:
    layer, i, j = weight
    name = "W" if j else "b"
    indices = "".join("₀₁₂₃₄"[index] for index in ((i, j) if j else (i,)))
    return f"{name}{indices}{('⁽¹⁾', '⁽²⁾')[layer - 1]}"
