r"""TeX to tokens.  The lexer knows the model's names: then a grammar without conflicts is enough.

A name becomes a key in which spacing and upright type play no part: ``\mathcal L`` is ``cal L``,
``\hat{\mathbf y}`` is ``bf hat y``, ``\operatorname{softmax}`` is ``softmax`` and
``\mathcal L_{\text{reg}}`` is ``cal L_reg``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import NamedTuple, Protocol

from lark import Token

from .nodes import ReadError

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
    r"\in": "in",
}
# kinds that begin with _ carry no meaning of their own: the grammar drops them
SIGNS = {
    "+": "PLUS", "-": "MINUS", r"\cdot": "TIMES", r"\times": "TIMES", r"\odot": "ODOT",
    "/": "SLASH", "^": "_CARET", "_": "_UNDER", "'": "PRIME", "(": "_LP", ")": "_RP", "[": "_LB",
    "]": "_RB", "{": "_LC", "}": "_RC", r"\{": "_LS", r"\}": "_RS", r"\sqrt": "_SQRT",
    r"\nabla": "_NABLA", r"\top": "TOP", r"\forall": "WHEN", r"\sum": "BIG", r"\prod": "BIG",
    **dict.fromkeys([",", ";", ":", r"\colon", r"\|", r"\parallel", r"\mid"], "_SEPARATOR"),
    **{rf"\l{fence}": "OPEN" for fence in ("Vert", "vert", "ceil", "floor")},
    **{rf"\r{fence}": "CLOSE" for fence in ("Vert", "vert", "ceil", "floor")},
    **{rf"\{f}": "OPERATOR" for f in ("ln", "exp", "log", "tanh", "sin", "cos", "max", "min")},
    **{rf"\{dots}": "DOTS" for dots in ("dots", "ldots", "cdots", "vdots", "ddots")},
}  # fmt: skip
ALIGNED = {"aligned", "split", "gathered"}
TABLES = {"cases": "CASES", "pmatrix": "MATRIX", "bmatrix": "MATRIX"}
WORDS = {**dict.fromkeys(["if", "for", "forall", "forevery", "when"], "WHEN"), "where": "SEP"}
WORDS |= {"otherwise": "ELSE", "else": "ELSE", "and": "AND"}
ENDS = {"", r"\\", r"\quad", r"\qquad", r"\end", r"\text"}
HINTS = {
    "|": r"a plain bar is ambiguous: write \lvert x\rvert, or \mid or \| between arguments",
    r"\propto": "write the factor and an equals sign",
    r"\partial": r"write \frac{\partial A}{\partial B}",
    r"\infty": "no limit can be evaluated: give two sides in code",
    r"\pm": "write two equations",
}


class Piece(NamedTuple):
    text: str
    column: int


class Vocabulary(Protocol):
    """What the reader asks of a model: the keys of its values, functions and free indices."""

    @property
    def values(self) -> Collection[str]: ...
    @property
    def functions(self) -> Collection[str]: ...
    @property
    def indices(self) -> Collection[str]: ...


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
    """As :func:`short_name`, with primes and scripts that belong to the name."""
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


def tokenize(tex: str, model: Vocabulary) -> list[Token]:
    """Tokens of ``tex``: SEP between statements, WHEN before a condition."""
    return _Lexer(tex, model).run()


class _Lexer:
    def __init__(self, tex: str, model: Vocabulary) -> None:
        self.pieces = scan(tex)
        self.model = model
        self.tokens: list[Token] = []
        self.environments: list[str] = []
        self.differentials: set[Piece] = set()

    def run(self) -> list[Token]:
        i = 0
        while i < len(self.pieces):
            i = self.step(i)
        if self.environments:
            raise ReadError(rf"\begin{{{self.environments[-1]}}} has no \end")
        return self.tokens

    def put(self, kind: str, i: int, value: str | None = None) -> None:
        piece = self.pieces[i]
        self.tokens.append(Token(kind, piece.text if value is None else value, piece.column))

    def peek(self, i: int) -> str:
        return self.pieces[i].text if 0 <= i < len(self.pieces) else ""

    def step(self, i: int) -> int:
        """Read what stands at ``i``; the index after it."""
        text, following = self.pieces[i].text, self.peek(i + 1)
        table = bool(self.environments) and self.environments[-1] in TABLES
        if self.pieces[i] in self.differentials:
            self.put("_D", i)
            return argument(self.pieces, i)[1] if text == r"\mathrm" else i + 1
        if text in (r"\begin", r"\end"):
            return self.environment(i)
        if text in (r"\quad", r"\qquad", r"\\", "&"):
            if table and text in (r"\\", "&"):
                self.put("_ROW" if text == r"\\" else "_AMP", i)
            elif not table and text != "&":
                self.put("SEP", i)
        elif text in (r"\underbrace", r"\overbrace"):
            return self.underbrace(i)
        elif text == "." and following in ENDS:
            pass
        elif text + following == "{}" and self.peek(i - 1) not in ("_", "^"):
            return i + 2  # an empty group only spaces
        elif text + following == ":=":
            self.put("RELATION", i, "=")
            return i + 2
        elif text == r"\text" and self.peek(i - 1) not in ("_", "^"):
            return self.words(i)
        elif text in RELATIONS:
            self.put("RELATION", i, RELATIONS[text])
        elif text in (r"\frac", r"\dfrac", r"\tfrac"):
            self.fraction(i)
        elif text in (r"\max", r"\min") and following == "_":
            self.put("BIG", i, text[1:])
        elif text == r"\arg" and following in (r"\max", r"\min"):
            self.put("BIG", i, "arg" + following[1:])
            return i + 2
        elif text == r"\mathsf" and word(argument(self.pieces, i)[0]) == "T":
            self.put("TOP", i)
            return argument(self.pieces, i)[1]
        elif text in SIGNS:
            self.put(SIGNS[text], i, text.removeprefix("\\"))
        elif text[0].isdigit():
            self.put("NUM", i)
        else:
            return self.name(i)
        return i + 1

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

    def words(self, i: int) -> int:
        inner, after = argument(self.pieces, i)
        said = word(inner).strip(",.")
        if said not in WORDS:
            raise ReadError(
                f"the words {said!r} at column {self.pieces[i].column} stand in the formula: only "
                f"{', '.join(sorted(WORDS))} are read"
            )
        self.put(WORDS[said], i)
        return after

    def fraction(self, i: int) -> None:
        """A fraction, or a derivative if both parts begin with the same d."""
        after = i
        for _ in range(2):
            start = after + 1
            if self.peek(start).isdigit():  # \frac12 has two arguments of one digit
                digits, column = self.pieces[start]
                split = [Piece(digit, column + k) for k, digit in enumerate(digits)]
                self.pieces[start : start + 1] = split
            after = argument(self.pieces, after)[1] - 1
        mark = self.differential(i + 2)
        if not mark or self.differential(start + 1) != mark:
            self.put("_FRAC", i)
            return
        self.put("_DFRAC", i)
        self.differentials.add(self.pieces[i + 2])
        depth = 0
        for j in range(start + 1, after):
            if depth == 0 and self.peek(j - 1) not in ("_", "^") and self.differential(j) == mark:
                self.differentials.add(self.pieces[j])
            depth += (self.peek(j) in ("{", "(")) - (self.peek(j) in ("}", ")"))

    def differential(self, i: int) -> str:
        text = self.peek(i)
        if text == r"\mathrm":
            text = word(argument(self.pieces, i)[0])
        straight = text == "d" and "d" not in self.model.values
        return text if straight or text == r"\partial" else ""

    def name(self, i: int) -> int:
        declared = {*self.model.values, *self.model.functions}
        found = long_name(self.pieces, i, declared.__contains__)
        if found is None:
            text, column = self.pieces[i]
            hint = f": {HINTS[text]}" if text in HINTS else ""
            raise ReadError(f"{text} at column {column} is not read{hint}")
        key, after = found
        if key in ("bf 1", "bb 1") and self.peek(after) in ("[", r"\{"):
            return after  # an indicator: the bracket says it
        bare = key.removeprefix("bf ")
        key = key if key in declared else bare if bare in declared else key
        if key in ("argmax", "argmin"):
            self.put("BIG", i, key)
        elif key == "bb E" and self.peek(after) == "_":
            self.put("_EXPECT", i, key)
        elif key in self.model.functions and (key not in self.model.values or self.called(after)):
            self.put("FUNCTION", i, key)
        elif key not in declared and "bf " + key in declared:
            self.put("PLAIN", i, "bf " + key)
        else:
            self.put("NAME", i, key)
        return after

    def called(self, i: int) -> bool:
        """Whether an argument follows, past primes and one index."""
        while self.peek(i) == "'":
            i += 1
        return self.peek(argument(self.pieces, i)[1] if self.peek(i) == "_" else i) == "("
