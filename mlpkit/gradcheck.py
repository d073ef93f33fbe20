"""Checks of gradients: central differences, the complex step, and a report on a network."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .checks import FloatArray, choice, number, positive_int, real_array
from .mlp import MLP

CUBE_ROOT = float(np.finfo(np.float64).eps ** (1 / 3))


def numerical_gradient(
    f: Callable[[Any], Any], x: ArrayLike, *, step: float | None = None
) -> FloatArray:
    """Return (f(x + h e_i) − f(x − h e_i)) / 2h for every entry of x, in float64.

    Where f has a kink within h of x the result is meaningless. h is `step` or, by default,
    ∛ε·max(1, |x_i|), at which the truncation error h² and the rounding error ε/h are of one size.

    >>> numerical_gradient(lambda x: (x**2).sum(), [1.0, 2.0]).round(6)
    array([2., 4.])
    """
    x = real_array("x", x, dtype=np.float64).copy()
    step = None if step is None else number("step", step, positive=True)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        h = step or CUBE_ROOT * max(1.0, abs(float(kept)))
        x[i] = high = kept + h
        above = _scalar(f(x))
        x[i] = low = kept - h
        # the distance after rounding, not 2h
        gradient[i] = (above - _scalar(f(x))) / (high - low)
        x[i] = kept
    return gradient


def complex_step_gradient(f: Callable[[Any], Any], x: ArrayLike) -> FloatArray:
    """Return Im f(x + ih e_i) / h with h = 1e-100: no difference is taken, so none cancels.

    f must be analytic around x: no abs, no conjugate, comparisons of real parts only.

    >>> complex_step_gradient(lambda x: (x**2).sum(), [1.0, 2.0])
    array([2., 4.])
    """
    x = real_array("x", x, dtype=np.float64)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        stepped = x.astype(np.complex128)
        stepped[i] += 1e-100j
        value = _scalar(f(stepped))
        if not np.iscomplexobj(value):
            raise ValueError(f"f must carry complex numbers through, got the real value {value}")
        gradient[i] = value.imag / 1e-100
    return gradient


def _scalar(value: Any) -> Any:
    if np.size(value) != 1:
        raise ValueError(f"f must return a single number, got shape {np.shape(value)}")
    return np.asarray(value).item()


# a method, and the size of a derivative below which it has less than six digits
METHODS = {"central": (numerical_gradient, 4e-4), "complex": (complex_step_gradient, 1e-9)}


@dataclass(frozen=True)
class GradientReport:
    """The entry of all parameters at which two derivatives differ most, as `check_gradients` says.

    `kinks` counts the entries left out because a ReLU switches within the step.
    """

    name: str
    analytic: float
    numerical: float
    relative_error: float
    tolerance: float
    entries: int
    kinks: int

    @property
    def ok(self) -> bool:
        """Whether the worst relative error is within the tolerance."""
        return self.relative_error <= self.tolerance

    def __repr__(self) -> str:
        return (
            f"gradients {'agree' if self.ok else 'DISAGREE'} in {self.entries} entries"
            f"{f' ({self.kinks} kinks left out)' if self.kinks else ''}: worst {self.name}, "
            f"backpropagation {self.analytic:.6e}, numerical {self.numerical:.6e}, "
            f"relative error {self.relative_error:.1e}, tolerance {self.tolerance:.0e}"
        )


def check_gradients(
    net: MLP,
    X: ArrayLike,
    Y: ArrayLike,
    *,
    l2: float = 0.0,
    method: str = "central",
    tolerance: float | None = None,
    max_entries: int | None = None,
    raise_on_failure: bool = False,
) -> GradientReport:
    """Compare `net.gradients` with numerical derivatives of `net.loss` in float64.

    The relative error of an entry is |a − n| / max(|a|, |n|), the larger not taken below what
    `method`, "central" or "complex", can resolve. `tolerance` is 1e-6 by default, 1e-3 for a
    float32 network. `max_entries` checks no more than so many entries, drawn with seed 0. Raises
    AssertionError with the report if asked to, ValueError for wrong arguments.
    """
    derivative, smallest = METHODS[choice("method", method, METHODS)]
    single = net.dtype == np.float32
    default = 1e-3 if single else 1e-6
    tolerance = default if tolerance is None else number("tolerance", tolerance, positive=True)
    parts = [*chain(*net.gradients(X, Y, l2))]
    shapes, expected = ([a.shape for a in arrays] for arrays in (parts, net.weights + net.biases))
    if shapes != expected:
        raise ValueError(f"gradients must have the shapes {expected}, got {shapes}")
    analytic = np.concatenate([g.ravel() for g in parts])
    entries = np.arange(analytic.size)
    if max_entries is not None and positive_int("max_entries", max_entries) < analytic.size:
        entries = np.sort(np.random.default_rng(0).choice(entries, max_entries, replace=False))
    probe = copy.copy(net)
    probe.dtype = np.dtype(np.float64)

    def at(values: FloatArray) -> MLP:
        probe.parameters = net.parameters.astype(values.dtype)
        probe.parameters[entries] = values
        return probe

    x = net.parameters[entries].astype(np.float64)
    numerical = derivative(lambda values: at(values).loss(X, Y, l2), x)
    analytic = analytic[entries].astype(np.float64)
    floor = max(1.0, at(x).loss(X, Y, l2)) * max(smallest, 1e-3 * single)
    error = abs(analytic - numerical) / np.maximum(np.maximum(abs(analytic), abs(numerical)), floor)

    def pattern(i: int, h: float) -> list[Any]:
        shifted = x.copy()
        shifted[i] += h
        return [(a > 0).tolist() for a in at(shifted).activations(X)[1:-1]]

    kinks = 0
    if net.activation == "relu":
        for i in np.flatnonzero(error > tolerance).tolist():
            h = CUBE_ROOT * max(1.0, abs(float(x[i])))
            if pattern(i, h) != pattern(i, -h):
                kinks, error[i] = kinks + 1, 0
    worst = int(error.argmax())
    report = GradientReport(
        name=_name(net, int(entries[worst])),
        analytic=float(analytic[worst]),
        numerical=float(numerical[worst]),
        relative_error=float(error[worst]),
        tolerance=tolerance,
        entries=len(entries) - kinks,
        kinks=kinks,
    )
    if raise_on_failure and not report.ok:
        raise AssertionError(repr(report))
    return report


def _name(net: MLP, index: int) -> str:
    """Return "weights[1][2, 0]" for an index into the parameters."""
    for kind, arrays in (("weights", net.weights), ("biases", net.biases)):
        for layer, array in enumerate(arrays):
            if index < array.size:
                place = [int(i) for i in np.unravel_index(index, array.shape)]
                return f"{kind}[{layer}]{place}"
            index -= array.size
    raise IndexError(index)
