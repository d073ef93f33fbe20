"""The value of every kind of node at one point of a model.

Numbers have shape (), vectors (n, 1), matrices (m, n): so a forgotten transpose is a wrong shape.
Nothing is broadcast, nothing is evaluated as Python, and the work is bounded.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
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
DIFFERENTIATES = {"derivative", "function_gradient"}


@dataclass
class Trace:
    """What a whole check has done so far, over all points and indices."""

    verify: bool = False  # cross-check derivatives
    work: int = 0
    dependent: dict[Node, bool] = field(default_factory=dict)  # did the variable play a part?
    nonzero: dict[Node, bool] = field(default_factory=dict)
    reached: dict[Node, bool] = field(default_factory=dict)  # rows of cases

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

    def with_indices(self, **more: int) -> Evaluator:
        return Evaluator(self.point, {**self.indices, **more}, self.trace)

    def integer(self, part: Node) -> int:
        value = self(part)
        if value.ndim or not abs(value - np.rint(value.real)) < 1e-6 or abs(value) > LARGEST_INDEX:
            raise ReadError(f"an index, layer or bound is not a (small) whole number: {value}")
        return int(np.rint(value.real))

    # names and scripts

    def on_number(self, text: str) -> Array:
        return np.asarray(float(text))

    def on_name(self, key: str, bold: bool) -> Array:
        value = self.named(key, None)
        if isinstance(value, frozenset):
            raise ReadError(rf"the set {key} may only follow \in or stand between bars")
        return self.bold_enough(key, bold, np.asarray(value))

    def bold_enough(self, key: str, bold: bool, value: Array) -> Array:
        if not bold and value.ndim:
            raise ReadError(rf"{key[3:]} without an index is a vector: print \mathbf {key[3:]}")
        return value

    def named(self, key: str, layer: Layer) -> Any:
        if key in self.indices and layer is None:
            return np.asarray(float(self.indices[key]))
        if key in self.point.model.values:
            value = self.point.value(key, layer)
            return value.reshape(-1, 1) if getattr(value, "ndim", 0) == 1 else value
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
        model = self.point.model
        if (
            base.parts[0] == "delta"
            and not layer
            and len(indices) == 2
            and "delta" not in model.drawn
        ):
            return np.asarray(float(self.integer(indices[0]) == self.integer(indices[1])))
        if base.parts[0] == "e" and layer and "e" not in model.values:
            return self.on_power(base, layer)  # e^{(z)}
        key, number, indices = self.slot(base, layer, indices)
        value = self.named(key, number)
        return self.pick(
            value if indices else self.bold_enough(base.parts[0], base.parts[1], value), indices
        )

    def pick(self, value: Array, indices: tuple[Node, ...]) -> Array:
        if not indices:
            return value
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
        total = None
        for sign, term in expand(terms, self.integer):
            value = sign * self(term)
            total = value if total is None else self.alike("sum", total, value)[0] + value
        return np.asarray(total)

    def alike(self, what: str, a: Array, b: Array) -> tuple[Array, Array]:
        if a.shape != b.shape:
            raise Mismatch(f"{what} of shapes {a.shape} and {b.shape}")
        return a, b

    def on_product(self, factors: tuple[tuple[str, Node], ...]) -> Array:
        result = None
        for op, factor in expand(factors, self.integer):
            if result is None:
                result = self(factor)
            elif op == "/":
                result = self.divide(result, self(factor))
            elif op == "" and factor.kind == "number":
                raise ReadError(f"the number {factor.parts[0]} follows a factor: put it first")
            else:
                result = self.times(result, self(factor), op)
        return np.asarray(result)

    def times(self, a: Array, b: Array, op: str = "") -> Array:
        if a.ndim == 0 or b.ndim == 0:
            return np.asarray(a * b)
        if op == "." and a.shape == b.shape and a.shape[1] == 1:
            a = a.T
        if a.shape[1] != b.shape[0]:
            raise Mismatch(f"product of shapes {a.shape} and {b.shape}")
        product: Array = a @ b
        return product.reshape(()) if product.shape == (1, 1) else product

    def divide(self, a: Array, b: Array) -> Array:
        if b.ndim:
            raise Mismatch(f"division by shape {b.shape}")
        return np.asarray(a / b)

    def on_hadamard(self, factors: tuple[Node, ...]) -> Array:
        result = self(factors[0])
        for factor in factors[1:]:
            result = np.multiply(*self.alike(r"\odot", result, self(factor)))
        return result

    def on_fraction(self, over: Node, under: Node) -> Array:
        return self.divide(self(over), self(under))

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
        if kind == "vert" and body.kind == "name" and body.parts[0] in self.point.model.values:
            value = self.named(body.parts[0], None)
            if isinstance(value, frozenset):
                return np.asarray(float(len(value)))
        value = self(body)
        if kind == "Vert":
            which = str(indices[0].parts[0]) if indices else ""
            if min(value.shape, default=1) > 1 and which == "2":
                return np.asarray(np.linalg.norm(value, 2))
            if which != "F" and (min(value.shape, default=1) > 1 or which not in ("", "2")):
                raise ReadError("the norm of a matrix has index F or 2, of a vector none or 2")
            return np.asarray(np.sqrt(np.sum(value * value)))
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
        values = [self.plain(self(argument)) for argument in arguments]
        code = self.point.model.functions[function]
        if primes:
            if primes > 2 or len(values) != 1:
                raise ReadError(f"{function}: a prime, or two, on a function of one value")
            code = elementwise(
                lambda x: np.asarray(run(self.point.model.functions[function], x)), primes
            )
        value = np.asarray(run(code, *values))
        if value.dtype.kind not in "biufc":
            raise ReadError(f"{function} gives no number")
        return value.reshape(-1, 1) if value.ndim == 1 else value

    def plain(self, value: Array) -> Array:
        """As the model's functions take it: a column as a vector (n,)."""
        return value.reshape(-1) if value.ndim == 2 and value.shape[1] == 1 else value

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
        for row in rows:
            self.trace.reached.setdefault(row, False)
        hold = [row for row in rows if row.parts[1] and self.holds(row.parts[1])]
        hold = hold or [row for row in rows if row.parts[1] is None]
        if not hold:
            raise Mismatch("no case applies")
        for row in hold:
            self.trace.reached[row] = True
        values = [self(row.parts[0]) for row in hold]
        if any(value.shape != values[0].shape or np.any(value != values[0]) for value in values):
            raise Mismatch("two cases apply with different values")
        return values[0]

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
        for left, right, sign in zip(sides, sides[1:], signs, strict=False):
            if sign == "in":
                if not (
                    right.kind == "name" and isinstance(self.named(right.parts[0], None), frozenset)
                ):
                    raise ReadError(r"\in is followed by a set of indices of the model")
                if self.integer(left) not in self.named(right.parts[0], None):
                    return False
                continue
            a, b = self.alike("comparison", self(left), self(right))
            if sign not in COMPARE:
                raise ReadError(f"the sign {sign} makes no condition")
            if not np.all(COMPARE[sign](a.real, b.real)):
                return False
        return True

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
        variables: tuple[tuple[str, Node | None, Node | None], ...],
        conditions: tuple[Node, ...],
        upper: Node | None,
        body: Node,
    ) -> Array:
        ranges = [self.bound_range(operator, *variable, upper) for variable in variables]
        self.trace.spend(math.prod(map(len, ranges)))
        keys = [key for key, _, _ in variables]
        inner = (
            self.with_indices(**dict(zip(keys, v, strict=True))) for v in itertools.product(*ranges)
        )
        valid = [at for at in inner if all(at.holds(condition) for condition in conditions)]
        if not valid and operator in ("sum", "prod"):
            return np.asarray(float(operator == "prod"))
        values = [at(body) for at in valid]
        if operator == "prod":
            product = values[0]
            for value in values[1:]:
                product = self.times(product, value)
            return product
        if not values or any(value.shape != values[0].shape for value in values):
            raise Mismatch(rf"\{operator} over nothing, or over different shapes")
        if operator == "sum":
            return np.asarray(sum(values[1:], values[0]))
        if values[0].ndim:
            raise Mismatch(rf"\{operator} of vectors or matrices")
        order = np.argmax if operator.endswith("max") else np.argmin
        best = int(order([value.real for value in values]))
        if operator.startswith("arg"):
            return np.asarray(float(valid[best].indices[keys[0]]))
        return values[best]

    def bound_range(
        self, operator: str, key: str, lower: Node | None, members: Node | None, upper: Node | None
    ) -> range | list[int]:
        if members is not None:
            values = self.named(members.parts[0], None) if members.kind == "name" else None
            if not isinstance(values, frozenset):
                raise ReadError(r"\in is followed by a set of indices of the model")
            return sorted(values)
        if lower is None or upper is None:
            if key not in self.point.model.indices:
                raise ReadError(rf"\{operator} over {key}: print its bounds")
            return self.point.model.range(key, self.indices)
        first, last = self.integer(lower), self.integer(upper)
        if operator == "prod" and self.runs_down(lower, upper):
            return range(first, last - 1, -1)
        if last < first - 1:
            raise Mismatch(rf"\{operator} from {first} up to {last}")
        return range(first, last + 1)

    def runs_down(self, lower: Node, upper: Node) -> bool:
        r"""Whether \prod_{k=L}^{1} is meant: a product of none is \prod_{k=2}^{1} as well.

        With free indices in the bounds it runs down if for some of their values it must.
        """
        indices = self.point.model.indices
        keys = {n.parts[0] for n, _ in walk((lower, upper)) if n.kind == "name"} & {*indices}
        ranges = [self.point.model.range(key, self.indices) for key in keys]
        inner = [
            self.with_indices(**dict(zip(keys, v, strict=True))) for v in itertools.product(*ranges)
        ]
        falls = [at.integer(lower) - at.integer(upper) for at in inner]
        return max(falls) > (1 if keys else 0)

    def on_expect(self, key: str, distribution: Node, body: Node) -> Array:
        weights = self(distribution)
        if weights.ndim != 2 or weights.shape[1] != 1 or abs(weights.sum() - 1) > 1e-6:
            raise Mismatch("an expectation needs a distribution, a vector with sum 1")
        terms = [
            w * self.with_indices(**{key: k})(body) for k, w in enumerate(weights[:, 0], start=1)
        ]
        return np.asarray(sum(terms[1:], terms[0]))

    # derivatives

    def on_derivative(self, body: Node, variable: Node, nabla: bool) -> Array:
        base, layer, printed = variable.parts if variable.kind == "ref" else (variable, None, ())
        if base.kind != "name" or base.parts[0] not in self.point.model.values:
            raise ReadError("a derivative is taken by a value of the model")
        key, number, indices = self.slot(base, layer, printed)
        x = self.point.value(key, number)
        if not indices:
            self.bold_enough(key, base.parts[1], x)
        this = node("derivative", body, variable)

        def f(moved: Array) -> Array:
            point = self.point.override(key, number, moved)
            value = Evaluator(point, self.indices, self.trace)(body)
            self.trace.dependent[this] = self.trace.dependent.get(this, False) or bool(
                (key, number) in point.was_read
            )
            return value

        nested = any(
            n.kind in DIFFERENTIATES or (n.kind == "call" and n.parts[1]) for n, _ in walk(body)
        )
        if indices:
            picked = tuple(self.integer(index) - 1 for index in indices)
            if len(picked) != x.ndim or not all(
                0 <= i < n for i, n in zip(picked, x.shape, strict=True)
            ):
                raise Mismatch(
                    f"index {[i + 1 for i in picked]} by which to differentiate {x.shape}"
                )
            slope = along(f, x, picked, nested=nested, verify=self.trace.verify)
        else:
            slope = jacobian(f, x, nested=nested, verify=self.trace.verify)
            slope = self.arrange(slope, x, nabla)
        self.trace.nonzero[this] = self.trace.nonzero.get(this, False) or bool(
            np.any(abs(slope) > 1e-9)
        )
        return slope

    def arrange(self, slope: Array, x: Array, nabla: bool) -> Array:
        """Gradients have the shape of the variable; Jacobians are ∂row/∂column."""
        kind = slope.ndim - x.ndim
        if x.ndim == 0 or kind == 0:
            return slope.reshape(-1, 1) if slope.ndim == 1 else slope
        if kind == 2 and slope.shape[1] == 1 and x.ndim == 1 and not nabla:
            return slope[:, 0, :]
        raise Mismatch("derivative of a matrix, of a vector by a matrix, or gradient of a vector")

    def on_function_gradient(self, function: str, arguments: tuple[Node, ...]) -> Array:
        first, *rest = [self.plain(self(argument)) for argument in arguments]
        code = self.point.model.functions[function]
        slope = jacobian(lambda x: np.asarray(run(code, x, *rest)), first, nested=False)
        return self.arrange(slope, first, True)


COMPARE: dict[str, Callable[[Array, Array], Any]] = {
    "=": lambda a, b: abs(a - b) <= 1e-9,
    "!=": lambda a, b: abs(a - b) > 1e-9,
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
}
