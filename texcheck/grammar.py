r"""Tokens to nodes: an unambiguous grammar, and what the scripts after a base mean.

Where print is ambiguous the reader refuses and says what to write instead: ``\ln a b``, ``a/b c``,
``x_12`` (a page shows x₁2), ``^{[\ell]}``, a prime on something that is not a function.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from lark import Lark, Token, Transformer, Tree, UnexpectedToken
from lark.lexer import Lexer

from .lexer import tokenize
from .nodes import Node, ReadError, node, walk

if TYPE_CHECKING:
    from .model import Model

MAX_DEPTH = 60

GRAMMAR = r"""
equation: items ((SEP | WHEN | AND) items)*
items: relation (_SEPARATOR relation)*
relation: expr (RELATION expr)*
expr: sign? term (sign term)*
!sign: PLUS | MINUS
term: seq | seq tail | seq op tail | tail
seq: factor | seq factor | seq op factor
!op: TIMES | SLASH | ODOT
tail: OPERATOR [sub] bare                               -> operate
    | OPERATOR [sub] tail                               -> operate
    | BIG sub [sup] term                                -> big
    | _FRAC _LC _D [sup] _RC by term                    -> derivative_of
?factor: bare | _LP items _RP script*                   -> grouped
bare: atom script*
?script: sub | sup | PRIME                              -> prime
sub: _UNDER scripted
sup: _CARET scripted
?scripted: _LC items _RC | leaf | TOP                   -> top
?leaf: NUM                                              -> number
     | NAME                                             -> name
     | PLAIN                                            -> plain
?atom: leaf
     | DOTS                                             -> dots
     | TOP                                              -> top
     | (_LB relation _RB | _LS relation _RS)            -> bracket
     | _LC expr _RC                                     -> brace
     | OPEN expr CLOSE                                  -> fence
     | _FRAC argument argument                          -> fraction
     | _SQRT argument                                   -> root
     | _FRAC _LC _D [sup] term _RC by                   -> derivative
     | _NABLA [sup] sub factor                          -> gradient
     | _NABLA FUNCTION _LP items _RP                    -> function_gradient
     | FUNCTION script* _LP items _RP                   -> call
     | OPERATOR [sub] (_LP items _RP | _LS items _RS)   -> operate
     | _EXPECT sub _LB expr _RB                         -> expect
     | _BEGINCASES case (_ROW case)* _ROW? _ENDCASES    -> cases
     | _BEGINMATRIX row (_ROW row)* _ROW? _ENDMATRIX    -> matrix
by: _LC (_D factor)+ _RC
?argument: _LC expr _RC | leaf
case: expr _AMP (relation | ELSE)
row: expr (_AMP expr)*
%declare SEP WHEN AND RELATION PLUS MINUS TIMES SLASH ODOT OPERATOR BIG FUNCTION NUM NAME PLAIN TOP
%declare DOTS PRIME ELSE OPEN CLOSE _SEPARATOR _D _FRAC _SQRT _NABLA _EXPECT _UNDER _CARET _ROW _AMP
%declare _LP _RP _LB _RB _LC _RC _LS _RS _BEGINCASES _ENDCASES _BEGINMATRIX _ENDMATRIX
"""


class Statement(NamedTuple):
    """A chain of relations and the conditions under which it is claimed."""

    relation: Node
    conditions: tuple[Node, ...]


class _Ready(Lexer):
    """Hands lark the tokens that the lexer has made."""

    def __init__(self, configuration: Any) -> None: ...

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]
        yield from data


def split_product(product: Node) -> tuple[Node, ...]:
    """The factors of a product by juxtaposition, such as the indices ij; else the node itself."""
    if product.kind == "product" and all(op == "" for op, _ in product.parts[0]):
        return tuple(factor for _, factor in product.parts[0])
    return (product,)


class _Builder(Transformer[Token, Any]):
    """One method for each rule of the grammar that does more than to make a node of its parts."""

    def __default__(self, rule: str, c: list[Any], meta: Any) -> Any:
        # lark spells out repetitions as rules of its own, which begin with _, and inlines them
        return Tree(rule, c) if rule.startswith("_") else Node(str(rule), tuple(c))

    def name(self, c: list[Any]) -> Node:
        return node("name", str(c[0]), True)

    def plain(self, c: list[Any]) -> Node:
        return node("name", str(c[0]), False)

    def relation(self, c: list[Any]) -> Node:
        return c[0] if len(c) == 1 else node("relation", tuple(c[::2]), tuple(map(str, c[1::2])))

    def items(self, c: list[Any]) -> tuple[Node, ...]:
        return tuple(c)

    def expr(self, c: list[Any]) -> Node:
        signs = [1 if isinstance(c[0], Node) else c.pop(0), *c[1::2]]
        terms = tuple(zip(signs, c[::2], strict=True))
        return terms[0][1] if len(terms) == 1 and signs[0] == 1 else node("sum", terms)

    def sign(self, c: list[Any]) -> int:
        return 1 if c[0].type == "PLUS" else -1

    def op(self, c: list[Any]) -> str:
        return {"TIMES": ".", "SLASH": "/", "ODOT": "o"}[c[0].type]

    def seq(self, c: list[Any]) -> list[tuple[str, Node]]:
        head: list[tuple[str, Node]] = c.pop(0) if isinstance(c[0], list) else []
        op = c.pop(0) if c and isinstance(c[0], str) else ""
        return head + [(op, factor) for factor in c]

    def term(self, c: list[Any]) -> Node:
        # ⊙ binds less than juxtaposition: A b ⊙ c is (A b) ⊙ c
        groups: list[list[tuple[str, Node]]] = [[]]
        for op, factor in self.seq(c):
            if op == "o":
                groups.append([("", factor)])
            elif op == "" and groups[-1] and groups[-1][-1][0] == "/":
                raise ReadError(r"a/b c is ambiguous: write \frac{a}{b} c")
            else:
                groups[-1].append((op, factor))
        products = tuple(g[0][1] if len(g) == 1 else node("product", tuple(g)) for g in groups)
        return products[0] if len(products) == 1 else node("hadamard", products)

    def sub(self, c: list[Any]) -> tuple[str, tuple[Node, ...]]:
        """The kind of script and its items, or the indices if they are printed as ij."""
        items = (c[0],) if isinstance(c[0], Node) else c[0]
        if isinstance(c[0], Node) and c[0].kind == "number" and len(c[0].parts[0]) > 1:
            raise ReadError(f"an index or power {c[0].parts[0]} needs braces")
        return "sub", split_product(items[0]) if len(items) == 1 else items

    def sup(self, c: list[Any]) -> tuple[str, tuple[Node, ...]]:
        return "sup", self.sub(c)[1] if isinstance(c[0], Node) else c[0]  # (ℓ)⊤ stays whole

    def prime(self, c: list[Any]) -> tuple[str, tuple[Node, ...]]:
        return "prime", ()

    def grouped(self, c: list[Any]) -> Node:
        row = node("matrix", Node("row", c[0]))
        return self.bare([node("group", c[0][0]) if len(c[0]) == 1 else row, *c[1:]])

    def bare(self, c: list[Any]) -> Node:
        """A base with its scripts: a layer in parentheses, indices, a transpose, a power."""
        base, *scripts = c
        layer = power = transposed = None
        indices: tuple[Node, ...] = ()
        for kind, items in scripts:
            if kind == "prime":
                raise ReadError("a prime may only follow a function with its argument: f'(x)")
            if kind == "sub":
                indices += items
                continue
            parts = list(split_product(items[0]))
            if parts[0].kind == "group" and base.kind == "name" and not layer:
                layer = parts.pop(0).parts[0]
            if parts and parts[-1].kind == "top" and not transposed:
                transposed = parts.pop()
            if (parts and (power or parts != list(split_product(items[0])))) or len(items) > 1:
                raise ReadError("a power beside a layer or transpose: use parentheses")
            power = items[0] if parts else power
        if power and power.kind in ("bracket", "iverson", "group"):
            raise ReadError(r"only a name has a layer, and it is printed in parentheses: ^{(\ell)}")
        if scripts and base.kind == "operate":
            raise ReadError("a script after a function's argument: put the whole in parentheses")
        if transposed and indices:
            raise ReadError("an index beside a transpose: put one of them in parentheses")
        if base.kind == "fence":
            base = node("fence", *base.parts[:2], indices)
        elif layer or indices:
            base = node("ref", base, layer, indices)
        base = node("transpose", base) if transposed else base
        return node("power", base, power) if power else base

    def bracket(self, c: list[Any]) -> Node:
        return node("iverson" if c[0].kind == "relation" else "bracket", c[0])

    def brace(self, c: list[Any]) -> Node:
        if c[0].kind in ("sum", "product", "hadamard"):
            raise ReadError("braces are not seen on the page: group with parentheses")
        return node("brace", c[0])

    def fence(self, c: list[Any]) -> Node:
        if c[0][1:] != c[2][1:]:
            raise ReadError(rf"\{c[0]} is closed by \{c[2]}")
        return node("fence", c[0][1:], c[1], ())

    def operate(self, c: list[Any]) -> Node:
        arguments = (c[2],) if isinstance(c[2], Node) else c[2]
        return node("operate", str(c[0]), c[1] and c[1][1][0], arguments)

    def call(self, c: list[Any]) -> Node:
        function, *scripts, arguments = c
        kinds = [kind for kind, _ in scripts]
        if "sup" in kinds:
            raise ReadError(
                f"a superscript on the function {function}: put its value in parentheses"
            )
        value = node("call", str(function), kinds.count("prime"), arguments)
        indices = sum((items for _, items in scripts), ())
        return node("ref", value, None, indices) if indices else value

    def big(self, c: list[Any]) -> Node:
        """Limits become variables with their lower bounds, and conditions on them."""
        operator, (_, limits), upper, body = c
        variables: list[tuple[str, Node | None]] = []
        conditions = [limit for limit in limits if limit.kind == "relation"]
        if upper and len(limits) == 1 and conditions and limits[0].parts[1] == ("=",):
            (variable, lower), _ = conditions.pop().parts
            variables = [(variable.parts[0], lower)] if variable.kind == "name" else []
        elif not upper:
            first = [limits[0].parts[0][0]] if limits[0].kind == "relation" else []
            names = [limit for limit in limits if limit.kind != "relation"] or first
            variables = [(n.parts[0], None) for n in names if n.kind == "name"]
            variables = variables if len(variables) == len(names) else []
        if not variables:
            raise ReadError(rf"cannot read the limits of \{operator}: write k, k\ne j, k=1 and C")
        bound = upper[1][0] if upper else None
        return node("big", str(operator), tuple(variables), tuple(conditions), bound, body)

    def expect(self, c: list[Any]) -> Node:
        (_, limits), body = c
        draws = len(limits) == 1 and limits[0].kind == "relation" and limits[0].parts[1] == ("sim",)
        if not draws or limits[0].parts[0][0].kind != "name":
            raise ReadError(r"an expectation names its index and distribution: \mathbb E_{k\sim p}")
        (index, distribution), _ = limits[0].parts
        return node("expect", index.parts[0], distribution, body)

    def derivative(self, c: list[Any]) -> Node:
        order, body, by = c
        variables, power = list(by.parts), order[1][0] if order else node("number", "1")
        if len(variables) == 1 and variables[0].kind == "power" and power == variables[0].parts[1]:
            variables = [variables[0].parts[0]] * 2  # ∂²/∂z²
        if len(variables) > 2 or power != node("number", str(len(variables))):
            raise ReadError("a derivative is of order 1 or 2, with as many variables below")
        for variable in reversed(variables):
            transposed = variable.kind == "transpose"  # ∂z∂zᵀ says how a Hessian is laid out
            body = node("derivative", body, variable.parts[0] if transposed else variable, False)
        result: Node = body
        return result

    def derivative_of(self, c: list[Any]) -> Node:
        return self.derivative([c[0], c[2], c[1]])

    def gradient(self, c: list[Any]) -> Node:
        order, (_, (variable, *more)), body = c
        if more or (order and order[1] != (node("number", "2"),)):
            raise ReadError(r"\nabla has one variable below and at most the power 2")
        gradient = node("derivative", body, variable, True)
        return node("derivative", gradient, variable, False) if order else gradient

    def case(self, c: list[Any]) -> Node:
        return node("case", c[0], c[1] if isinstance(c[1], Node) else None)

    def equation(self, c: list[Any]) -> list[tuple[str, tuple[Node, ...]]]:
        """("statement" or "condition", items) for each part."""
        kinds = ["SEP", *(token.type for token in c[1::2])]
        for i, kind in enumerate(kinds):
            kinds[i] = kinds[i - 1] if kind == "AND" else kind
        return list(zip(kinds, c[::2], strict=True))


@lru_cache
def _parser() -> Lark:
    how: Any = {"parser": "lalr", "lexer": _Ready, "transformer": _Builder()}
    return Lark(GRAMMAR, start="equation", maybe_placeholders=True, **how)


def read(tex: str, model: Model) -> list[Statement]:
    """The statements of a printed equation; `ReadError` names what cannot be read."""
    statements: list[Statement] = []
    tokens = tokenize(tex, model)
    if not tokens:
        raise ReadError("there is nothing to read")
    for kind, items in _parse(tokens, tex):
        if len(items) == 1 and items[0].kind in ("group", "matrix"):  # … \qquad (k \ne j)
            inner = items[0].parts[0]
            items = (inner,) if items[0].kind == "group" else inner.parts
        subject = items[0].parts[0][0] if items[0].kind == "relation" else items[0]
        # an index is no subject of a claim: k \ne j and k = 1, …, C are conditions
        aside = subject.kind == "name" and subject.parts[0] in model.indices
        if statements and (kind == "WHEN" or aside):
            relation, conditions = statements.pop()
            statements.append(Statement(relation, (*conditions, *_conditions(items))))
        elif len(items) > 1:
            raise ReadError(r"a comma inside a statement: separate statements by \qquad")
        elif items[0].kind != "relation":
            raise ReadError(r"a statement has no relation (=, \le, …)")
        else:
            statements.append(Statement(items[0], ()))
    if any(depth > MAX_DEPTH for _, depth in walk(tuple(statements))):
        raise ReadError(f"nested deeper than {MAX_DEPTH}")
    return statements


def _conditions(items: tuple[Node, ...]) -> tuple[Node, ...]:
    """Conditions; k = 1, …, C and s = 0, 1, …, S become one range."""
    if len(items) in (3, 4) and items[-2].kind == "dots" and items[0].kind == "relation":
        (index, low), signs = items[0].parts
        if signs == ("=",) and index.kind == "name":
            return (node("range", index, low, items[-1]),)
    if any(item.kind != "relation" for item in items):
        raise ReadError(r"a condition is a relation, k\ne j, or a range, k=1,\dots,C")
    return items


def _parse(tokens: list[Token], tex: str) -> list[tuple[str, tuple[Node, ...]]]:
    try:
        return _parser().parse(tokens)  # type: ignore[return-value]
    except UnexpectedToken as error:
        if error.token.type == "$END":
            raise ReadError(f"the formula ends too early: …{tex[-30:]}") from None
        column = error.token.start_pos or 0
        before, after = tex[max(0, column - 25) : column], tex[column : column + 15]
        advice = _advice(error.token, [t for t in tokens if (t.start_pos or 0) < column])
        raise ReadError(
            f"cannot read {error.token!s} at column {column}: …{before}⟦{after}⟧…{advice}"
        ) from None


def _advice(token: Token, before: list[Token]) -> str:
    named = [t for t in before if t.type != "PRIME"][-1:]
    if named and named[0].type == "FUNCTION":
        return f"; the function {named[0]} needs its argument in parentheses"
    if token.type == "_D":
        return r"; write \frac{\partial A}{\partial B}"
    if any(t.type in ("OPERATOR", "BIG") for t in before[-4:]):
        return "; an argument without parentheses ends its term"
    return ""
