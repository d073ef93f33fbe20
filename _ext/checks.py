"""What no page may be published with: a figure without words, a cell that raised unannounced.

Each is a Sphinx warning, so ``-W`` fails. In a notebook every warning names the cell and its line.
"""

import logging as python_logging
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

log = logging.getLogger(__name__)
# myst-nb counts lines as 10,000 times the cell's place in the notebook plus the line
NOTEBOOK_LINE = re.compile(r"(\.ipynb):(\d+)(\d{4})$")


class NameCells(python_logging.Filter):
    """Turn "softmax.ipynb:120003" into "softmax.ipynb (cell 12, line 3)"."""

    def filter(self, record: python_logging.LogRecord) -> bool:
        if isinstance(place := getattr(record, "location", None), str):
            record.location = NOTEBOOK_LINE.sub(
                lambda m: f"{m[1]} (cell {m[2]}, line {int(m[3]) - 1})", place
            )
        return True


class RequireText(SphinxTransform):
    """Every picture has alternative text; only cells tagged "raises-exception" hold an error."""

    default_priority = 900  # when all figures are in the tree

    def apply(self, **kwargs: Any) -> None:
        for image in self.document.findall(nodes.image):
            if not image.get("alt", "").strip():
                log.warning(
                    "figure without alternative text: give the cell's metadata "
                    '"mystnb": {"image": {"alt": "…"}}, or write ![…](…)',
                    location=_placed(image),
                    type="checks",
                )
        for cell in self.document.findall(nodes.container):
            if cell.get("nb_element") != "cell_code" or "tag_raises-exception" in cell["classes"]:
                continue
            for output in cell.findall(nodes.literal_block):
                if "traceback" in output["classes"]:
                    error = output.astext().splitlines()[-1]
                    log.warning("the cell raised: %s", error, location=cell, type="checks")


def _placed(node: nodes.Element) -> nodes.Element:
    """The node or the nearest one around it that knows its line."""
    while not node.line and node.parent is not None:
        node = node.parent
    return node


def name_cells(app: Sphinx) -> None:
    for handler in python_logging.getLogger(logging.NAMESPACE).handlers:
        handler.addFilter(NameCells())  # runs after Sphinx's own, which write the location


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_transform(RequireText)
    app.connect("builder-inited", name_cells)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
