"""What a code cell says, read from its syntax tree: asserts, claims, and what can never fail."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from IPython.core.inputtransformer2 import TransformerManager

from nbtools import prose

TOLERANCES = {"atol", "rtol", "tol", "abs_tol", "rel_tol"}
LARGEST_TOLERANCE = 0.1
SHOWN = {"print", "glue"}
# nbval runs with no history, no input and no updates of what was shown before
NOT_REPLAYED = {"clear_output", "input", "update_display"}


def parse(source: str) -> ast.Module:
    """Parse a cell, magics included; what is not Python counts as empty, for nbval will run it."""
    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError:
        return ast.Module([], [])


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """All calls of a function or method with one of these names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in names:
            yield node


def count_asserts(tree: ast.AST) -> int:
    """Count `assert` statements and calls such as `np.testing.assert_allclose`."""
    return sum(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Call) and _name(node.func).startswith("assert_"))
        for node in ast.walk(tree)
    )


def claimed_labels(tree: ast.AST) -> list[str | None]:
    """The label of each `claim`; None where it is not written out."""
    return [
        call.args[0].value
        if call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
        else None
        for call in calls(tree, "claim")
    ]


def check(tree: ast.AST) -> Iterator[str]:
    """Complain of checks that cannot fail and of calls that nbval cannot replay."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            if _always_true(node.test):
                yield f"vacuous assert: {ast.unparse(node.test)}"
            yield from _loose_comparison(node.test)
        elif isinstance(node, ast.Call):
            yield from _loose_keywords(node)
            if _name(node.func) in NOT_REPLAYED or any(
                k.arg == "display_id" for k in node.keywords
            ):
                yield f"nbval cannot replay {_name(node.func)}"
            if _name(node.func) in SHOWN:
                yield from _typed_numbers(node)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _always_true(test: ast.expr) -> bool:
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.Tuple):  # assert (condition, "message")
        return bool(test.elts)
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return any(_always_true(value) for value in test.values)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        same = ast.dump(test.left) == ast.dump(test.comparators[0])
        return same and isinstance(test.ops[0], ast.Eq | ast.Is | ast.LtE | ast.GtE)
    return False


def _loose_keywords(call: ast.Call) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg in TOLERANCES and _number(keyword.value) > LARGEST_TOLERANCE:
            yield f"tolerance of {ast.unparse(keyword.value)} checks nothing"


def _loose_comparison(test: ast.expr) -> Iterator[str]:
    """`abs(a - b) < 1e9`: a difference held against a number of order one or more."""
    for node in ast.walk(test):
        if not (isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Lt | ast.LtE)):
            continue
        limit = node.comparators[0]
        distance = any(
            isinstance(inner, ast.Sub)
            for call in calls(node.left, "abs", "absolute", "fabs", "norm")
            for inner in ast.walk(call)
        )
        if _number(limit) >= (1 if distance else 1e6):
            yield f"tolerance of {ast.unparse(limit)} checks nothing"


def _typed_numbers(call: ast.Call) -> Iterator[str]:
    """`print("loss 0.0384")`: it would go on saying so whatever the code computes."""
    for argument in call.args:
        for node in ast.walk(argument):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for number in prose.NUMBER.findall(node.value):
                    yield f"{number} typed in a printed string: compute it"


def _number(node: ast.expr) -> float:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return 0.0
    return float(value) if isinstance(value, int | float) else 0.0
