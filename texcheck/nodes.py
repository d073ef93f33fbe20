"""What a printed equation is made of, and the two ways in which it can fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple


class ReadError(ValueError):
    """The TeX cannot be read, or it asks for something that the model does not have."""


class Mismatch(AssertionError):
    """The equation was read and is false: its sides differ in value or in shape."""


class Node(NamedTuple):
    """``kind`` names the method of `texcheck.evaluator.Evaluator` that takes ``parts``.

    Parts are nodes, strings, numbers, None, or tuples of these; so equal formulas are equal nodes.
    """

    kind: str
    parts: tuple[Any, ...]


def node(kind: str, *parts: Any) -> Node:
    return Node(kind, parts)


def walk(part: Any) -> Iterator[tuple[Node, int]]:
    """Every node in ``part`` with its depth; a loop, because a recursion could run too deep."""
    waiting = [(part, 0)]
    while waiting:
        part, depth = waiting.pop()
        if isinstance(part, Node):
            yield part, depth
            waiting += [(inner, depth + 1) for inner in part.parts]
        elif isinstance(part, tuple):
            waiting += [(inner, depth) for inner in part]
