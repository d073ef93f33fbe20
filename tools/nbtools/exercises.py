"""Each exercise has one folded solution, and code in a solution is a cell that runs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from nbformat import NotebookNode

from nbtools import prose


def labels(notebook: NotebookNode) -> list[str]:
    """Labels of the exercises, in order."""
    return [
        block.options.get("label", "")
        for cell in _markdown(notebook)
        for block in prose.blocks(cell.source)
        if block.name in {"exercise", "exercise-start"}
    ]


def check(notebook: NotebookNode) -> Iterator[str]:
    """Yield one message for each exercise or solution that is not whole."""
    asked, answered, gates = [], [], []
    for cell in _markdown(notebook):
        for block in prose.blocks(cell.source):
            where = f"[{cell.get('id')}]: {{{block.name}}}"
            if block.name in {"exercise", "exercise-start"}:
                asked.append(block.options.get("label", ""))
                if not re.fullmatch(r"ex(-[a-z0-9]+)+", asked[-1]):
                    yield f"{where} needs a :label: such as ex-softmax-shift, got {asked[-1]!r}"
            elif block.name in {"solution", "solution-start"}:
                answered.append(block.argument)
                if "dropdown" not in block.options.get("class", ""):
                    yield f"{where} {block.argument} is not folded: add :class: dropdown"
            if block.name.endswith(("-start", "-end")):
                gates.append(block.name)
    yield from (f"exercise {label} has no solution" for label in asked if label not in answered)
    yield from (
        f"solution to {label}, which is no exercise here"
        for label in answered
        if label not in asked
    )
    yield from (f"two solutions to {label}" for label, n in Counter(answered).items() if n > 1)
    yield from _gates(gates)
    yield from _unrun_code(notebook)


def _gates(gates: list[str]) -> Iterator[str]:
    for opening, closing in pairwise([*gates, ""]):
        if opening.endswith("-start") and closing != opening.replace("-start", "-end"):
            yield f"{{{opening}}} is followed by {closing or 'nothing'}, not by its end"
    for before, gate in pairwise(["", *gates]):
        if gate.endswith("-end") and before != gate.replace("-end", "-start"):
            yield f"{{{gate}}} without its start"


def _unrun_code(notebook: NotebookNode) -> Iterator[str]:
    """Python shown in a solution's text is code that nothing runs."""
    inside = False
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "markdown":
            continue
        for block in prose.blocks(cell.source):
            inside = block.name == "solution-start" or (inside and block.name != "solution-end")
            nested = list(prose.blocks(block.body)) if block.name == "solution" else []
            shown = [b for b in ([block] if inside else nested) if b.is_code]
            if any(b.argument.split()[:1] in (["python"], ["py"], ["ipython3"]) for b in shown):
                yield f"cell {index} [{cell.get('id')}]: a solution's code must be a code cell, run"


def _markdown(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]
