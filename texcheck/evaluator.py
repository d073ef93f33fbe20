"""The value of every kind of node at one point of a model.

Numbers have shape (), vectors (n, 1), matrices (m, n): so a forgotten transpose is a wrong shape.
Nothing is broadcast, nothing is evaluated as Python, and the work is bounded.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .derivative import along, elementwise, jacobian
from .dots import expand
from .model import Array, Layer, Point, run
from .nodes import Mismatch, Node, ReadError, node, walk

MAX_WORK, LARGEST_INDEX = 100_000, 1e6  # our heaviest equation takes 4,000
CONSTANTS = {"e": np.e, "pi": np.pi}
OPERATORS = {"ln": np.log, "exp": np.exp, "tanh": np.tanh, "sin": np.sin, "cos": np.cos}


@dataclass
class Trace:
    """What a whole check has done so far, over all points and indices."""

    verify: bool = False  # cross-check derivatives
    work: int = 0
    seen: set[Node] = field(default_factory=set)  # derivatives and rows of cases
    reached: set[Node] = field(default_factory=set)  # of these: depends on the variable, applies
    nonzero: set[Node] = field(default_factory=set)  # derivatives

    def spend(self, work: int) -> None:
        self.work += work
        if self.work > MAX_WORK:
            raise ReadError("too much to compute: nested sums over long ranges")


@dataclass(frozen=True)
class Evaluator:
    """Calling it with a node gives the node's value; the method named on_KIND takes its parts."""

    point: Point
    indices: Mapping[str, int]
    trace: Trace

    def __call__(self, part: Node) -> Array:
        self.trace.spend(1)
        value: Array = getattr(self, "on_" + part.kind)(*part.parts)
        return value

    def each(self, ranges: Mapping[str, Collection[int]]) -> list[Evaluator]:
        """Evaluators for all combinations of further indices."""
        self.trace.spend(math.prod(map(len, ranges.values())))
        combinations = [zip(ranges, v, strict=True) for v in itertools.product(*ranges.values())]
        return [
            Evaluator(self.point, {**self.indices, **dict(c)}, self.trace) for c in combinations
        ]

    def integer(self, part: Node) -> int:
        value = self(part)
        if value.ndim or not abs(value - np.rint(value.real)) < 1e-6 or abs(value) > LARGEST_INDEX:
            raise ReadError(f"an index, layer or bound is not a (small) whole number: {value}")
        return int(np.rint(value.real))

    # names and scripts

    def on_number(self, text: str) -> Array:
        return np.asarray(float(text))

    def on_name(self, key: str, bold: bool) -> Array:
        return self.bold_enough(key, bold, self.named(key, None))

    def bold_enough(self, key: str, bold: bool, value: Array) -> Array:
        if not bold and value.ndim:
            raise ReadError(rf"{key[3:]} without an index is a vector: print \mathbf {key[3:]}")
        return value

    def named(self, key: str, layer: Layer) -> Array:
        if key in self.indices and layer is None:
            return np.asarray(float(self.indices[key]))
        if key in self.point.model.values:
            return column(self.point.value(key, layer))
        if key in CONSTANTS and layer is None:
            return np.asarray(CONSTANTS[key])
        raise ReadError(f"{key} is not in the model {self.point.model.name!r}")

    def slot(self, base: Node, layer: Node | None, indices: tuple[Node, ...]) -> tuple[Any, ...]:
        """Key, layer and remaining indices of a name with scripts."""
        key, number = base.parts[0], None if layer is None else self.integer(layer)
        if indices and key in self.point.model.stepped:
            step, indices = self.integer(indices[0]), indices[1:]
            return key, step if number is None else (number, step), indices
        return key, number, indices

    def on_ref(self, base: Node, layer: Node | None, indices: tuple[Node, ...]) -> Array:
        if base.kind != "name":
            return self.pick(self(base), indices)
        key, bold = base.parts
        if key == "delta" and not layer and len(indices) == 2 and key not in self.point.model.drawn:
            return np.asarray(float(self.integer(indices[0]) == self.integer(indices[1])))
        if key == "e" and layer and key not in self.point.model.values:
            return self.on_power(base, layer)  # e^{(z)}
        key, number, rest = self.slot(base, layer, indices)
        value = self.named(key, number)
        return self.pick(value, rest) if rest else self.bold_enough(key, bold, value)

    def pick(self, value: Array, indices: tuple[Node, ...]) -> Array:
        if len(indices) == 1 and indices[0].kind == "number" and min(value.shape, default=0) > 1:
            indices = tuple(node("number", digit) for digit in indices[0].parts[0])
        numbers = [self.integer(index) for index in indices]
        if value.ndim and len(numbers) == 1 and 1 in value.shape:
            numbers.insert(value.shape.index(1), 1) if value.shape[0] == 1 else numbers.append(1)
        if len(numbers) != value.ndim:
            raise Mismatch(f"{len(indices)} indices on shape {value.shape}")
        if not all(0 < i <= size for i, size in zip(numbers, value.shape, strict=True)):
            raise Mismatch(f"index {numbers} is out of range for shape {value.shape}")
        return np.asarray(value[tuple(i - 1 for i in numbers)])

    # arithmetic

    def on_group(self, body: Node) -> Array:
        return self(body)

    on_bracket = on_brace = on_group

    def on_sum(self, terms: tuple[tuple[int, Node], ...]) -> Array:
        return add([sign * self(term) for sign, term in expand(terms, self.integer)])

    def on_product(self, factors: tuple[tuple[str, Node], ...]) -> Array:
        result = None
        for op, factor in expand(factors, self.integer):
            if result is None:
                result = self(factor)
            elif op == "/":
                result = divide(result, self(factor))
            elif op == "" and factor.kind == "number":
                raise ReadError(f"the number {factor.parts[0]} follows a factor: put it first")
            else:
                result = times(result, self(factor), op)
        return np.asarray(result)

    def on_hadamard(self, factors: tuple[Node, ...]) -> Array:
        result = self(factors[0])
        for factor in factors[1:]:
            result = result * like(result, self(factor), r"\odot")
        return result

    def on_fraction(self, over: Node, under: Node) -> Array:
        return divide(self(over), self(under))

    def on_root(self, body: Node) -> Array:
        return np.asarray(np.sqrt(self(body)))

    def on_transpose(self, body: Node) -> Array:
        value = self(body)
        if value.ndim == 0:
            raise Mismatch("transpose of a number")
        return value.T

    def on_power(self, base: Node, exponent: Node) -> Array:
        a, b = self(base), self(exponent)
        if a.ndim or b.ndim:
            raise Mismatch(r"power of a vector or matrix: use \odot, or an index")
        whole = abs(b) < 100 and b == np.rint(b.real)
        return np.asarray(a ** int(b.real) if whole and a != 0 else a**b)

    def on_fence(self, kind: str, body: Node, indices: tuple[Node, ...]) -> Array:
        value, which = self(body), str(indices[0].parts[0]) if indices else ""
        if kind == "Vert":
            matrix = min(value.shape, default=1) > 1
            if which not in (("F", "2") if matrix else ("", "2")):
                raise ReadError("the norm of a matrix has index F or 2, of a vector none or 2")
            spectral = matrix and which == "2"
            return np.asarray(np.linalg.norm(value, 2) if spectral else np.sqrt((value**2).sum()))
        if indices or value.ndim:
            raise ReadError("bars, ceiling and floor take one number and have no index")
        if kind == "vert":
            return value if value.real >= 0 else -value
        return np.asarray({"ceil": np.ceil, "floor": np.floor}[kind](value.real))

    def on_matrix(self, *rows: Node) -> Array:
        full = [row for _, row in expand([("", row) for row in rows], self.integer)]
        cells = [expand([("", cell) for cell in row.parts], self.integer) for row in full]
        try:
            return np.block([[self(cell) for _, cell in row] for row in cells])
        except ValueError as error:
            raise Mismatch(f"a matrix of unequal parts: {error}") from None

    # functions

    def on_call(self, function: str, primes: int, arguments: tuple[Node, ...]) -> Array:
        values = [plain(self(argument)) for argument in arguments]
        code = self.function(function)
        if primes and (primes > 2 or len(values) != 1):
            raise ReadError(f"{function}: a prime, or two, on a function of one value")
        value = elementwise(code, primes)(values[0]) if primes else code(*values)
        if value.dtype.kind not in "biufc":
            raise ReadError(f"{function} gives no number")
        return column(value)

    def function(self, name: str) -> Callable[..., Array]:
        return lambda *values: np.asarray(run(self.point.model.functions[name], *values))

    def on_operate(self, name: str, base: Node | None, arguments: tuple[Node, ...]) -> Array:
        values = [self(argument) for argument in arguments]
        if name in ("max", "min") and base is None and len(values) > 1:
            result = values[0]
            for value in values[1:]:
                larger = (result.real >= value.real) == (name == "max")
                result = np.where(larger, result, value)
            return result
        if len(values) != 1 or (base is not None) != (name == "log"):
            hint = r"write \ln or \log_2" if name == "log" else "one argument, no index"
            raise ReadError(rf"\{name}: {hint}")
        if base is not None:
            return np.asarray(np.log(values[0]) / np.log(self(base)))
        if name not in OPERATORS:
            raise ReadError(rf"\{name} of one argument: write \{name}_k")
        return np.asarray(OPERATORS[name](values[0]))

    def on_cases(self, *rows: Node) -> Array:
        holding = [row for row in rows if row.parts[1] and self.holds(row.parts[1])]
        holding = holding or [row for row in rows if row.parts[1] is None]
        self.trace.seen.update(rows)
        self.trace.reached.update(holding)
        if not holding:
            raise Mismatch("no case applies")
        first, *others = [self(row.parts[0]) for row in holding]
        if any(np.any(first != like(first, other, "cases")) for other in others):
            raise Mismatch("two cases apply with different values")
        return first

    # relations inside a formula

    def on_relation(self, sides: tuple[Node, ...], signs: tuple[str, ...]) -> Array:
        raise ReadError("a relation inside a formula stands in brackets: [k=j]")

    def on_iverson(self, relation: Node) -> Array:
        return np.asarray(float(self.holds(relation)))

    def holds(self, condition: Node) -> bool:
        if condition.kind == "range":
            return self.in_range(*condition.parts)
        if condition.kind != "relation":
            raise ReadError(f"a condition is a relation, not a {condition.kind}")
        sides, signs = condition.parts
        values = [self(side).real for side in sides]
        if not {*signs} <= {*COMPARE}:
            raise ReadError(f"the sign {signs[0]} makes no condition")
        return all(
            bool(np.all(COMPARE[sign](a, like(a, b, "comparison"))))
            for a, b, sign in zip(values, values[1:], signs, strict=False)
        )

    def in_range(self, index: Node, low: Node, high: Node) -> bool:
        """k = 1, …, C: both bounds must lie within what the model tries."""
        key, bounds = index.parts[0], (self.integer(low), self.integer(high))
        tried = self.point.model.range(key, self.indices) if key in self.point.model.indices else []
        if not {*bounds} <= {*tried}:
            raise Mismatch(f"{key} = {bounds[0]}, …, {bounds[1]} is printed, the model has {tried}")
        return bounds[0] <= self.indices[key] <= bounds[1]

    # sums and other operators over indices

    def on_dots(self, token: str) -> Array:
        raise ReadError(r"\dots stands between two terms, factors or entries")

    def on_top(self, token: str) -> Array:
        raise ReadError(r"\top without a base")

    def on_big(
        self,
        operator: str,
        variables: tuple[tuple[str, Node | None], ...],
        conditions: tuple[Node, ...],
        upper: Node | None,
        body: Node,
    ) -> Array:
        ranges = {key: self.range(operator, key, lower, upper) for key, lower in variables}
        valid = [at for at in self.each(ranges) if all(map(at.holds, conditions))]
        values = [at(body) for at in valid]
        if operator == "prod":
            return functools.reduce(times, values, np.asarray(1.0))
        if operator == "sum" and not values:
            return np.asarray(0.0)
        if not values or (any(value.ndim for value in values) and operator != "sum"):
            raise Mismatch(rf"\{operator} over nothing, or over vectors or matrices")
        if operator == "sum":
            return add(values)
        order = np.argmax if operator.endswith("max") else np.argmin
        best = int(order([value.real for value in values]))
        index = valid[best].indices[variables[0][0]]
        return np.asarray(float(index)) if operator.startswith("arg") else values[best]

    def range(self, operator: str, key: str, lower: Node | None, upper: Node | None) -> list[int]:
        if lower is None or upper is None:
            if key not in self.point.model.indices:
                raise ReadError(rf"\{operator} over {key}: print its bounds")
            return self.point.model.range(key, self.indices)
        first, last = self.integer(lower), self.integer(upper)
        if abs(last - first) > MAX_WORK:
            raise ReadError("too much to compute: a range is too long")
        if operator == "prod" and self.runs_down(lower, upper):
            return list(range(first, last - 1, -1))
        if last < first - 1:
            raise Mismatch(rf"\{operator} from {first} up to {last}")
        return list(range(first, last + 1))

    def runs_down(self, lower: Node, upper: Node) -> bool:
        r"""Whether \prod_{k=L}^{1} is meant: a product of none is \prod_{k=2}^{1} as well.

        With free indices in the bounds it runs down if for some of their values it must.
        """
        model = self.point.model
        names = {n.parts[0] for n, _ in walk((lower, upper)) if n.kind == "name"}
        free = {key: model.range(key, self.indices) for key in model.indices if key in names}
        falls = [at.integer(lower) - at.integer(upper) for at in self.each(free)]
        return max(falls) > (1 if free else 0)

    def on_expect(self, key: str, distribution: Node, body: Node) -> Array:
        weights = self(distribution)
        if weights.ndim != 2 or weights.shape[1] != 1 or abs(weights.sum() - 1) > 1e-6:
            raise Mismatch("an expectation needs a distribution, a vector with sum 1")
        places = self.each({key: range(1, len(weights) + 1)})
        return add([w * at(body) for w, at in zip(weights[:, 0], places, strict=True)])

    # derivatives

    def on_derivative(self, body: Node, variable: Node, nabla: bool) -> Array:
        base, layer, printed = variable.parts if variable.kind == "ref" else (variable, None, ())
        if base.kind != "name" or base.parts[0] not in self.point.model.values:
            raise ReadError("a derivative is taken by a value of the model")
        key, number, indices = self.slot(base, layer, printed)
        x, this = self.point.value(key, number), node("derivative", body, variable)
        self.trace.seen.add(this)

        def f(moved: Array) -> Array:
            point = self.point.override(key, number, moved)
            value = Evaluator(point, self.indices, self.trace)(body)
            if (key, number) in point.was_read:
                self.trace.reached.add(this)
            return value

        how = {"nested": differentiates(body), "verify": self.trace.verify}
        if indices:
            picked = tuple(self.integer(index) - 1 for index in indices)
            if len(picked) != x.ndim or not all(
                0 <= i < n for i, n in zip(picked, x.shape, strict=True)
            ):
                raise Mismatch(f"no component {[i + 1 for i in picked]} in shape {x.shape}")
            slope = along(f, x, picked, **how)
        else:
            self.bold_enough(key, base.parts[1], x)
            slope = self.arrange(jacobian(f, x, **how), x, nabla)
        if np.any(abs(slope) > 1e-9):
            self.trace.nonzero.add(this)
        return slope

    def arrange(self, slope: Array, x: Array, nabla: bool) -> Array:
        """Gradients have the shape of the variable; Jacobians are ∂row/∂column."""
        kind = slope.ndim - x.ndim
        if x.ndim == 0 or kind == 0:
            return column(slope)
        if kind == 2 and slope.shape[1] == 1 and x.ndim == 1 and not nabla:
            return slope[:, 0, :]
        raise Mismatch("derivative of a matrix, of a vector by a matrix, or gradient of a vector")

    def on_function_gradient(self, function: str, arguments: tuple[Node, ...]) -> Array:
        first, *rest = [plain(self(argument)) for argument in arguments]
        slope = jacobian(lambda x: self.function(function)(x, *rest), first)
        return self.arrange(slope, first, True)


def column(value: Array) -> Array:
    """A vector (n,) of the model as a column (n, 1)."""
    return value.reshape(-1, 1) if value.ndim == 1 else value


def plain(value: Array) -> Array:
    """As the model's functions take it: a column as a vector (n,)."""
    return value.reshape(-1) if value.ndim == 2 and value.shape[1] == 1 else value


def like(a: Array, b: Array, what: str) -> Array:
    """``b``, if it has the shape of ``a``."""
    if a.shape != b.shape:
        raise Mismatch(f"{what} of shapes {a.shape} and {b.shape}")
    return b


def add(values: list[Array]) -> Array:
    return functools.reduce(lambda a, b: np.asarray(a + like(a, b, "sum")), values)


def times(a: Array, b: Array, op: str = "") -> Array:
    if a.ndim == 0 or b.ndim == 0:
        return np.asarray(a * b)
    if op == "." and a.shape == b.shape and a.shape[1] == 1:
        a = a.T
    if a.shape[1] != b.shape[0]:
        raise Mismatch(f"product of shapes {a.shape} and {b.shape}")
    product: Array = a @ b
    return product.reshape(()) if product.shape == (1, 1) else product


def divide(a: Array, b: Array) -> Array:
    if b.ndim:
        raise Mismatch(f"division by shape {b.shape}")
    return np.asarray(a / b)


def differentiates(part: Any) -> bool:
    """Whether a derivative, a gradient or a prime stands in ``part``."""
    return any(
        n.kind in ("derivative", "function_gradient") or (n.kind == "call" and n.parts[1] > 0)
        for n, _ in walk(part)
    )


COMPARE: dict[str, Callable[[Array, Array], Any]] = {
    "=": lambda a, b: abs(a - b) <= 1e-9,
    "!=": lambda a, b: abs(a - b) > 1e-9,
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
}
