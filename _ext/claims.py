"""The mark beside a checked equation: it opens what was checked.

In a notebook a claim prints its line, and the equation once more, under the cell. On the page both
move to the equation itself: the line into the mark, and the repeated equation away.
"""

import re
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from toolchain import COMMIT_MARK

LINE = re.compile(r"(eq(?:-[a-z0-9]+)+): (.+)")


def _words(node: nodes.Element) -> str:
    return " ".join(node.astext().split())


class MoveClaims(SphinxPostTransform):
    """Give each numbered equation the lines of its claims, which leave the outputs."""

    default_priority = 700  # after myst-nb has chosen the form of each output
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        equations = {
            node["label"]: node
            for node in self.document.findall(nodes.math_block)
            if node.get("number")
        }
        for output in list(self.document.findall(_is_output)):
            claimed = set()
            for block in list(output.findall(nodes.literal_block)):
                rest = []
                for line in block.astext().splitlines():
                    found = LINE.fullmatch(line)
                    if found and found[1] in equations:
                        equations[found[1]].setdefault("claims", []).append(found[2])
                        claimed.add(_words(equations[found[1]]))
                    else:
                        rest.append(line)
                if claimed and any(rest):
                    block.children = [nodes.Text("\n".join(rest))]
                    block.rawsource = "\n".join(rest)
                elif claimed:
                    block.parent.remove(block)
            for repeated in list(output.findall(nodes.math_block)):
                if _words(repeated) in claimed:
                    repeated.parent.remove(repeated)
            if not output.astext().strip() and not any(output.findall(nodes.image)):
                output.parent.remove(output)


def _is_output(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code_output"


def mark(node: nodes.math_block, number: str) -> str:
    """HTML of the mark beside equation ``number``; empty where nothing was claimed."""
    if not node.get("claims"):
        return ""
    lines = "".join(f"<li>{escape(line)}</li>" for line in node["claims"])
    return (
        f'<details class="claim"><summary aria-label="Equation {number} is checked: show how" '
        f'title="checked">✓</summary><ul>{lines}</ul>{COMMIT_MARK}</details>'
    )


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_post_transform(MoveClaims)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
