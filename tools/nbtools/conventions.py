"""Conventions of the book: each equation claimed, source rows known, each figure described."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from nbformat import NotebookNode

from nbtools import code, exercises, prose, sources

LABEL = re.compile(r"eq(-[a-z0-9]+)+")
ROWS = frozenset(sources.known())
SHORTEST_ALT = 40
FILE_NAME = re.compile(r"\S+\.(?:png|svg|jpe?g|gif|webp)", re.I)


def labels(notebook: NotebookNode) -> list[str]:
    """Labels of the numbered equations, in order."""
    return [label for cell in _markdown(notebook) for label in prose.equation_labels(cell.source)]


def check(notebook: NotebookNode) -> Iterator[str]:
    """Check what one chapter can be asked for by itself."""
    yield from _claims(notebook)
    for index, cell in enumerate(notebook.cells):
        problems = [*_rows(cell), *_alternative_text(cell)]
        yield from (f"cell {index} [{cell.get('id')}]: {problem}" for problem in problems)
    yield from exercises.check(notebook)


def check_book(chapters: dict[str, NotebookNode]) -> Iterator[str]:
    """Check what must be unique in the whole book."""
    for kind, listing in (("equation", labels), ("exercise", exercises.labels)):
        seen: dict[str, str] = {}
        for name, notebook in chapters.items():
            for label in listing(notebook):
                if label in seen:
                    yield f"{name}: {kind} {label} is also in {seen[label]}"
                seen[label] = name


def _markdown(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def _claims(notebook: NotebookNode) -> Iterator[str]:
    claimed: set[str] = set()
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        found = code.claimed_labels(code.parse(cell.source))
        shown = "".join(str(o.get("text", "")) + str(o.get("data", "")) for o in cell.outputs)
        for label in found:
            if label is None:
                yield f"cell {index} [{cell.get('id')}]: claim without a label written out"
            # its own line shows that the call was reached
            elif not re.search(rf"{re.escape(label)}(?![\w-])(?!: false variant)", shown):
                yield f"cell {index} [{cell.get('id')}]: claim {label} has printed nothing"
            else:
                claimed.add(label)
    defined = labels(notebook)
    for label in defined:
        if not LABEL.fullmatch(label):
            yield f"equation label {label!r}: expected eq- and lower-case words"
        elif label not in claimed:
            yield f"equation {label} has no claim"
    for label in sorted(claimed - set(defined)):
        yield f"claim {label} has no equation in this chapter"


def _rows(cell: NotebookNode) -> Iterator[str]:
    rows = cell.metadata.get("rows", [])
    if not isinstance(rows, list):
        yield f"rows: expected a list such as ['S0-05', 'S3-12'], got {rows!r}"
        return
    for row in rows:
        if row not in ROWS:
            yield f"rows: {row!r} is not in the map of the sources"
    yield from (f"rows: {row!r} twice" for row, n in Counter(map(str, rows)).items() if n > 1)


def _alternative_text(cell: NotebookNode) -> Iterator[str]:
    if cell.cell_type == "markdown":
        yield from _markdown_pictures(cell.source)
        return
    drawn = [
        o
        for o in cell.get("outputs", [])
        if {"image/png", "image/svg+xml"} & set(o.get("data", {}))
    ]
    alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
    if len(drawn) > 1:
        yield "two figures in a cell share one alternative text: one figure a cell"
    if drawn:
        yield from _describe(alt)
    for number in prose.hand_typed_numbers(alt):
        yield f"{number} typed in alternative text: it drifts from the figure"


def _markdown_pictures(source: str) -> Iterator[str]:
    for alt in re.findall(r"!\[([^\]]*)\]\(", prose.running_text(source)):
        yield from _describe(alt)
    for block in prose.blocks(source):
        if block.name in {"figure", "image"}:
            yield from _describe(block.options.get("alt", ""))


def _describe(alt: str) -> Iterator[str]:
    if FILE_NAME.search(alt):
        yield f"alternative text is a file name: {alt!r}"
    elif len(alt) < SHORTEST_ALT or " " not in alt.strip():
        yield f"figure needs a sentence as alternative text (mystnb.image.alt), got {alt!r}"
