"""What a Markdown cell says: directives, equation labels, numbers that no cell has computed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

FENCE = re.compile(r"[ ]{0,3}(?P<marks>`{3,}|~{3,}|:{3,})[ ]*(?P<info>[^\n`]*)")
CODE_SPAN = r"(?P<ticks>`+)(?!`)(?:(?!\n\s*\n).)*?(?<!`)(?P=ticks)(?!`)"
DISPLAYED = re.compile(r"\$\$.*?\$\$(?:[ ]*\(([^)\s]+)\))?", re.S)
NUMBERED = re.compile(r"\\begin\{(equation|align|gather|multline|eqnarray|alignat)\}")
NOT_PROSE = re.compile(
    "|".join(
        [
            r"\$\$.*?\$\$",
            r"(?<!\\)\$(?:(?!\n\s*\n)[^$])*\$",
            r"\\begin\{(?P<environment>\w+\*?)\}.*?\\end\{(?P=environment)\}",
            rf"(?:\{{[\w:.-]+\}})?{CODE_SPAN}",  # roles too: {glue:text}`loss`
            r"\]\([^)]*\)",
            r"<(?:https?:|mailto:|!--|/?[a-zA-Z])[^>]*>",
        ]
    ),
    re.S,
)
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?\s?%|(?<![\w.])\d+\.\d+(?!\.?\w)")


@dataclass(frozen=True)
class Directive:
    """A fenced block: its name, what follows the name, its options and the text inside."""

    name: str
    argument: str
    options: dict[str, str]
    body: str

    @property
    def is_code(self) -> bool:
        return self.name in {"code", "code-block", "code-cell"}


def blocks(source: str) -> Iterator[Directive]:
    """All fenced blocks, nested ones too; a plain code block has the name `code`."""
    for part in _parts(source):
        if isinstance(part, Directive):
            yield part
            if not part.is_code:
                yield from blocks(part.body)


def running_text(source: str) -> str:
    """The text, inside directives too, without fences, options, code and `math` directives."""
    lines = []
    for part in _parts(source):
        if isinstance(part, str):
            lines.append(part)
        elif not part.is_code and part.name != "math":
            lines += ["", part.argument, "", running_text(part.body), ""]
    return "\n".join(lines)


def hand_typed_numbers(text: str) -> list[str]:
    """Decimals and percentages in running text: they drift when the code changes."""
    return NUMBER.findall(NOT_PROSE.sub(" ", running_text(text)))


def equation_labels(source: str) -> list[str]:
    """Labels of numbered equations: dollars first, then `math` directives."""
    labels = [label for label in DISPLAYED.findall(_without_code(source)) if label]
    return labels + [
        block.options["label"]
        for block in blocks(source)
        if block.name == "math" and "label" in block.options
    ]


def unlabelled_environments(source: str) -> list[str]:
    """TeX environments that number themselves but carry no label."""
    return NUMBERED.findall(_without_code(source))


def _without_code(source: str) -> str:
    return re.sub(CODE_SPAN, "", running_text(source), flags=re.S)


def _parts(source: str) -> Iterator[str | Directive]:
    """Lines outside fences as they are, fenced blocks whole."""
    lines = source.split("\n")
    i = 0
    while i < len(lines):
        opening = FENCE.fullmatch(lines[i])
        if not opening:
            yield lines[i]
            i += 1
            continue
        marks = opening["marks"]
        closing = re.compile(rf"[ ]{{0,3}}{marks[0]}{{{len(marks)},}}[ ]*")
        end = next((k for k in range(i + 1, len(lines)) if closing.fullmatch(lines[k])), len(lines))
        yield _directive(opening["info"].strip(), lines[i + 1 : end])
        i = end + 1


def _directive(info: str, lines: list[str]) -> Directive:
    head = re.fullmatch(r"\{([\w:.-]+)\}\s*(.*)", info)
    if not head:
        return Directive("code", info, {}, "\n".join(lines))
    options = {}
    while lines and (option := re.fullmatch(r"\s*:([\w-]+):\s*(.*)", lines[0])):
        options[option[1]] = option[2].strip()
        lines = lines[1:]
    return Directive(head[1], head[2].strip(), options, "\n".join(lines))
