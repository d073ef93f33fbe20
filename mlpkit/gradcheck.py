"""Checks of gradients: central differences, the complex step, and a report on a network."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .checks import FloatArray, number, real_array
from .mlp import MLP

EPS = float(np.finfo(np.float64).eps)


def numerical_gradient(
    f: Callable[[FloatArray], float], x: ArrayLike, *, step: float | None = None
) -> FloatArray:
    """Return (f(x + h e_i) − f(x − h e_i)) / 2h for every entry of x, in float64.

    The default step is ∛ε·max(1, |x_i|): there the truncation error h² and the rounding error
    ε/h are of one size.

    >>> numerical_gradient(lambda x: (x**2).sum(), [1.0, 2.0]).round(6)
    array([2., 4.])
    """
    x = real_array("x", x).astype(np.float64)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        h = EPS ** (1 / 3) * max(1.0, abs(x[i])) if step is None else number("step", step)
        kept = x[i]
        x[i] = high = kept + h
        above = f(x)
        x[i] = low = kept - h
        gradient[i] = (above - f(x)) / (high - low)
        x[i] = kept
    return gradient


def complex_step_gradient(f: Callable[[FloatArray], Any], x: ArrayLike) -> FloatArray:
    """Return Im f(x + ih e_i) / h with h = 1e-100: no difference is taken, so none cancels.

    f must be analytic around x and written without abs, conj or comparisons of the imaginary part.

    >>> complex_step_gradient(lambda x: (x**2).sum(), [1.0, 2.0])
    array([2., 4.])
    """
    x = real_array("x", x).astype(np.complex128)
    gradient = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + 1e-100j
        gradient[i] = np.imag(f(x)) / 1e-100
        x[i] = kept
    return gradient


@dataclass(frozen=True)
class GradientReport:
    """The worst entry of all parameters: `name`, its two derivatives and their relative error."""

    name: str
    analytic: float
    numerical: float
    relative_error: float
    tolerance: float

    @property
    def ok(self) -> bool:
        """Whether the worst relative error is within the tolerance."""
        return self.relative_error <= self.tolerance

    def __repr__(self) -> str:
        return (
            f"gradients {'agree' if self.ok else 'DISAGREE'}: worst {self.name}, "
            f"backpropagation {self.analytic:.6e}, numerical {self.numerical:.6e}, "
            f"relative error {self.relative_error:.1e} (tolerance {self.tolerance:.0e})"
        )


def check_gradients(
    net: MLP,
    X: ArrayLike,
    Y: ArrayLike,
    *,
    l2: float = 0.0,
    method: str = "central",
    tolerance: float = 1e-6,
    raise_on_failure: bool = False,
) -> GradientReport:
    """Compare `net.gradients` with numerical derivatives of `net.loss`, entry by entry.

    The relative error is |a − n| / max(|a|, |n|), the larger not taken below 1e-3 of the largest
    derivative, where central differences are all rounding error.
    """
    gradients = net.gradients(X, Y, l2)
    analytic = np.concatenate([g.ravel() for g in (*gradients.weights, *gradients.biases)])
    probe = copy.deepcopy(net)

    def loss(parameters: FloatArray) -> float:
        probe.parameters = parameters
        return probe.loss(X, Y, l2)

    derivative = complex_step_gradient if method == "complex" else numerical_gradient
    numerical = derivative(loss, net.parameters)
    size = np.maximum(np.abs(analytic), np.abs(numerical))
    error = np.abs(analytic - numerical) / np.maximum(size, 1e-3 * size.max() + 1e-300)
    worst = int(error.argmax())
    report = GradientReport(
        _name(net, worst), analytic[worst], numerical[worst], error[worst], tolerance
    )
    if raise_on_failure and not report.ok:
        raise AssertionError(repr(report))
    return report


def _name(net: MLP, index: int) -> str:
    for kind, arrays in zip(("weights", "biases"), (net.weights, net.biases), strict=True):
        for layer, array in enumerate(arrays):
            if index < array.size:
                place = ", ".join(str(i) for i in np.unravel_index(index, array.shape))
                return f"{kind}[{layer}][{place}]"
            index -= array.size
    raise IndexError(index)
