r"""Tokens to nodes: an unambiguous grammar, and what the scripts after a base mean.

Where print is ambiguous the reader refuses and says what to write instead: ``\ln a b``, ``a/b c``,
``x_12`` (a page shows x₁2), ``^{[\ell]}``, a prime on something that is not a function.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from lark import Lark, Token, Transformer, Tree, UnexpectedInput, UnexpectedToken
from lark.lexer import Lexer

from .lexer import Vocabulary, tokenize
from .nodes import Node, ReadError, node, walk

MAX_DEPTH = 60

GRAMMAR = r"""
relation: expr (RELATION expr)*
items: relation (_SEPARATOR relation)*
expr: sign? term (sign term)*
!sign: PLUS | MINUS
term: seq | seq tail | seq op tail | tail
seq: factor | seq factor | seq op factor
!op: TIMES | SLASH | ODOT
tail: OPERATOR [sub] bare       -> operate
    | OPERATOR [sub] tail       -> operate
    | BIG sub [sup] term        -> big
    | differential term         -> derivative
differential: _DFRAC _LC _D [sup] _RC _LC (_D factor)+ _RC
?factor: bare | _LP items _RP script*               -> grouped
bare: atom script*
?script: sub | sup | PRIME                          -> prime
sub: _UNDER scripted
sup: _CARET scripted
?scripted: _LC items _RC | leaf | TOP               -> top
?leaf: NUM                                          -> number
     | NAME                                         -> name
     | PLAIN                                        -> plain
?atom: leaf
     | DOTS                                         -> dots
     | TOP                                          -> top
     | (_LB relation _RB | _LS relation _RS)        -> bracket
     | _LC expr _RC                                 -> brace
     | OPEN expr CLOSE                              -> fence
     | _FRAC argument argument                      -> fraction
     | _SQRT argument                               -> root
     | _DFRAC _LC _D [sup] term _RC _LC (_D factor)+ _RC  -> whole_derivative
     | _NABLA [sup] sub factor                      -> gradient
     | _NABLA FUNCTION _LP items _RP                -> function_gradient
     | FUNCTION script* _LP items _RP               -> call
     | OPERATOR [sub] _LP items _RP                 -> operate
     | OPERATOR [sub] _LS items _RS                 -> operate
     | _EXPECT sub _LB expr _RB                     -> expect
     | _BEGINCASES case (_ROW case)* _ROW? _ENDCASES    -> cases
     | _BEGINMATRIX row (_ROW row)* _ROW? _ENDMATRIX    -> matrix
?argument: _LC expr _RC | leaf
case: expr _AMP (relation | ELSE)
row: expr (_AMP expr)*
%declare RELATION _SEPARATOR PLUS MINUS TIMES SLASH ODOT OPERATOR BIG FUNCTION NUM NAME PLAIN DOTS
%declare TOP PRIME ELSE OPEN CLOSE _DFRAC _FRAC _SQRT _NABLA _EXPECT _D _UNDER _CARET _LP _RP _LB
%declare _RB _LC _RC _LS _RS _BEGINCASES _ENDCASES _BEGINMATRIX _ENDMATRIX _ROW _AMP
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

    def prime(self, c: list[Any]) -> tuple[str, tuple[Node, ...]]:
        return "prime", ()

    def sub(self, c: list[Any]) -> tuple[str, tuple[Node, ...]]:
        return "sub", self.script_items(c[0])

    def sup(self, c: list[Any]) -> tuple[str, tuple[Node, ...]]:
        return "sup", self.script_items(c[0])

    def script_items(self, script: Any) -> tuple[Node, ...]:
        if not isinstance(script, Node):
            return tuple(script)
        if script.kind == "number" and len(script.parts[0]) > 1:
            raise ReadError(f"an index or power {script.parts[0]} needs braces")
        return (script,)

    def grouped(self, c: list[Any]) -> Node:
        inside = c[0]
        row = node("matrix", Node("row", inside))
        return self.bare([node("group", inside[0]) if len(inside) == 1 else row, *c[1:]])

    def bare(self, c: list[Any]) -> Node:
        """A base with its scripts: a layer in parentheses, indices, a transpose, a power."""
        base, layer, power, transposed = c[0], None, None, False
        indices: tuple[Node, ...] = ()
        for kind, items in c[1:]:
            if kind == "prime":
                raise ReadError("a prime may only follow a function with its argument: f'(x)")
            if kind == "sub":
                indices += split_product(items[0]) if len(items) == 1 else items
                continue
            if len(items) != 1:
                raise ReadError("a superscript holds one layer, power or transpose")
            parts = list(split_product(items[0]))
            if parts[0].kind == "group" and base.kind == "name" and layer is None:
                layer = parts.pop(0).parts[0]
            if parts and parts[-1].kind == "top" and not transposed:
                transposed = bool(parts.pop())
            if parts and (power or len(parts) < len(split_product(items[0]))):
                raise ReadError(
                    "a power beside a layer or a transpose: put the base in parentheses"
                )
            power = items[0] if parts else power
        if power and power.kind in ("bracket", "iverson", "group"):
            raise ReadError(r"only a name has a layer, and it is printed in parentheses: ^{(\ell)}")
        if len(c) > 1 and base.kind == "operate":
            raise ReadError("a script after a function's argument: put the whole in parentheses")
        if base.kind == "fence":
            base = node("fence", *base.parts[:2], indices)
        elif layer or indices:
            if transposed and indices:
                raise ReadError("an index beside a transpose: put one of them in parentheses")
            base = node("ref", base, layer, indices)
        if transposed:
            base = node("transpose", base)
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
        kinds = [kind for kind, _ in c[1:-1]]
        if "sup" in kinds:
            raise ReadError(f"a superscript on the function {c[0]}: put its value in parentheses")
        picks = [split_product(i[0]) if len(i) == 1 else i for kind, i in c[1:-1] if i]
        value = node("call", str(c[0]), kinds.count("prime"), c[-1])
        return node("ref", value, None, sum(picks, ())) if picks else value

    def function_gradient(self, c: list[Any]) -> Node:
        return node("function_gradient", str(c[0]), c[1])

    def big(self, c: list[Any]) -> Node:
        """Limits become variables (key, lower bound, set) and conditions on them."""
        operator, (_, limits), upper, body = c
        variables: list[tuple[str, Node | None, Node | None]] = []
        conditions = []
        for limit in limits:
            names = split_product(limit)
            if limit.kind == "relation" and limit.parts[0][0].kind == "name":
                key, sign = limit.parts[0][0].parts[0], limit.parts[1]
                if sign == ("=",) and upper:
                    variables.append((key, limit.parts[0][1], None))
                elif sign == ("in",):
                    variables.append((key, None, limit.parts[0][1]))
                else:
                    if not variables:
                        variables.append((key, None, None))
                    conditions.append(limit)
            elif limit.kind == "relation" and variables:
                conditions.append(limit)
            elif all(name.kind == "name" for name in names):
                variables += [(name.parts[0], None, None) for name in names]
            else:
                raise ReadError(rf"cannot read the limits of \{operator}: write k, k=1 or k\ne j")
        if upper and (len(variables) != 1 or variables[0][1] is None or len(upper[1]) != 1):
            raise ReadError(rf"\{operator} needs one lower bound k=… for its upper bound")
        bound = upper[1][0] if upper else None
        return node("big", str(operator), tuple(variables), tuple(conditions), bound, body)

    def expect(self, c: list[Any]) -> Node:
        (_, limits), body = c
        drawn = limits[0]
        if len(limits) > 1 or drawn.kind != "relation" or drawn.parts[1] != ("sim",):
            raise ReadError(r"an expectation names its index and distribution: \mathbb E_{k\sim p}")
        return node("expect", drawn.parts[0][0].parts[0], drawn.parts[0][1], body)

    def differential(self, c: list[Any]) -> tuple[Node, ...]:
        order, *variables = c
        power = order[1][0] if order else node("number", "1")
        if len(variables) == 1 and variables[0].kind == "power" and power == variables[0].parts[1]:
            variables = [variables[0].parts[0]] * 2
        variables = [v.parts[0] if v.kind == "transpose" else v for v in variables]
        if len(variables) > 2 or power != node("number", str(len(variables))):
            raise ReadError("a derivative is of order 1 or 2, with as many variables below")
        return tuple(variables)

    def whole_derivative(self, c: list[Any]) -> Node:
        return self.derivative([self.differential([c[0], *c[2:]]), c[1]])

    def derivative(self, c: list[Any]) -> Node:
        for variable in reversed(c[0]):
            c[1] = node("derivative", c[1], variable, False)
        result: Node = c[1]
        return result

    def gradient(self, c: list[Any]) -> Node:
        order, (_, variable), body = c
        gradient = node("derivative", body, variable[0], True)
        if order and order[1] != (node("number", "2"),):
            raise ReadError(r"\nabla has at most the power 2")
        return node("derivative", gradient, variable[0], False) if order else gradient

    def case(self, c: list[Any]) -> Node:
        return node("case", c[0], c[1] if isinstance(c[1], Node) else None)


@lru_cache
def _parser() -> Lark:
    return Lark(
        GRAMMAR,
        parser="lalr",
        lexer=_Ready,
        transformer=_Builder(),
        start=["relation", "items"],
        maybe_placeholders=True,
    )


def read(tex: str, model: Vocabulary) -> list[Statement]:
    """The statements of a printed equation; :class:`ReadError` names what cannot be read."""
    statements: list[tuple[list[Token], list[list[Token]]]] = []
    for kind, tokens, continues in _parts(tokenize(tex, model)):
        if len(tokens) > 3 and [tokens[i].type for i in (0, 2, -1)] == ["_LP", "RELATION", "_RP"]:
            tokens = tokens[1:-1]
        if statements and len(tokens) > 1 and tokens[1].type == "RELATION":
            # … \qquad k \ne j, or k = 1, …, C: an index is no subject of a claim
            kind = "condition" if tokens[0] in model.indices else kind
        if statements and kind == "condition":
            statements[-1][1].append(tokens)
        elif statements and continues and tokens[0].type in ("RELATION", "PLUS", "MINUS", "TIMES"):
            statements[-1][0].extend(tokens)
        else:
            statements.append((tokens, []))
    if not statements:
        raise ReadError("there is nothing to read")
    result = []
    for tokens, conditions in statements:
        relation = _parse("relation", tokens, tex)
        if relation.kind != "relation":
            raise ReadError(
                rf"no relation (=, \le, …) stands in …{tex[tokens[0].start_pos :][:40]}"
            )
        items = [_conditions(_parse("items", tokens, tex)) for tokens in conditions]
        result.append(Statement(relation, sum(items, ())))
    if any(depth > MAX_DEPTH for _, depth in walk(tuple(result))):
        raise ReadError(f"nested deeper than {MAX_DEPTH}")
    return result


def _parts(tokens: list[Token]) -> Iterator[tuple[str, list[Token], bool]]:
    """Tokens between separators, as ("statement" or "condition", tokens, may continue a chain)."""
    kind, part, table, continues = "statement", list[Token](), 0, False
    for token in [*tokens, Token("SEP", "")]:
        table += token.type.startswith("_BEGIN") - token.type.startswith("_END")
        comma = bool(part) and part[-1].type == "_SEPARATOR" and part[-1] in ",;"
        if comma and token.type in ("SEP", "WHEN", "AND", "_ROW", "_ENDCASES", "_AMP"):
            part.pop()
        if table and token.type == "WHEN":
            continue
        if table or token.type not in ("SEP", "WHEN", "AND"):
            part.append(token)
            continue
        if part:
            yield kind, part, continues
            continues = not comma
        part = []
        if token.type != "AND" or kind != "condition":
            kind = "condition" if token.type == "WHEN" else "statement"


def _conditions(items: tuple[Node, ...]) -> tuple[Node, ...]:
    """Conditions; k = 1, …, C and s = 0, 1, …, S become one range."""
    if len(items) in (3, 4) and items[-2].kind == "dots" and items[0].kind == "relation":
        (index, low), signs = items[0].parts
        if signs == ("=",) and index.kind == "name":
            return (node("range", index, low, items[-1]),)
    if any(item.kind != "relation" for item in items):
        raise ReadError(r"a condition is a relation, k\ne j, or a range, k=1,\dots,C")
    return items


def _parse(start: str, tokens: list[Token], tex: str) -> Any:
    try:
        return _parser().parse(tokens, start=start)
    except UnexpectedToken as error:
        if error.token.type == "$END":
            raise ReadError(f"the formula ends too early: …{tex[-30:]}") from None
        column = error.token.start_pos or 0
        before, after = tex[max(0, column - 25) : column], tex[column : column + 15]
        raise ReadError(
            f"cannot read {error.token!s} at column {column}: …{before}⟦{after}⟧…"
            f"{_advice(error.token, tokens)}"
        ) from None
    except UnexpectedInput as error:
        raise ReadError(f"cannot read the formula: {error}") from None


def _advice(token: Token, tokens: list[Token]) -> str:
    before = tokens[: next(i for i, other in enumerate(tokens) if other is token)]
    named = [t for t in before if t.type != "PRIME"][-1:]
    if named and named[0].type == "FUNCTION":
        return f"; the function {named[0]} needs its argument in parentheses"
    if any(t.type in ("OPERATOR", "BIG") for t in before[-4:]):
        return "; an argument without parentheses ends its term"
    if token.type == "_SEPARATOR":
        return r"; separate statements by \qquad"
    return ""
