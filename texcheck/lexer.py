r"""TeX to tokens.  The lexer knows the model's names: then a grammar without conflicts is enough.

A name becomes a key in which spacing and upright type play no part: ``\mathcal L`` is ``cal L``,
``\hat{\mathbf y}`` is ``bf hat y``, ``\operatorname{softmax}`` is ``softmax`` and
``\mathcal L_{\text{reg}}`` is ``cal L_reg``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from lark import Token

from .nodes import ReadError

if TYPE_CHECKING:
    from .model import Model

MAX_CHARACTERS, MAX_NESTING = 4000, 30

PIECE = re.compile(r"%.*|\\[A-Za-z]+\*?|\\.|\d+(?:\.\d+)?|\S", re.S)
SKIP = {r"\,", r"\;", r"\:", r"\!", "\\ ", "\\\n", "~", r"\left", r"\right", r"\displaystyle"}
SKIP |= {"\\" + size + side for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r")}
SKIP |= {r"\limits", r"\nolimits"}
UPRIGHT = {r"\mathrm", r"\operatorname", r"\operatorname*", r"\text", r"\mathsf"}
MARKS = {r"\mathbf": "bf ", r"\boldsymbol": "bf ", r"\mathcal": "cal ", r"\mathbb": "bb "}
MARKS |= {r"\hat": "hat ", r"\widehat": "hat ", r"\bar": "bar ", r"\tilde": "tilde "}
LETTER = re.compile(
    r"[A-Za-z]|\\(alpha|beta|gamma|delta|(var)?epsilon|zeta|eta|(var)?theta|iota|kappa|lambda|mu|nu|xi"
    r"|pi|rho|sigma|tau|upsilon|(var)?phi|chi|psi|omega|ell|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi"
    r"|Psi|Omega)"
)
RELATIONS = {
    **dict.fromkeys(["=", r"\coloneqq", r"\equiv"], "="),
    **dict.fromkeys([r"\ge", r"\geq"], ">="),
    **dict.fromkeys([r"\ne", r"\neq"], "!="),
    **dict.fromkeys([r"\leftarrow", r"\gets"], "<-"),
    **dict.fromkeys([r"\le", r"\leq"], "<="),
    "<": "<",
    ">": ">",
    r"\approx": "~",
    r"\sim": "sim",
}
# kinds that begin with _ carry no meaning of their own: the grammar drops them
SIGNS = {
    "+": "PLUS", "-": "MINUS", r"\cdot": "TIMES", r"\times": "TIMES", r"\odot": "ODOT",
    "/": "SLASH", "^": "_CARET", "_": "_UNDER", "'": "PRIME", "(": "_LP", ")": "_RP", "[": "_LB",
    "]": "_RB", "{": "_LC", "}": "_RC", r"\{": "_LS", r"\}": "_RS", r"\sqrt": "_SQRT",
    r"\nabla": "_NABLA", r"\top": "TOP", r"\forall": "WHEN", r"\sum": "BIG", r"\prod": "BIG",
    r"\partial": "_D",
    **dict.fromkeys([",", ";", ":", r"\colon", r"\|", r"\parallel", r"\mid"], "_SEPARATOR"),
    **{rf"\l{fence}": "OPEN" for fence in ("Vert", "vert", "ceil", "floor")},
    **{rf"\r{fence}": "CLOSE" for fence in ("Vert", "vert", "ceil", "floor")},
    **{rf"\{f}": "OPERATOR" for f in ("ln", "exp", "log", "tanh", "sin", "cos", "max", "min")},
    **{rf"\{dots}": "DOTS" for dots in ("dots", "ldots", "cdots", "vdots", "ddots")},
}  # fmt: skip
ALIGNED = {"aligned", "split", "gathered"}
TABLE_TOKENS = ("_ROW", "_AMP", "_ENDCASES", "_ENDMATRIX")
TABLES = {"cases": "CASES", "pmatrix": "MATRIX", "bmatrix": "MATRIX"}
WORDS = {**dict.fromkeys(["if", "for", "forall", "forevery", "when"], "WHEN"), "where": "SEP"}
WORDS |= {"otherwise": "ELSE", "else": "ELSE", "and": "AND"}
ENDS = {"", r"\\", r"\quad", r"\qquad", r"\end", r"\text"}
HINTS = {
    "|": r"a plain bar is ambiguous: write \lvert x\rvert, or \mid or \| between arguments",
    r"\propto": "write the factor and an equals sign",
    r"\in": "check a statement about sets in words",
    r"\infty": "no limit can be evaluated: give two sides in code",
    r"\pm": "write two equations",
}


class Piece(NamedTuple):
    text: str
    column: int


def scan(tex: str) -> list[Piece]:
    """The pieces that carry meaning; bounded in length and nesting."""
    if len(tex) > MAX_CHARACTERS:
        raise ReadError(f"the equation is longer than {MAX_CHARACTERS} characters")
    pieces = [Piece(match.group(), match.start()) for match in PIECE.finditer(tex)]
    depth = 0
    for text, column in pieces:
        depth += (text in ("{", "(", "[", r"\{")) - (text in ("}", ")", "]", r"\}"))
        if depth > MAX_NESTING:
            raise ReadError(f"nested deeper than {MAX_NESTING} at column {column}")
    return [piece for piece in pieces if piece.text[0] != "%" and piece.text not in SKIP]


def relation_signs(tex: str) -> int:
    r"""How many relation signs are printed; a book stores the number to see that none is lost.

    >>> relation_signs(r"H = -\sum_{k=1}^n p_k \ln p_k \le \ln n")
    3
    """
    return sum(piece.text in RELATIONS for piece in scan(tex))


def argument(pieces: list[Piece], i: int) -> tuple[list[Piece], int]:
    """The argument of the macro at ``i``, braced or one piece, and the index after it."""
    macro, i = pieces[i], i + 1
    if i >= len(pieces) or pieces[i].text == "}":
        raise ReadError(f"{macro.text} at column {macro.column} lacks its argument")
    depth, start = 0, i
    while i < len(pieces):
        depth += (pieces[i].text == "{") - (pieces[i].text == "}")
        i += 1
        if depth == 0:
            braced = pieces[start].text == "{"
            return (pieces[start + 1 : i - 1] if braced else pieces[start:i]), i
    raise ReadError(f"the brace at column {pieces[start].column} is never closed")


def word(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def short_name(pieces: list[Piece], i: int) -> tuple[str, int] | None:
    """The key of the name at ``i``, without scripts, and the index after it; None if no name."""
    text = pieces[i].text
    if LETTER.fullmatch(text):
        return text.removeprefix("\\"), i + 1
    if text not in UPRIGHT and text not in MARKS:
        return None
    inner, after = argument(pieces, i)
    if text in UPRIGHT:
        return word(inner), after
    found = short_name(inner, 0) if inner else None
    if text in (r"\mathbf", r"\mathbb") and word(inner).isalnum():
        found = word(inner), len(inner)  # \mathbf 1
    if found is None or found[1] != len(inner):
        raise ReadError(f"the argument of {text} at column {pieces[i].column} is not a name")
    key = MARKS[text] + found[0]
    # bold goes first, so that \mathbf{\hat y} and \hat{\mathbf y} are the same
    return ("bf " + key.replace("bf ", "") if "bf " in key else key), after


def long_name(
    pieces: list[Piece], i: int, declared: Callable[[str], bool]
) -> tuple[str, int] | None:
    """As `short_name`, with primes and scripts that belong to the name."""
    found = short_name(pieces, i)
    while found and found[1] < len(pieces):
        key, i = found
        if pieces[i].text == "'" and declared(key + "'"):
            found = key + "'", i + 1
            continue
        if pieces[i].text not in ("_", "^"):
            break
        script, after = argument(pieces, i)
        inner = argument(script, 0) if script and script[0].text in UPRIGHT else ([], 0)
        worded = inner[1] == len(script) and word(inner[0]) not in ("", "T")
        longer = key + pieces[i].text + word(inner[0] if worded else script)
        if not worded and not declared(longer):
            break
        found = longer, after
    return found


@lru_cache(maxsize=4096)
def canonical(tex: str) -> str:
    r"""The key of a name as a model declares it.

    >>> canonical(r"\hat{\mathbf y}"), canonical("H_2"), canonical(r"\mathcal{L}_{\text{reg}}")
    ('bf hat y', 'H_2', 'cal L_reg')
    """
    pieces = scan(tex)
    found = long_name(pieces, 0, lambda key: True) if pieces else None
    if found is None or found[1] != len(pieces):
        raise ReadError(f"{tex!r} is not a name")
    return found[0]


def tokenize(tex: str, model: Model) -> list[Token]:
    """Tokens of ``tex``: SEP between statements, WHEN before a condition, AND between either."""
    tokens = _Lexer(tex, model).run()
    kept, comma = list[Token](), False
    for token, following in zip(tokens, [*tokens[1:], Token("SEP", "")], strict=False):
        if token == "," and following.type in ("SEP", "WHEN", "AND", *TABLE_TOKENS):
            comma = True
            continue
        if token.type == "SEP":
            # a line that begins with a sign goes on with the statement, but not after a comma
            continues = following.type in ("RELATION", "PLUS", "MINUS", "TIMES") and not comma
            if continues or not kept or following.type in ("SEP", "WHEN", "AND"):
                continue
        kept.append(token)
        comma = False
    return kept


class _Lexer:
    def __init__(self, tex: str, model: Model) -> None:
        self.pieces = scan(tex)
        self.model = model
        self.declared = {*model.values, *model.functions}
        self.tokens: list[Token] = []
        self.environments: list[str] = []

    def run(self) -> list[Token]:
        i = 0
        while i < len(self.pieces):
            i = self.step(i)
        if self.environments:
            raise ReadError(rf"\begin{{{self.environments[-1]}}} has no \end")
        return self.tokens

    def put(self, kind: str, i: int, value: str | None = None, after: int | None = None) -> int:
        """Add a token for what stands at ``i``; the index after it."""
        piece = self.pieces[i]
        self.tokens.append(Token(kind, piece.text if value is None else value, piece.column))
        return i + 1 if after is None else after

    def peek(self, i: int) -> str:
        return self.pieces[i].text if 0 <= i < len(self.pieces) else ""

    def step(self, i: int) -> int:
        """Read what stands at ``i``; the index after it."""
        text, following = self.pieces[i].text, self.peek(i + 1)
        scripted = self.peek(i - 1) in ("_", "^")
        table = bool(self.environments) and self.environments[-1] in TABLES
        if text in (r"\begin", r"\end"):
            return self.environment(i)
        if table and text in (r"\\", "&"):
            return self.put("_ROW" if text == r"\\" else "_AMP", i)
        if text in (r"\\", r"\quad", r"\qquad") and not table:
            return self.put("SEP", i)
        if text in ("&", r"\quad", r"\qquad") or (text == "." and following in ENDS):
            return i + 1
        if text + following == "{}" and not scripted:
            return i + 2  # an empty group only spaces
        if text in (r"\underbrace", r"\overbrace"):
            return self.underbrace(i)
        if text == r"\text" and not scripted:
            return self.words(i, table)
        if text + following == ":=":
            return self.put("RELATION", i, "=", i + 2)
        if text in RELATIONS:
            return self.put("RELATION", i, RELATIONS[text])
        if text in (r"\frac", r"\dfrac", r"\tfrac"):
            return self.fraction(i)
        if text in (r"\max", r"\min") and following == "_":
            return self.put("BIG", i, text[1:])
        if text == r"\arg" and following in (r"\max", r"\min"):
            return self.put("BIG", i, "arg" + following[1:], i + 2)
        if text == r"\mathsf" and word(argument(self.pieces, i)[0]) == "T":
            return self.put("TOP", i, after=argument(self.pieces, i)[1])
        if text in SIGNS:
            return self.put(SIGNS[text], i, text.removeprefix("\\"))
        return self.put("NUM", i) if text[0].isdigit() else self.name(i)

    def environment(self, i: int) -> int:
        inner, after = argument(self.pieces, i)
        name, opens = word(inner), self.pieces[i].text == r"\begin"
        if name not in ALIGNED and name not in TABLES:
            raise ReadError(f"environment {name!r} at column {self.pieces[i].column} is not read")
        if opens:
            self.environments.append(name)
        elif not self.environments or self.environments.pop() != name:
            raise ReadError(rf"\end{{{name}}} at column {self.pieces[i].column} has no \begin")
        if name in TABLES:
            self.put(("_BEGIN" if opens else "_END") + TABLES[name], i)
        return after

    def underbrace(self, i: int) -> int:
        """The braced part counts as if in parentheses; what is written under it is not read."""
        inner, after = argument(self.pieces, i)
        if self.peek(after) in ("_", "^"):
            after = argument(self.pieces, after)[1]
        column = self.pieces[i].column
        self.pieces[i:after] = [Piece("(", column), *inner, Piece(")", column)]
        return i

    def words(self, i: int, table: bool) -> int:
        inner, after = argument(self.pieces, i)
        said = word(inner).strip(",.")
        if said not in WORDS:
            raise ReadError(f"the words {said!r} stand in the formula: put them beside it")
        return after if table and WORDS[said] == "WHEN" else self.put(WORDS[said], i, after=after)

    def fraction(self, i: int) -> int:
        at = i + 1
        for _ in range(2):  # \frac12 has two arguments of one digit
            if len(self.peek(at)) > 1 and self.peek(at).isdigit():
                digits, column = self.pieces[at]
                split = [Piece(digit, column + k) for k, digit in enumerate(digits)]
                self.pieces[at : at + 1] = split
            at = argument(self.pieces, at - 1)[1]
        return self.put("_FRAC", i)

    def name(self, i: int) -> int:
        found = long_name(self.pieces, i, self.declared.__contains__)
        if found is None:
            text, column = self.pieces[i]
            hint = f": {HINTS[text]}" if text in HINTS else ""
            raise ReadError(f"{text} at column {column} is not read{hint}")
        key, after = found
        if key in ("bf 1", "bb 1") and self.peek(after) in ("[", r"\{"):
            return after  # an indicator: the bracket says it
        bare = key.removeprefix("bf ")
        key = key if key in self.declared else bare if bare in self.declared else key
        if key in ("argmax", "argmin"):
            return self.put("BIG", i, key, after)
        if key == "bb E" and self.peek(after) == "_":
            return self.put("_EXPECT", i, key, after)
        if key in self.model.functions and (key not in self.model.values or self.called(after)):
            return self.put("FUNCTION", i, key, after)
        if key not in self.declared and "bf " + key in self.declared:
            return self.put("PLAIN", i, "bf " + key, after)
        # an undeclared d can only be that of a derivative
        return self.put("_D" if key == "d" and key not in self.declared else "NAME", i, key, after)

    def called(self, i: int) -> bool:
        """Whether an argument follows, past primes and one index."""
        while self.peek(i) == "'":
            i += 1
        return self.peek(argument(self.pieces, i)[1] if self.peek(i) == "_" else i) == "("
