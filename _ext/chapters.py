"""A chapter's reading and run time at its head, and ``{chapters}``, a table of all in numbers.

The reading time is counted from the words. The run time is the recorded one, and only as long as
the code is the code that was timed: a stale number is not shown.
"""

import json
import sys
from pathlib import Path
from typing import Any

import rows
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective
from tables import origin, words_table
from toolchain import ROOT

sys.path.append(str(ROOT / "tools"))
from nbtools import form, numbers

EXPLAINED = "chapters/coverage"
COLUMNS = {
    "equations": "equations",
    "claimed": "claimed",
    "refused": "refused",
    "exercises": "exercises",
    "questions": "self-check",
    "figures": "figures",
}


class Times(SphinxTransform):
    """One line below the title of a chapter."""

    default_priority = 895

    def apply(self, **kwargs: Any) -> None:
        path = Path(self.env.doc2path(self.env.docname))
        title = next(self.document.findall(nodes.title), None)
        if path.suffix != ".ipynb" or not path.stem[:1].isdigit() or title is None:
            return
        self.env.note_dependency(str(numbers.TIMES))
        line = nodes.paragraph("", said(path), classes=["times"])
        if EXPLAINED in self.env.found_docs:
            uri = self.env.app.builder.get_relative_uri(self.env.docname, EXPLAINED)
            how = nodes.reference(
                "", "how this is measured", refuri=f"{uri}#in-numbers", internal=True
            )
            line += [nodes.Text(" ("), how, nodes.Text(")")]
        title.parent.insert(1, line)


def said(path: Path) -> str:
    """Such as "25 minutes to read, 6 seconds to run"."""
    notebook = form.read(path)
    text = f"{numbers.minutes(notebook)} minutes to read"
    seconds = numbers.seconds(path.name, notebook)
    return text if seconds is None else f"{text}, {max(1, round(seconds))} seconds to run"


class Chapters(SphinxDirective):
    """The table, with a line of sums and the machine that was timed."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(numbers.TIMES))
        table, sums = [], dict.fromkeys(COLUMNS, 0)
        minutes, seconds = 0, 0.0
        for name in rows.chapters_of(self.env):
            path = Path(self.env.srcdir) / "chapters" / f"{name}.ipynb"
            notebook = form.read(path)
            counted, ran = numbers.count(notebook), numbers.seconds(path.name, notebook)
            read = numbers.minutes(notebook)
            minutes, seconds = minutes + read, seconds + (ran or 0)
            sums = {key: sums[key] + counted[key] for key in COLUMNS}
            times = [f"{read}", "–" if ran is None else f"{ran:.0f}"]
            table.append([name[:2].lstrip("0"), *times, *(f"{counted[key]}" for key in COLUMNS)])
        table.append(["all", f"{minutes}", f"{seconds:.0f}", *(f"{sums[key]}" for key in COLUMNS)])
        head = ["chapter", "minutes to read", "seconds to run", *COLUMNS.values()]
        found: list[nodes.Node] = [words_table(head, table)]
        if numbers.TIMES.exists():
            machine = json.loads(numbers.TIMES.read_text("utf-8"))["machine"]
            found.append(origin(machine, "make times"))
        return found


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("chapters", Chapters)
    app.add_transform(Times)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
