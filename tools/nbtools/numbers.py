"""What a chapter asks of its reader and what it proves, in numbers; nothing here is typed."""

from __future__ import annotations

import hashlib
import json
import math
import re
from pathlib import Path

from nbformat import NotebookNode

from nbtools import code, conventions, exercises, prose

WORDS_PER_MINUTE = 100  # of a text that is followed with a pencil; novels are read at 250
TIMES = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "chapters.json"
WORD = re.compile(r"\w")
QUESTION = re.compile(r"^\*\*\d+\. ", re.M)
SLIPS = re.compile(r"^(eq-[\w-]+): (?:false variant refused|.*; \d+ slips? refused)", re.M)


def minutes(notebook: NotebookNode) -> int:
    """Minutes to read the text: its words, those in folds too, and its formulas as they stand."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    words = sum(
        bool(WORD.search(word)) for text in texts for word in prose.running_text(text).split()
    )
    return math.ceil(words / WORDS_PER_MINUTE)


def digest(notebook: NotebookNode) -> str:
    """Changes with the code, so that a time which was measured before is known to be stale."""
    source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return hashlib.sha256(source.encode()).hexdigest()[:12]


def seconds(name: str, notebook: NotebookNode, path: Path = TIMES) -> float | None:
    """The measured run time of this code; None where it has not been measured."""
    times = json.loads(path.read_text(encoding="utf-8"))["chapters"] if path.exists() else {}
    known = times.get(name, {})
    return known["seconds"] if known.get("code") == digest(notebook) else None


def count(notebook: NotebookNode) -> dict[str, int]:
    """Equations and how they are checked, exercises, questions, figures."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    printed = "".join(output.get("text", "") for cell in cells for output in cell.outputs)
    labels = conventions.labels(notebook)
    claimed = {label for cell in cells for label in code.claimed_labels(code.parse(cell.source))}
    return {
        "equations": len(labels),
        "claimed": len(claimed & {*labels}),
        "refused": len({*SLIPS.findall(printed)} & {*labels}),
        "exercises": len(exercises.labels(notebook)),
        "questions": sum(len(QUESTION.findall(text)) for text in texts),
        "figures": sum(
            bool({"image/png", "image/svg+xml"} & {*output.get("data", {})})
            for cell in cells
            for output in cell.outputs
        ),
    }
