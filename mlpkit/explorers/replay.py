"""Training replay: what a run of `mlpkit.training.sgd` did, epoch by epoch, in two dimensions."""

from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from mlpkit.encoding import one_hot
from mlpkit.mlp import MLP
from mlpkit.training import sgd

from . import still
from .explorer import Explorer
from .traits import Checked, refuse, whole

Run = dict[str, Any]


def record(
    name: str,
    net: MLP,
    X: ArrayLike,
    Y: ArrayLike,
    *,
    epochs: int,
    every: int = 1,
    rng: np.random.Generator | int = 0,
    **settings: Any,
) -> Run:
    """Train `net` in place on X (n, 2) and Y (n, C), and keep what a replay shows.

    `settings` go to `mlpkit.training.sgd`; momentum cannot be kept between epochs. Every `every`
    epochs the record takes J and ‖∂J/∂W^(ℓ)‖ of all samples, the accuracy and the parameters to
    six significant digits. A run that diverges ends where it does. Raises ValueError as sgd.
    """
    if settings.get("momentum"):
        raise ValueError(f"momentum: expected none, got {settings['momentum']!r}")
    rng = np.random.default_rng(rng)
    classes = np.argmax(Y, axis=1)
    run: Run = {"name": name, "sizes": list(net.sizes), "activation": net.activation}
    run |= {"epochs": [], "loss": [], "norms": [], "accuracy": [], "parameters": []}
    run["diverged"] = False
    for epoch in range(epochs + 1):
        with np.errstate(all="ignore"):  # a run that diverges says so below
            try:
                if epoch:
                    sgd(net, X, Y, epochs=1, rng=rng, **settings)
                finite = bool(np.isfinite(net.logits(X)).all())
            except FloatingPointError:
                finite = False
        if not finite:
            run["diverged"] = True
            break
        if epoch % every == 0:
            norms = [np.linalg.norm(dW) for dW in net.gradients(X, Y).weights]
            run["epochs"].append(epoch)
            run["loss"].append(_short(net.loss(X, Y)))
            run["norms"].append([_short(norm) for norm in norms])
            run["accuracy"].append(_short((net.predict(X) == classes).mean()))
            run["parameters"].append([_short(value) for value in net.parameters])
    return run


def _short(x: float | np.floating[Any], digits: int = 6) -> float:
    return float(f"{x:.{digits}g}")


class TrainingReplay(Explorer):
    """Scrub through one recorded run, or two side by side.

    Parameters
    ----------
    runs : sequence of 1 or 2 records
        Made by `record`. Without them: three clouds, learned at two learning rates.
    X : array (n, 2)
        The samples, as trained on.
    y : array (n,) of int from 0 to 3
        Their classes.
    epoch : int
        The epoch shown.

    Raises
    ------
    ValueError
        If an argument, or a trait set later, is not of these kinds.

    Examples
    --------
    >>> figure = TrainingReplay(epoch=20)
    >>> [run["name"] for run in figure.runs]
    ['learning rate 0.1', 'learning rate 3']
    """

    module: ClassVar[str] = "replay"
    long: ClassVar[tuple[str, ...]] = ("runs", "points")

    runs = Checked(lambda name, value: _runs(name, value), (), "records of one or two runs")
    points = Checked(lambda name, value: _points(name, value), (), "rows of x, y and class")
    epoch = Checked(whole(0, 100_000), 0, "the epoch shown")

    def __init__(
        self,
        runs: Sequence[Run] | None = None,
        X: ArrayLike | None = None,
        y: ArrayLike | None = None,
        epoch: int = 0,
    ) -> None:
        if runs is None:
            runs, X, y = _example()
        if X is None or y is None:
            raise ValueError("X, y: expected the samples of the runs, got None")
        super().__init__(runs=runs, points=_rows(X, y), epoch=epoch)

    def still(self) -> str:
        """The last loss of each run, as a share of its first."""
        rows = []
        for run in self.runs:
            first, last = run["loss"][0], run["loss"][-1]
            rows.append((run["name"], min(1.0, last / first), f"J {first:.4f} to {last:.4f}"))
        return still.bars("Last loss as a share of the first, run by run", rows)

    def describe(self) -> str:
        """First and last loss and accuracy of each run."""
        parts = [
            f"{run['name']}: after {run['epochs'][-1]} epochs the loss is {run['loss'][-1]:.4f} "
            f"nats (first {run['loss'][0]:.4f}), the accuracy {run['accuracy'][-1]:.4f}"
            for run in self.runs
        ]
        return f"Training of a network on {len(self.points)} points. {'; '.join(parts)}."


def _runs(name: str, value: Any) -> tuple[Run, ...]:
    series = ("loss", "norms", "accuracy", "parameters")
    try:
        found = tuple(dict(run) for run in value)
        fits = 1 <= len(found) <= 2 and all(
            len(run["epochs"]) > 1
            and run["sizes"][0] == 2
            and run["sizes"][-1] <= 4
            and all(len(run[key]) == len(run["epochs"]) for key in series)
            for run in found
        )
    except (TypeError, KeyError, ValueError):
        fits = False
    if not fits:
        raise refuse(name, "1 or 2 records of runs on two inputs and up to 4 classes", value)
    return found


def _rows(X: ArrayLike, y: ArrayLike) -> list[tuple[float, float, int]]:
    X, y = np.asarray(X, dtype=np.float64), np.asarray(y)
    if X.ndim != 2 or X.shape[1] != 2 or y.shape != (len(X),):
        raise refuse("X, y", "shapes (n, 2) and (n,)", (X.shape, y.shape))
    return [(_short(a), _short(b), k) for (a, b), k in zip(X, y.tolist(), strict=True)]


def _points(name: str, value: Any) -> tuple[tuple[float, float, int], ...]:
    rows = np.asarray(value, dtype=np.float64)
    if not np.isfinite(rows).all() or not np.isin(rows[:, 2], range(4)).all():
        raise refuse("X, y", "finite numbers and classes from 0 to 3", value)
    return tuple((a, b, int(k)) for a, b, k in rows.tolist())


@cache
def _example() -> tuple[tuple[Run, ...], Any, Any]:
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], 20)
    angle = 2.1 * y + rng.normal(0, 0.45, len(y))
    radius = 1 + rng.normal(0, 0.25, len(y))
    X = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    Y = one_hot(y, 3)
    runs = tuple(
        record(f"learning rate {rate:g}", MLP([2, 6, 3], rng=1), X, Y,
               epochs=60, every=3, batch_size=None, learning_rate=rate)
        for rate in (0.1, 3.0)
    )  # fmt: skip
    return runs, X, y
