r"""What the names of an equation stand for: a model draws values and lets the others follow.

>>> from math import pi
>>> circle = Model(
...     "circle",
...     draw=lambda rng: {"r": rng.uniform(1, 2)},
...     derived={"A": lambda v: pi * v["r"] ** 2},
... )
>>> point = circle.point(0)
>>> bool(point["A"] == pi * point["r"] ** 2)
True

``derived`` makes the derivative ∂A/∂r mean what it says: r is overridden and A computed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .lexer import canonical
from .nodes import Mismatch, ReadError

Array: TypeAlias = NDArray[Any]
Layer: TypeAlias = int | tuple[int, int] | None
Range: TypeAlias = int | Iterable[int] | Callable[[Mapping[str, int]], Iterable[int]]


class ModelError(ReadError):
    """The model's own code fails at these values."""


class Model:
    r"""Names, sizes and dependences, all under the names that are printed.

    Parameters
    ----------
    name
        How reports call the model.
    draw
        From a random generator to the independent values: numbers, vectors (n,), matrices (m, n);
        ``{1: …, 2: …}`` for a layered name such as ``W^{(\ell)}``.
    derived, layered
        Functions of a point v, or of v and the layer (and step), for what follows; they read
        ``v[r"\hat y"]`` or ``v["W", 2]`` and pass on complex numbers (no abs, no cast) or raise.
    functions
        Functions of one or more values, vectors as arrays (n,).  diag and tr are always there.
    indices
        Free indices: 4 means 1…4; a function takes the indices before it, ``lambda at: …``.
    stepped
        Layered names whose first subscript is the step or sample: ``\theta_{s+1}``.  With a layer
        as well, ``\mathbf a_n^{(\ell)}``, their key is (layer, step).
    after
        What stands left of ``\leftarrow`` after the step, as a function of v (and the layer).
    special
        Further points: dicts that replace drawn values, for one-hot targets or tight bounds.
    points
        How many random points are tried before the special ones.
    approx
        The relative tolerance of ``\approx``, which is refused without one.
    """

    def __init__(
        self,
        name: str,
        draw: Callable[[np.random.Generator], Mapping[str, Any]],
        *,
        derived: Mapping[str, Callable[[Point], Any]] | None = None,
        layered: Mapping[str, Callable[..., Any]] | None = None,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        indices: Mapping[str, Range] | None = None,
        stepped: Collection[str] = (),
        after: Mapping[str, Callable[..., Any]] | None = None,
        special: Sequence[Mapping[str, Any]] = (),
        points: int = 5,
        approx: float | None = None,
    ) -> None:
        self.name, self.draw, self.special = name, draw, special
        self.points, self.approx = points, approx
        self.derived, self.layered = _keys(derived), _keys(layered)
        self.functions = {"diag": np.diag, "tr": np.trace, **_keys(functions)}
        self.indices: dict[str, Range] = _keys(indices)
        self.after, self.stepped = _keys(after), {canonical(name) for name in stepped}
        self.drawn = set(self.point(0).given)
        self.values = self.drawn | set(self.derived) | set(self.layered)

    def point(self, number: int) -> Point:
        """The random point of this number; from ``points`` on, the special ones."""
        given = _keys(self.draw(np.random.default_rng(number)))
        if number >= self.points:
            given |= _keys(self.special[number - self.points])
        return Point(self, given)

    def range(self, key: str, chosen: Mapping[str, int]) -> list[int]:
        """The values of a free index; ``chosen`` has those of the indices declared before it."""
        values = self.indices[key]
        if callable(values):
            try:
                values = values(chosen)
            except KeyError as error:
                raise ReadError(f"the range of {key} depends on {error}, which is absent") from None
        return list(range(1, values + 1)) if isinstance(values, int) else list(values)


def _keys(named: Mapping[str, Any] | None) -> dict[str, Any]:
    return {canonical(name): value for name, value in (named or {}).items()}


class Point:
    """Values of all names at one random draw; derived ones are computed when asked for."""

    def __init__(self, model: Model, given: Mapping[str, Any], parent: Point | None = None) -> None:
        self.model, self.given, self.parent = model, given, parent
        self.fixed: dict[tuple[str, Layer], Any] = dict(parent.fixed) if parent else {}
        self.was_read: set[tuple[str, Layer]] = set()
        self.cache: dict[tuple[str, Layer], Any] = {}

    def override(self, key: str, layer: Layer, value: Array) -> Point:
        """This point with one value replaced, and all that follows from it computed anew."""
        point = Point(self.model, self.given, self)
        point.fixed[key, layer] = value
        return point

    def __getitem__(self, name: str | tuple[Any, ...]) -> Any:
        """For the model's functions: a value by its printed name, with its layer (and step)."""
        name, *layer = (name,) if isinstance(name, str) else name
        return self.value(canonical(name), (*layer, None)[0] if len(layer) < 2 else tuple(layer))

    def value(self, key: str, layer: Layer = None) -> Any:
        slot = key, layer
        if slot in self.fixed:
            point: Point | None = self
            while point:
                point.was_read.add(slot)
                point = point.parent
            return self.fixed[slot]
        if slot not in self.cache:
            self.cache[slot] = np.asarray(self._compute(key, layer))
        return self.cache[slot]

    def _compute(self, key: str, layer: Layer) -> Any:
        given = self.given.get(key)
        if layer is None and (isinstance(given, Mapping) or key in self.model.layered):
            raise ReadError(rf"{key} needs its layer or step: {key}^{{(\ell)}}")
        if key in self.model.layered:
            return run(self.model.layered[key], self, *spread(layer))
        if isinstance(given, Mapping):
            if layer not in given:
                raise Mismatch(f"{key} has no layer {layer}")
            return given[layer]
        if layer is not None:
            raise ReadError(f"{key} is not layered; a power is printed without parentheses")
        return given if key in self.given else run(self.model.derived[key], self)


def spread(layer: Layer) -> tuple[int, ...]:
    """The layer, or layer and step, as arguments of a function."""
    return () if layer is None else layer if isinstance(layer, tuple) else (layer,)


def run(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call the model's code; whatever goes wrong there is said as such."""
    try:
        return function(*arguments)
    except (ReadError, Mismatch):
        raise
    except Exception as error:
        raise ModelError(f"the model's code fails: {type(error).__name__}: {error}") from error
