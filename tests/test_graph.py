"""The computational graph against the slides' numbers, the complex step, the MLP and PyTorch."""

import itertools
import re
import xml.etree.ElementTree as ET
from functools import partialmethod
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes
from scipy.special import expit, log_softmax

from mlpkit.gradcheck import complex_step_gradient
from mlpkit.graph import Node, short, topological
from mlpkit.mlp import MLP
from mlpkit.picture import to_svg

# ---- the slides' own examples


def test_the_edge_of_the_slides():
    """E = (Ov − 2)² at O = 3, v = ½: the factor O that S2-14 loses is the local derivative."""
    o, v = Node(3.0), Node(0.5)
    Ov = o * v
    E = (Ov - 2) ** 2
    assert (Ov.value, Ov.local, E.local) == (1.5, (0.5, 3.0), (-1.0,))  # kept on the way forward
    E.backward()
    assert (v.grad, Ov.grad) == (-3, -1)
    assert v.grad == o.value * Ov.grad


@pytest.mark.parametrize(
    "x, m, b, target, expected",
    [
        (2, 1, 0, 5, (-6, -12, -6, 6)),  # S4-41 claims −3 for the target
        (-1, 1, 0, 1, (0, 0, 0, 2)),  # S4-32 claims −2 for x
        (3, -1, 1, 2, (0, 0, 0, 4)),  # S4-37 claims −12 for m
        (1, 1, -1, 3, (0, 0, 0, 6)),  # at the kink the course takes 0
    ],
)
def test_squared_error_of_one_neuron(x, m, b, target, expected):
    leaves = [Node(float(v)) for v in (x, m, b, target)]
    x, m, b, target = leaves
    (((x * m + b).relu() - target) ** 2).backward()
    assert tuple(float(leaf.grad) for leaf in leaves) == expected


def test_node_with_several_inputs_has_one_net_input():
    o = [Node(1.0), Node(2.0)]
    v = [Node(0.3), Node(0.4)]
    net = o[0] * v[0] + o[1] * v[1]
    out = net.sigmoid()
    out.backward()
    assert float(out.value) == pytest.approx(0.750260, abs=1e-6)
    slope = float(out.value * (1 - out.value))
    assert [float(w.grad) for w in v] == pytest.approx([1 * slope, 2 * slope], rel=1e-14)


# ---- each operation against the complex step

RNG = np.random.default_rng(7)
A, B = RNG.normal(size=(3, 4)), RNG.uniform(0.5, 2, size=(3, 4))
OPERATIONS = {
    "a + b": lambda a, b: a + b,
    "a − b": lambda a, b: a - b,
    "a × b": lambda a, b: a * b,
    "a / b": lambda a, b: a / b,
    "a @ b.T": lambda a, b: a @ b.T,
    "b.T @ a": lambda a, b: b.T @ a,
    "−a b": lambda a, b: -a * b,
    "a³ b": lambda a, b: a**3 * b,
    "b^−½ a": lambda a, b: b**-0.5 * a,
    "a⁰ b": lambda a, b: a**0 * b,
    "exp": lambda a, b: a.exp() * b,
    "ln": lambda a, b: b.log() * a,
    "relu": lambda a, b: a.relu() * b,
    "sigmoid": lambda a, b: a.sigmoid() * b,
    "tanh": lambda a, b: a.tanh() * b,
    "Σ": lambda a, b: a.sum() * b,
    "Σ over rows": lambda a, b: a.sum(0) * b,
    "Σ over columns": lambda a, b: a.sum(1, keepdims=True) * b,
    "Σ over columns, dropped": lambda a, b: (a.sum(-1) * 2).exp() * b.sum(1),
    "log-softmax": lambda a, b: a.log_softmax() * b,
    "2 + a": lambda a, b: (2 + a) * b,
    "2 − a": lambda a, b: (2 - a) * b,
    "2 a": lambda a, b: (2 * a) * b,
    "2 / b": lambda a, b: (2 / b) * a,
    "array + a": lambda a, b: (B + a) * b,
    "array − a": lambda a, b: (B - a) * b,
    "array @ a": lambda a, b: B.T @ a @ b.T,
    "fan-out": lambda a, b: a * a * b + a.exp() / (a * a + b),
}


def scalar(result):
    return (result * result).sum()


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_against_the_complex_step(name):
    operation = OPERATIONS[name]
    a, b = Node(A), Node(B)
    scalar(operation(a, b)).backward()
    for node, f in (
        (a, lambda x: scalar(operation(Node(x), Node(B))).value),
        (b, lambda x: scalar(operation(Node(A), Node(x))).value),
    ):
        expected = complex_step_gradient(f, node.value)
        np.testing.assert_allclose(node.grad, expected, rtol=1e-12, atol=1e-12)


class Plain(np.ndarray):
    """An array with the node's methods, by NumPy and SciPy."""

    exp, log, tanh, sigmoid = map(partialmethod, (np.exp, np.log, np.tanh, expit))
    log_softmax = partialmethod(log_softmax, axis=-1)

    def relu(self):
        return np.maximum(self, 0)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_has_the_value_that_numpy_finds(name):
    expected = OPERATIONS[name](A.view(Plain), B.view(Plain))
    np.testing.assert_allclose(OPERATIONS[name](Node(A), Node(B)).value, expected, rtol=1e-14)


@given(mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3), st.integers(0, 99))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_broadcasting_sums_over_the_copies(shapes, seed):
    rng = np.random.default_rng(seed)
    x, y = (rng.uniform(0.5, 2, shape) for shape in shapes.input_shapes)
    weight = rng.normal(size=shapes.result_shape)
    for operation in (
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a * b,
        lambda a, b: a / b,
    ):
        a, b = Node(x), Node(y)
        (operation(a, b) * weight).sum().backward()
        assert a.grad.shape == x.shape and b.grad.shape == y.shape
        for node, f in (
            (a, lambda v, op=operation: (op(v, y) * weight).sum()),
            (b, lambda v, op=operation: (op(x, v) * weight).sum()),
        ):
            expected = complex_step_gradient(f, node.value)
            np.testing.assert_allclose(node.grad, expected, rtol=1e-12, atol=1e-12)


# ---- the graph as such


def test_fan_out_adds_up():
    x = Node(3.0)
    y = x * x + x + x
    y.backward()
    assert x.grad == 2 * 3 + 2


def test_backward_starts_afresh():
    x = Node([1.0, 2.0])
    y = (x * x).sum()
    y.backward()
    y.backward()
    np.testing.assert_array_equal(x.grad, [2, 4])


def test_parents_come_before_children_and_each_node_once():
    x, y = Node(1.0), Node(2.0)
    s = x + y
    root = s * s + s * x
    order = topological(root)
    assert len(order) == len(set(order)) == 6 and order[-1] is root
    for node in order:
        assert all(order.index(edge.parent) < order.index(node) for edge in node.edges)


def test_deep_graph_does_not_overflow_the_stack():
    x = Node(1.0)
    y = x
    for _ in range(20_000):
        y = y + x
    y.backward()
    assert x.grad == 20_001
    del y


def test_number_of_paths_does_not_matter():
    """2^60 paths lead from x to y: only visiting each node once ends."""
    x = Node(1.0)
    y = x
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad == 2.0**60


def test_stable_where_exponentials_overflow():
    z = Node([[1000.0, 0.0, -1000.0]])
    loss = -(z.log_softmax() * [[0.0, 1.0, 0.0]]).sum()
    loss.backward()
    assert loss.value == 1000
    np.testing.assert_allclose(z.grad, [[1, -1, 0]], atol=1e-15)
    np.testing.assert_allclose(Node([0.0, 0.0]).log_softmax().value, [-np.log(2)] * 2)
    assert Node([-1000.0, 1000.0]).sigmoid().value.tolist() == [0, 1]


def test_log_softmax_treats_each_row_by_itself():
    """A row a thousand below another must not underflow."""
    z = np.array([[1000.0, 999.0], [-1000.0, -1002.0]])
    np.testing.assert_allclose(Node(z).log_softmax().value, log_softmax(z, axis=-1), rtol=1e-14)


def test_only_leaves_must_be_finite():
    """What overflows on the way is shown as what it is."""
    with np.errstate(over="ignore"):
        assert (Node(1e200) * 1e200).value == np.inf


def test_an_array_keeps_its_precision_beside_a_node():
    x = Node(np.float32([1, 2]))
    assert (x + 0.1).value.dtype == np.float32
    assert (x + np.array([0.1, 0.2])).value.tolist() == [1 + 0.1, 2 + 0.2]


def test_a_power_of_zero_is_constant_even_at_zero():
    x = Node([0.0, 2.0])
    (x**0).sum().backward()
    assert x.grad.tolist() == [0, 0]


def test_local_derivatives_of_the_linear_operations():
    a, b = Node([[1.0, 2.0]]), Node([[3.0, 4.0]])
    made = a + b, a - b, -a, a.sum(), a.T
    assert [node.local for node in made] == [(1, 1), (1, -1), (-1,), (1,), (1,)]


@pytest.mark.parametrize("name", ["exp", "log", "relu", "sigmoid", "tanh", "sum", "log_softmax"])
def test_float32_stays_float32_in_each_function(name):
    x = Node(np.full((2, 3), 0.5, np.float32))
    y = getattr(x, name)()
    y.sum().backward()
    assert y.value.dtype == x.grad.dtype == np.float32


def test_float32_stays_float32():
    x = Node(np.ones((2, 3), np.float32))
    y = ((x @ np.ones((3, 2), np.float32)).tanh() * 2).log_softmax().sum()
    y.backward()
    assert y.value.dtype == x.grad.dtype == np.float32


# ---- networks: graph and MLP check each other

HIDDEN = {
    "identity": lambda z: z,
    "sigmoid": Node.sigmoid,
    "tanh": Node.tanh,
    "relu": Node.relu,
}
HEADS = {
    "softmax": lambda z, y: -(z.log_softmax() * y).sum(),
    "sigmoid": lambda z, y: -(z.sigmoid().log() * y + (-z).sigmoid().log() * (1 - y)).sum(),
    "identity": lambda z, y: ((z - y) ** 2).sum() / 2,
}


def network(weights, biases, activation, X):
    """The forward pass as a graph; `X` has the samples in rows."""
    A = Node(X)
    for layer, (W, b) in enumerate(zip(weights, biases, strict=True), start=1):
        Z = A @ W.T + b
        A = Z if layer == len(weights) else HIDDEN[activation](Z)
    return A


def example(depth, activation, output, seed):
    rng = np.random.default_rng(seed)
    sizes = [4, *rng.integers(3, 7, size=depth - 1), 3]
    net = MLP([int(s) for s in sizes], activation=activation, output=output, rng=rng)
    for b in net.biases:
        b[:] = rng.normal(size=b.shape)
    X = rng.normal(size=(5, 4))
    Y = {
        "softmax": np.eye(3)[rng.integers(3, size=5)],
        "sigmoid": rng.integers(2, size=(5, 3)).astype(float),
        "identity": rng.normal(size=(5, 3)),
    }[output]
    return net, X, Y


@pytest.mark.parametrize("l2", [0.0, 0.7])
@pytest.mark.parametrize("depth", range(1, 7))
@pytest.mark.parametrize("activation, output", list(itertools.product(HIDDEN, HEADS)))
def test_gradients_of_the_mlp(activation, output, depth, l2):
    net, X, Y = example(depth, activation, output, seed=depth)
    weights, biases = ([Node(p) for p in params] for params in (net.weights, net.biases))
    J = HEADS[output](network(weights, biases, activation, X), Y) / len(X)
    for W in weights:
        J = J + l2 / (2 * len(X)) * (W * W).sum()
    J.backward()
    assert float(J.value) == pytest.approx(net.loss(X, Y, l2), rel=1e-13)
    gradients = net.gradients(X, Y, l2)
    for node, expected in zip(
        weights + biases, [*gradients.weights, *gradients.biases], strict=True
    ):
        np.testing.assert_allclose(node.grad, expected, rtol=1e-11, atol=1e-13)


def test_extended_network_shares_the_weights_between_the_samples():
    """One copy of the network for each sample, all on the same weight nodes (S2-09)."""
    net, X, Y = example(3, "tanh", "softmax", seed=0)
    weights, biases = ([Node(p) for p in params] for params in (net.weights, net.biases))
    copies = [
        HEADS["softmax"](network(weights, biases, "tanh", x[None]), y[None])
        for x, y in zip(X, Y, strict=True)
    ]
    E = copies[0]
    for copy in copies[1:]:
        E = E + copy
    (E / len(X)).backward()
    gradients = net.gradients(X, Y)
    for node, expected in zip(weights, gradients.weights, strict=True):
        np.testing.assert_allclose(node.grad, expected, rtol=1e-12, atol=1e-14)


def test_gradients_of_the_graph_of_a_network_against_the_complex_step():
    net, X, Y = example(4, "sigmoid", "sigmoid", seed=3)
    biases = [Node(b) for b in net.biases]
    for layer in range(4):

        def cost(W, layer=layer):
            weights = [Node(W if i == layer else V) for i, V in enumerate(net.weights)]
            return HEADS["sigmoid"](network(weights, biases, "sigmoid", X), Y).value

        weights = [Node(W) for W in net.weights]
        HEADS["sigmoid"](network(weights, biases, "sigmoid", X), Y).backward()
        expected = complex_step_gradient(cost, net.weights[layer])
        np.testing.assert_allclose(weights[layer].grad, expected, rtol=1e-12, atol=1e-14)


TORCH_WRITES_ALIKE = [n for n in OPERATIONS if "array" not in n and n != "log-softmax"]


@pytest.mark.parametrize("name", TORCH_WRITES_ALIKE)
def test_every_operation_against_pytorch(name):
    torch = pytest.importorskip("torch")
    nodes = Node(A), Node(B)
    tensors = [torch.tensor(v, requires_grad=True) for v in (A, B)]
    ours, theirs = scalar(OPERATIONS[name](*nodes)), scalar(OPERATIONS[name](*tensors))
    ours.backward()
    theirs.backward()
    assert float(ours.value) == pytest.approx(theirs.item(), rel=1e-13)
    for node, tensor in zip(nodes, tensors, strict=True):
        np.testing.assert_allclose(node.grad, tensor.grad.numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("activation, output", list(itertools.product(HIDDEN, HEADS)))
def test_a_network_against_pytorch(activation, output):
    torch = pytest.importorskip("torch")
    net, X, Y = example(6, activation, output, seed=6)
    weights, biases = ([Node(p) for p in params] for params in (net.weights, net.biases))
    HEADS[output](network(weights, biases, activation, X), Y).backward()
    tensors = [torch.tensor(p, requires_grad=True) for p in (*net.weights, *net.biases)]
    A, Y = torch.tensor(X), torch.tensor(Y)
    for layer in range(6):
        A = torch.nn.functional.linear(A, tensors[layer], tensors[6 + layer])
        if layer < 5 and activation != "identity":
            A = getattr(torch, activation)(A)
    loss = {
        "softmax": lambda: torch.nn.functional.cross_entropy(A, Y, reduction="sum"),
        "sigmoid": lambda: torch.nn.functional.binary_cross_entropy_with_logits(
            A, Y, reduction="sum"
        ),
        "identity": lambda: torch.nn.functional.mse_loss(A, Y, reduction="sum") / 2,
    }[output]()
    loss.backward()
    for node, tensor in zip(weights + biases, tensors, strict=True):
        np.testing.assert_allclose(node.grad, tensor.grad.numpy(), rtol=1e-11, atol=1e-13)


# ---- how it reads


def test_repr():
    x = Node([1.0, -0.0, 2 / 3], name="x")
    assert repr(x) == "Node(x, value=[1, 0, 0.6667], grad=[0, 0, 0])"
    assert repr(x * 2) == "Node(×, value=[2, 0, 1.333], grad=[0, 0, 0])"
    assert repr(Node(np.ones((2, 3)))) == "Node(leaf, value=(2, 3), grad=(2, 3))"
    assert short(np.ones(4)) == "(4,)" and short([[1.0]]) == "(1, 1)"
    assert short(-1e-9) == "-1e-09"


def test_every_node_names_its_operation():
    a, b = Node(np.ones((2, 2))), Node(np.ones((2, 2)))
    made = [a + b, a - b, a * b, a / b, a @ b, -a, a.T, a**2, a.sum(), a.exp(), a.log()]
    made += [a.relu(), a.sigmoid(), a.tanh()]
    assert [node.op for node in made] == [
        "+",
        "−",
        "×",
        "/",
        "@",
        "−",
        "T",
        "^2",
        "Σ",
        "exp",
        "ln",
        "relu",
        "σ",
        "tanh",
    ]


def neuron():
    x, m, b, t = (Node(v, name=n) for n, v in {"x": 3.0, "m": 1.0, "b<c": -2.0, "y*": 5.0}.items())
    E = ((x * m + b).relu() - t) ** 2
    E.name = "E"
    E.backward()
    return E


SVG = "{http://www.w3.org/2000/svg}"
FIXTURES = Path(__file__).parent / "fixtures"


def test_picture_shows_every_node_with_both_halves_and_its_gradient():
    svg = ET.fromstring(to_svg(neuron(), title="One neuron & its error"))
    assert svg.find(SVG + "title").text == "One neuron & its error"
    texts = [t.text for t in svg.iter(SVG + "text")]
    assert len(list(svg.iter(SVG + "rect"))) == 9
    for text in ("x", "b<c", "E = ^2", "f 16", "f′ -8", "f′ 1 ; 3", "grad -24", "-2"):
        assert text in texts
    description = svg.find(SVG + "desc").text
    assert "× of x and m: value 3, gradient -8" in description
    assert svg.get("role") == "img"


def test_picture_takes_the_colour_of_the_text_and_is_always_the_same():
    picture = to_svg(neuron())
    assert picture == to_svg(neuron())
    svg = ET.fromstring(picture)
    paints = {e.get(k) for e in svg.iter() for k in ("fill", "stroke")}
    assert paints == {None, "none", "currentColor"}
    assert " id=" not in picture  # two pictures on a page could not share it


def test_boxes_lie_inside_the_picture_and_apart():
    x = Node(1.0, name="x")
    root = (x.exp() + x.tanh() * x + x.sigmoid()).log() / x
    root.backward()
    svg = ET.fromstring(to_svg(root))
    _, _, width, height = map(float, svg.get("viewBox").split())
    boxes = [
        tuple(float(r.get(k)) for k in ("x", "y", "width", "height"))
        for r in svg.iter(SVG + "rect")
    ]
    for x0, y0, w, h in boxes:
        assert x0 >= 0 and y0 >= 0 and x0 + w <= width and y0 + h <= height
    for (x0, y0, w, h), (x1, y1, *_) in itertools.combinations(boxes, 2):
        assert abs(x0 - x1) >= w or abs(y0 - y1) >= h


def shapes(element):
    """Rectangles as (left, top, right, bottom), texts as (x, y, text), the numbers of paths."""
    rects = []
    for r in element.iter(SVG + "rect"):
        x, y, w, h = (float(r.get(k)) for k in ("x", "y", "width", "height"))
        rects.append((x, y, x + w, y + h))
    texts = [(float(t.get("x")), float(t.get("y")), t.text) for t in element.iter(SVG + "text")]
    paths = [
        [float(v) for v in re.findall(r"-?[\d.]+", p.get("d"))] for p in element.iter(SVG + "path")
    ]
    return rects, texts, paths


def test_text_stands_inside_its_cell():
    rects, texts, paths = shapes(ET.fromstring(to_svg(neuron())))
    for left, top, right, bottom in rects:
        third = (bottom - top) / 3
        mine = [t for t in texts if left < t[0] < right and top < t[1] < bottom]
        rules = next(p for p in paths if len(p) >= 6 and p[:2] == [left, top + third])
        assert rules[2:6] == [right - left, left - right, third, right - left]  # two lines across
        cells = {0: [(left, right)], 1: [(left, right)], 2: [(left, right)]}
        if len(rules) > 6:  # f ∣ f'
            cells[1] = [(left, rules[6]), (rules[6], right)]
            assert rules[7:] == [top + third, third]
        for x, y, text in mine:
            row = int((y - top) // third)
            start, end = cells[row].pop(0)
            assert start + 4 * len(text) <= x <= end - 4 * len(text)  # 8 px for a letter
            assert top + row * third + 14 <= y <= top + (row + 1) * third - 4
        assert not any(cells.values())


def test_arrows_run_from_the_foot_of_a_parent_to_the_head_of_its_child():
    rects, _, paths = shapes(ET.fromstring(to_svg(neuron())))
    curves = [p for p in paths if len(p) == 8 and p[:2] != p[2:4] and p[0] == p[2]]
    assert len(curves) == 8  # as many as edges
    feet = {((left + right) / 2, bottom) for left, _, right, bottom in rects}
    heads = {((left + right) / 2, top - 6) for left, top, right, _ in rects}
    for curve in curves:
        assert tuple(curve[:2]) in feet and tuple(curve[-2:]) in heads
        assert curve[1] < curve[-1]


def test_picture_is_the_one_that_was_looked_at():
    """Every letter and place; after a change look at the new picture, then keep it."""
    x, m, t = (Node(v, name=n) for n, v in {"x": 3.0, "m": 1.0, "t": 5.0}.items())
    E = ((x * m + -2.0).relu() - t) ** 2
    E.backward()
    assert to_svg(E) + "\n" == (FIXTURES / "graph.svg").read_text("utf8")


def test_boxes_are_as_wide_as_the_longest_text_needs():
    leaf = Node(1.234e-10, name="x")  # has no f'
    rects, texts, _ = shapes(ET.fromstring(to_svg(leaf)))
    assert [text for _, _, text in texts] == ["x", "1.234e-10", "grad 0"]
    assert [right - left for left, _, right, _ in rects] == [20 + 8 * len("1.234e-10")]


def test_picture_of_a_large_graph_is_refused():
    y = x = Node(1.0)
    for _ in range(59):
        y = y + x
    assert to_svg(y).count("<rect") == 60
    y = y + x
    with pytest.raises(ValueError, match="root must depend on at most 60 nodes, got 61"):
        to_svg(y)


# ---- bad input


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: Node(["a"]), "value"),
        (lambda: Node([np.nan]), "value"),
        (lambda: Node([1.0, 2.0]).backward(), r"scalar, got shape \(2,\)"),
        (lambda: Node([[1.0]]) @ Node([1.0]), r"two matrices, got shapes \(1, 1\) and \(1,\)"),
        (lambda: Node([1.0]) @ Node([[1.0]]), r"two matrices, got shapes \(1,\) and \(1, 1\)"),
        (lambda: Node(2.0) ** Node(2.0), "exponent must be a number"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
