"""Every change of one node of an equation that has been read: what a slip of the pen looks like."""

from collections.abc import Iterator
from typing import Any

from texcheck.nodes import Node, node

FLIPPED = {"<=": ">=", ">=": "<=", "<": ">", ">": "<", "=": "!=", "!=": "="}
OTHER = {"sum": "prod", "prod": "sum", "max": "min", "min": "max", "argmax": "argmin", "ln": "exp"}
ONE = node("number", "1")


def mutants(part: Any, model: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Pairs (place and change, the whole with this one change)."""
    if isinstance(part, Node):
        for change, new in here(part, model):
            yield f"{place} {part.kind}: {change}", new
        for i, inner in enumerate(part.parts):
            for change, new in mutants(inner, model, f"{place}.{i}"):
                yield change, Node(part.kind, (*part.parts[:i], new, *part.parts[i + 1 :]))
    elif isinstance(part, tuple):
        for i, inner in enumerate(part):
            for change, new in mutants(inner, model, f"{place}.{i}"):
                yield (
                    change,
                    type(part)(*replaced(part, i, new))
                    if hasattr(part, "_fields")
                    else replaced(part, i, new),
                )


def replaced(items: tuple[Any, ...], i: int, new: Any) -> tuple[Any, ...]:
    return (*items[:i], new, *items[i + 1 :])


def without(items: tuple[Any, ...], i: int) -> tuple[Any, ...]:
    return (*items[:i], *items[i + 1 :])


def plus(part: Node, sign: int) -> Node:
    return node("sum", ((1, part), (sign, ONE)))


def here(part: Node, model: Any) -> Iterator[tuple[str, Node]]:
    """Changes of this node itself."""
    kind, parts = part
    if kind == "sum":
        for i, (sign, term) in enumerate(parts[0]):
            yield f"sign of term {i + 1}", node("sum", replaced(parts[0], i, (-sign, term)))
            if len(parts[0]) > 1:
                yield f"term {i + 1} lost", node("sum", without(parts[0], i))
    elif kind in ("product", "hadamard"):
        for i in range(len(parts[0])):
            rest = without(parts[0], i)
            if kind == "product":
                rest = (("", rest[0][1]), *rest[1:])
            yield f"factor {i + 1} lost", node(kind, rest)
        if kind == "hadamard":
            yield "matrix product", node("product", tuple(("", f) for f in parts[0]))
    elif kind == "fraction":
        yield "upside down", node("fraction", parts[1], parts[0])
        yield "denominator lost", parts[0]
    elif kind == "transpose":
        yield "transpose lost", parts[0]
    elif kind == "power":
        yield "power lost", parts[0]
        yield "sign of the power", node("power", parts[0], node("sum", ((-1, parts[1]),)))
    elif kind == "number":
        yield "number + 1", node("number", str(float(parts[0]) + 1))
    elif kind == "call":
        if len(parts[2]) == 2:
            yield "arguments swapped", node("call", *parts[:2], parts[2][::-1])
        if parts[1]:
            yield "prime lost", node("call", parts[0], parts[1] - 1, parts[2])
        elif len(parts[2]) == 1:
            yield "function lost", parts[2][0]
    elif kind == "operate":
        if len(parts[2]) == 1:
            yield "function lost", parts[2][0]
        if parts[0] in OTHER:
            yield f"{OTHER[parts[0]]}", node("operate", OTHER[parts[0]], *parts[1:])
        if parts[1]:
            yield "other base", node("operate", parts[0], plus(parts[1], 1), parts[2])
    elif kind == "fence":
        yield "fence lost", parts[1]
    elif kind == "ref":
        yield from scripts(part, model)
    elif kind == "relation":
        for i, sign in enumerate(parts[1]):
            if sign in FLIPPED:
                yield (
                    f"{sign} to {FLIPPED[sign]}",
                    node("relation", parts[0], replaced(parts[1], i, FLIPPED[sign])),
                )
    elif kind == "big":
        operator, variables, conditions, upper, body = parts
        if operator in OTHER:
            yield f"{OTHER[operator]}", node("big", OTHER[operator], *parts[1:])
        if upper:
            yield (
                "upper bound - 1",
                node("big", operator, variables, conditions, plus(upper, -1), body),
            )
            key, lower = variables[0]
            low = ((key, plus(lower, 1)),)
            yield "lower bound + 1", node("big", operator, low, conditions, upper, body)
        if conditions:
            yield "condition lost", node("big", operator, variables, (), upper, body)
        yield "operator lost", body
    elif kind == "expect":
        for other in sorted(model.values - {parts[1].parts[0]} & {"p", "q", "u"}):
            yield f"under {other}", node("expect", parts[0], node("name", other, True), parts[2])
    elif kind == "derivative":
        yield "derivative lost", parts[0]
    elif kind == "cases":
        values = [case.parts[0] for case in parts]
        swapped = [node("case", v, c.parts[1]) for v, c in zip(values[::-1], parts, strict=True)]
        yield "cases swapped", Node("cases", tuple(swapped))


def scripts(part: Node, model: Any) -> Iterator[tuple[str, Node]]:
    base, layer, indices = part.parts
    if layer:
        for step in (1, -1):
            yield f"layer {step:+d}", node("ref", base, plus(layer, step), indices)
    for i, index in enumerate(indices):
        if index.kind == "name":
            for other in sorted(model.indices):
                if other != index.parts[0]:
                    new = replaced(indices, i, node("name", other, True))
                    yield f"index {index.parts[0]} to {other}", node("ref", base, layer, new)
        for step in (1, -1):
            new = replaced(indices, i, plus(index, step))
            yield f"index {i + 1} {step:+d}", node("ref", base, layer, new)
    if len(indices) == 2:
        yield "indices swapped", node("ref", base, layer, indices[::-1])
