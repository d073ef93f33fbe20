"""The rows of the sources, with errata and questions, and the cells that answer them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROWS = Path(__file__).resolve().parents[2] / "chapters" / "rows.json"
# of a chapter's title the part before the colon
HEADING = re.compile(r"^(?:#[ ]+([^:\n]+).*|#{2,6}[ ]+(.+?)[ ]*)$", re.M)


@dataclass(frozen=True)
class Place:
    """A cell that answers a row, and the heading that it stands under."""

    chapter: str  # "03_softmax"
    cell: str
    heading: str


def load(path: Path = ROWS) -> dict[str, Any]:
    """``rows``: document → row → what it says; ``lost`` and ``silent``: rows without a claim."""
    return json.loads(path.read_text(encoding="utf-8"))


def known(path: Path = ROWS) -> list[str]:
    """Every row, erratum and question, in order."""
    return [row for document in load(path)["rows"].values() for row in document]


def places(chapters: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, list[Place]]:
    """From chapters (name → cells) to the cells that carry each row, in reading order."""
    found: dict[str, list[Place]] = {}
    for chapter, cells in chapters.items():
        heading = ""
        for cell in cells:
            found_here = HEADING.findall(_text(cell)) if cell["cell_type"] == "markdown" else []
            headings = [title or section for title, section in found_here]
            # an exercise's cell closes one box and opens the next: its first heading counts
            heading = headings[0] if headings else heading
            for row in cell["metadata"].get("rows", []):
                found.setdefault(row, []).append(Place(chapter, cell["id"], heading))
            heading = headings[-1] if headings else heading
    return found


def unanswered(chapters: Mapping[str, Iterable[Mapping[str, Any]]]) -> list[str]:
    """The rows that no cell carries."""
    answered = places(chapters)
    return [row for row in known() if row not in answered]


def _text(cell: Mapping[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)
