"""The computational graph of backpropagation: arithmetic that remembers how it was done.

Each `Node` keeps the two halves in which the slides draw it: f, the `value` found on the way
forward, and f', the `local` derivative with respect to each of its parents, found there too. On
the way back every node collects in `grad` the derivative of the result with respect to itself:
what its children have collected, times their local derivatives, summed over all children.

A network becomes such a graph with its loss as last node; the samples share the nodes of the
weights, whose `grad` therefore adds up over them (the "extended network"). A weight v on the
edge from O gets ∂E/∂v = O · ∂E/∂(Ov), because O is the local derivative of Ov.

>>> O, v = Node(3.0, name="O"), Node(0.5, name="v")
>>> E = (O * v - 2) ** 2
>>> E.backward()
>>> v
Node(v, value=0.5, grad=-3)

Names are those of PyTorch. Nothing here uses `mlp`: each is a check on the other.
Source: S2-09 to S2-23, S4-22 to S4-41.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .activations import sigmoid
from .checks import FloatArray, real_array


class Edge(NamedTuple):
    """From a node to a parent: the local derivative, and how it carries `grad` back."""

    parent: "Node"
    local: Any
    carry: Callable[[FloatArray, Any], FloatArray] = np.multiply


class Node:
    """An array with the operation that made it; a leaf (an input, a weight) has no `edges`.

    `value` and `grad` have one shape; `grad` is 0 until `backward`. Operators broadcast as in
    NumPy, and a number or an array beside a node becomes a leaf.
    """

    __array_ufunc__ = None  # so that array + node asks the node

    def __init__(self, value: ArrayLike, *edges: Edge, op: str = "", name: str = "") -> None:
        self.value: FloatArray = np.asarray(value) if edges else real_array("value", value)
        self.grad = np.zeros_like(self.value)
        self.edges, self.op, self.name = edges, op, name

    @property
    def local(self) -> tuple[Any, ...]:
        """The f' half: the local derivative with respect to each parent."""
        return tuple(edge.local for edge in self.edges)

    def _node(self, value: "Node | ArrayLike") -> "Node":
        if isinstance(value, Node):
            return value
        # as in NumPy, a bare number takes the precision of the array beside it
        bare = isinstance(value, int | float)
        return Node(np.asarray(value, self.value.dtype) if bare else value)

    def backward(self) -> None:
        """Set `grad` of every node below to ∂self/∂node; the sum restarts from 0 at each call.

        Raises ValueError unless this node is a scalar.
        """
        if self.value.size != 1:
            raise ValueError(f"backward must start at a scalar, got shape {self.value.shape}")
        order = topological(self)
        for node in order:
            node.grad = np.zeros_like(node.value)
        self.grad = np.ones_like(self.value)
        for node in reversed(order):
            for parent, local, carry in node.edges:
                share = _unbroadcast(carry(node.grad, local), parent.value.shape)
                parent.grad = parent.grad + share

    def __add__(self, other: "Node | ArrayLike") -> "Node":
        other = self._node(other)
        return Node(self.value + other.value, Edge(self, 1), Edge(other, 1), op="+")

    def __mul__(self, other: "Node | ArrayLike") -> "Node":
        other = self._node(other)
        edges = Edge(self, other.value), Edge(other, self.value)
        return Node(self.value * other.value, *edges, op="×")

    __radd__, __rmul__ = __add__, __mul__

    def __sub__(self, other: "Node | ArrayLike") -> "Node":
        other = self._node(other)
        return Node(self.value - other.value, Edge(self, 1), Edge(other, -1), op="−")

    def __truediv__(self, other: "Node | ArrayLike") -> "Node":
        other = self._node(other)
        ratio = self.value / other.value
        return Node(ratio, Edge(self, 1 / other.value), Edge(other, -ratio / other.value), op="/")

    def __pow__(self, exponent: float) -> "Node":
        """Return self to the power of a number."""
        if not isinstance(exponent, int | float | np.number):
            raise ValueError(f"exponent must be a number, got {exponent!r}")
        slope = exponent * self.value ** (exponent - 1) if exponent else 0
        return Node(self.value**exponent, Edge(self, slope), op=f"^{exponent:g}")

    def __matmul__(self, other: "Node | ArrayLike") -> "Node":
        """Return the product of two matrices, as in Z = A @ W.T + b."""
        other = self._node(other)
        if self.value.ndim != 2 or other.value.ndim != 2:
            shapes = f"{self.value.shape} and {other.value.shape}"
            raise ValueError(f"@ must stand between two matrices, got shapes {shapes}")
        left = Edge(self, other.value, lambda grad, local: grad @ local.T)
        right = Edge(other, self.value, lambda grad, local: local.T @ grad)
        return Node(self.value @ other.value, left, right, op="@")

    def __neg__(self) -> "Node":
        return Node(-self.value, Edge(self, -1), op="−")

    def __rsub__(self, other: ArrayLike) -> "Node":
        return self._node(other) - self

    def __rtruediv__(self, other: ArrayLike) -> "Node":
        return self._node(other) / self

    def __rmatmul__(self, other: ArrayLike) -> "Node":
        return self._node(other) @ self

    @property
    def T(self) -> "Node":
        """The transpose."""
        return Node(self.value.T, Edge(self, 1, lambda grad, _: grad.T), op="T")

    def sum(self, axis: int | None = None, keepdims: bool = False) -> "Node":
        """Return the sum over `axis`, or over everything."""

        def carry(grad: FloatArray, _: Any) -> FloatArray:
            spread = grad if axis is None or keepdims else np.expand_dims(grad, axis)
            return np.broadcast_to(spread, self.value.shape)

        return Node(self.value.sum(axis, keepdims=keepdims), Edge(self, 1, carry), op="Σ")

    def exp(self) -> "Node":
        """Return e^self, which is its own derivative."""
        value = np.exp(self.value)
        return Node(value, Edge(self, value), op="exp")

    def log(self) -> "Node":
        """Return ln(self)."""
        return Node(np.log(self.value), Edge(self, 1 / self.value), op="ln")

    def relu(self) -> "Node":
        """Return max(self, 0); the derivative at 0 is 0."""
        slope = (self.value.real > 0).astype(self.value.dtype)
        return Node(self.value * slope, Edge(self, slope), op="relu")

    def sigmoid(self) -> "Node":
        """Return σ(self), with σ' = σ(z)σ(−z)."""
        value = sigmoid(self.value)
        return Node(value, Edge(self, value * sigmoid(-self.value)), op="σ")

    def tanh(self) -> "Node":
        """Return tanh(self), with tanh' = 1 − tanh²."""
        value = np.tanh(self.value)
        return Node(value, Edge(self, 1 - value**2), op="tanh")

    def log_softmax(self) -> "Node":
        """Return ln softmax along the last axis: z − ln Σ e^z, after the largest z is taken off.

        The shift changes neither value nor derivative, so it may be a constant.
        """
        z: Node = self - self.value.real.max(-1, keepdims=True)
        return z - z.exp().sum(-1, keepdims=True).log()

    def __repr__(self) -> str:
        value, grad = short(self.value), short(self.grad)
        return f"Node({self.name or self.op or 'leaf'}, value={value}, grad={grad})"


def topological(root: Node) -> list[Node]:
    """Return all nodes that `root` depends on, parents before children; `root` comes last.

    Without recursion, so that a graph may be deeper than Python's stack.
    """
    order: list[Node] = []
    seen: set[Node] = set()
    stack = [(root, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack += [(edge.parent, False) for edge in reversed(node.edges)]
    return order


def _unbroadcast(grad: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """Sum over the axes along which the parent was repeated: each copy is one more child."""
    grad = np.sum(grad, axis=tuple(range(grad.ndim - len(shape))))
    repeated = tuple(axis for axis, size in enumerate(shape) if size == 1)
    total: FloatArray = grad.sum(axis=repeated, keepdims=True)
    return total


def short(value: ArrayLike) -> str:
    """Write a number or a short vector in four digits, and of anything larger its shape."""
    array = np.asarray(value)
    if array.ndim > 1 or array.size > 3:
        return str(array.shape)
    numbers = [f"{v:.4g}" for v in np.atleast_1d(array + 0.0)]  # + 0.0 turns −0.0 into 0.0
    return f"[{', '.join(numbers)}]" if array.ndim else numbers[0]
