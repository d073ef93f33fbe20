"""``{rows} DOCUMENT``: what the sources say, row by row, with links to the cells that answer it.

A row is answered by the cells that name it in their metadata, ``"rows": ["S0-05", "Q4"]``. One that
no cell names is a warning, so the build fails.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from tables import make_table
from toolchain import ROOT

sys.path.append(str(ROOT / "tools"))
from nbtools import sources

log = logging.getLogger(__name__)
LINES_A_CELL = 10_000  # myst-nb's line numbers: this times the cell's place, plus the line
ANCHOR = "cell-"


def read_cells(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text("utf-8"))["cells"]


class MarkCells(SphinxTransform):
    """Give each cell that answers rows an anchor, ``cell-`` and its id."""

    default_priority = 890  # when sphinx-exercise has joined its boxes

    def apply(self, **kwargs: Any) -> None:
        path = Path(self.env.doc2path(self.env.docname))
        if path.suffix != ".ipynb":
            return
        wanted = {
            place: ANCHOR + cell["id"]
            for place, cell in enumerate(read_cells(path))
            if cell["metadata"].get("rows")
        }
        for node in list(self.document.findall(nodes.Element)):
            if isinstance(node, nodes.document) or isinstance(node.parent, nodes.TextElement):
                continue
            is_code = node.get("nb_element") == "cell_code"
            place = node["cell_index"] if is_code else (node.line or 0) // LINES_A_CELL - 1
            if place not in wanted or node.parent is None:
                continue
            if is_code:
                node["ids"].append(wanted.pop(place))
            elif isinstance(node, nodes.title) and isinstance(node.parent, nodes.section):
                node.parent["ids"].append(wanted.pop(place))
            elif isinstance(node.parent, nodes.section | nodes.document):
                mark = nodes.target("", "", ids=[wanted.pop(place)])
                node.parent.insert(node.parent.index(node), mark)


class Rows(SphinxDirective):
    """The table of one document, or of the questions."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        documents = sources.load()["rows"]
        if self.arguments[0] not in documents:
            raise self.error(f"rows must be one of {', '.join(documents)}; got {self.arguments[0]}")
        self.env.note_dependency(str(sources.ROWS))
        answers = sources.places(chapters_of(self.env))
        table = []
        for row, title in documents[self.arguments[0]].items():
            if row not in answers:
                log.warning("no cell answers %s, %r", row, title, location=self.get_location())
            links = self.links(answers.get(row, []))
            name = nodes.inline("", row, classes=["unbroken"])
            table.append([[name], [nodes.Text(title)], list(links)])
        return [make_table(["row", "what it says", "answered in"], table)]

    def links(self, places: list[sources.Place]) -> Iterator[nodes.Node]:
        """One for each section with such a cell, to the first of them; chapters by number."""
        seen: set[tuple[str, str]] = set()
        chapter = ""
        for place in places:
            if (place.chapter, place.heading) in seen:
                continue
            if seen:
                yield nodes.Text("; " if place.chapter != chapter else ", ")
            seen.add((place.chapter, place.heading))
            number = f"{int(place.chapter[:2])} " if place.chapter != chapter else ""
            chapter = place.chapter
            uri = self.env.app.builder.get_relative_uri(self.env.docname, f"chapters/{chapter}")
            text = number + place.heading
            yield nodes.reference("", text, refuri=f"{uri}#{ANCHOR}{place.cell}", internal=True)


def chapters_of(env: BuildEnvironment) -> dict[str, list[dict[str, Any]]]:
    """The cells of every chapter; the page that asks is made anew when one changes."""
    docs = sorted(doc for doc in env.found_docs if doc.startswith("chapters/"))
    paths = [Path(env.doc2path(doc)) for doc in docs if doc[len("chapters/")].isdigit()]
    for path in paths:
        env.note_dependency(str(path))
    return {path.stem: read_cells(path) for path in paths}


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("rows", Rows)
    app.add_transform(MarkCells)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
