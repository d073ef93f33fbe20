"""What a Markdown cell says: labels, exercises, and numbers that no cell has computed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

FENCE = re.compile(r"^[ ]{0,3}(?P<marks>`{3,}|~{3,}|:{3,})[ ]*(?P<info>[^\n]*)$")
DISPLAYED = re.compile(r"\$\$.*?\$\$(?:[ ]*\(([^)\s]+)\))?", re.S)
NUMBERED_ENVIRONMENT = re.compile(r"\\begin\{(equation|align|gather|multline|eqnarray|alignat)\}")
# what is not prose: mathematics, roles and code, link targets, tags and addresses, options
NOT_PROSE = re.compile(
    r"\$\$.*?\$\$|(?<!\\)\$(?:(?!\n\s*\n)[^$])*\$|\\begin\{(\w+\*?)\}.*?\\end\{\1\}"
    r"|(?:\{[\w:.-]+\})?(`+)(?!`).*?(?<!`)\2(?!`)"
    r"|\]\([^)]*\)|<(?:https?:|mailto:|!--|/?[a-zA-Z])[^>]*>|^:[\w-]+:[^\n]*$",
    re.S | re.M,
)
NUMBER = re.compile(r"(?<![\w.])\d+\.\d+(?!\.?\w)|(?<![\w.])\d+(?:\.\d+)?\s?%")


@dataclass(frozen=True)
class Directive:
    """A fenced block: its name, what follows the name, its options and the text inside."""

    name: str
    argument: str
    options: dict[str, str]
    body: str


def blocks(source: str) -> Iterator[Directive]:
    """All fenced blocks, nested ones too; a plain code block has the name `code`."""
    lines = source.split("\n")
    i = 0
    while i < len(lines):
        opening = FENCE.match(lines[i])
        if not opening:
            i += 1
            continue
        marks = opening["marks"]
        closing = re.compile(rf"^[ ]{{0,3}}{re.escape(marks[0])}{{{len(marks)},}}[ ]*$")
        end = next((k for k in range(i + 1, len(lines)) if closing.match(lines[k])), len(lines))
        block = _directive(opening["info"].strip(), lines[i + 1 : end])
        yield block
        if block.name not in {"code", "code-block", "math"}:
            yield from blocks(block.body)
        i = end + 1


def _directive(info: str, lines: list[str]) -> Directive:
    head = re.fullmatch(r"\{([\w:.-]+)\}\s*(.*)", info)
    if not head:
        return Directive("code", info, {}, "\n".join(lines))
    options = {}
    while lines and (option := re.match(r"\s*:([\w-]+):\s*(.*)", lines[0])):
        options[option[1]] = option[2].strip()
        lines = lines[1:]
    return Directive(head[1], head[2].strip(), options, "\n".join(lines))


def without_code_blocks(source: str) -> str:
    """Drop plain code blocks and `math` directives; keep the text of all other directives."""
    for block in blocks(source):
        if block.name in {"code", "code-block", "math"} and block.body:
            source = source.replace(block.body, "")
    return source


def hand_typed_numbers(text: str) -> list[str]:
    """Decimals and percentages in running text: they drift when the code changes."""
    prose = NOT_PROSE.sub(" ", without_code_blocks(text))
    return [match.group() for match in NUMBER.finditer(prose)]


def equation_labels(source: str) -> list[str]:
    """Labels of numbered equations, in order of appearance."""
    plain = _without_code(source)
    directives = [
        b.options["label"] for b in blocks(source) if b.name == "math" and "label" in b.options
    ]
    return [label for label in DISPLAYED.findall(plain) if label] + directives


def unlabelled_environments(source: str) -> list[str]:
    """TeX environments that number themselves but carry no label."""
    return NUMBERED_ENVIRONMENT.findall(_without_code(source))


def _without_code(source: str) -> str:
    for block in blocks(source):
        if block.name in {"code", "code-block"} and block.body:
            source = source.replace(block.body, "")
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", source, flags=re.S)
