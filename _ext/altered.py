"""``{altered}``: the equations that were altered on purpose, and what refused each.

The table is what ``make alter`` has recorded by running the chapters.
"""

import json
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from tables import make_table
from toolchain import ROOT

RECORD = ROOT / "tests" / "altered_equations.json"


class Altered(SphinxDirective):
    """One line for each equation: its number, what was altered, the print, the refusal."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(RECORD))
        table = [
            [
                [self.number(row["equation"], row["chapter"])],
                [nodes.Text(row["altered"])],
                [nodes.math("", row["with"]), self.words(row)],
            ]
            for row in json.loads(RECORD.read_text("utf-8"))
        ]
        return [make_table(["equation", "altered", "printed then, and refused with"], table)]

    def words(self, row: dict[str, str]) -> nodes.inline:
        said = row["fails with"].partition(f"{row['equation']}: ")[2]
        return nodes.inline("", said, classes=["below"])

    def number(self, label: str, chapter: str) -> nodes.Element:
        if f"chapters/{chapter}" not in self.env.found_docs:
            return nodes.literal(label, label)
        target = {"refdomain": "math", "reftype": "eq", "reftarget": label}
        return addnodes.pending_xref("", nodes.literal(label, label), **target, refwarn=True)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("altered", Altered)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
