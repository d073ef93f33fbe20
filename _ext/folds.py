"""Folds are ``<details>``: keyboard, find in page and print need no script.

A box of class "dropdown" becomes one; the folded code of a cell, which is one already, gets a name
that screen readers and axe accept.
"""

from html import escape
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator


class details(nodes.General, nodes.Element):
    """The fold itself."""


class summary(nodes.General, nodes.TextElement):
    """The line that stays."""


class Fold(SphinxPostTransform):
    """Move what a dropdown box holds into a fold under its title."""

    default_priority = 900  # after sphinx-exercise has written the titles
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        for box in list(self.document.findall(nodes.Admonition)):
            if isinstance(box, addnodes.desc):
                continue  # Sphinx counts the description of a function among the boxes
            for section in list(box.findall(nodes.section)):
                section["ids"] = []  # sphinx-exercise gives all of a page's boxes the same two
            if "dropdown" in box["classes"]:
                title, *content = box.children
                # a link inside the line that folds would be a button in a button
                line = summary("", title.astext(), classes=["fold-title"])
                box.children = []
                box += details("", line, *content)


def visit_details(self: HTML5Translator, node: details) -> None:
    self.body.append(self.starttag(node, "details"))


def depart_details(self: HTML5Translator, node: details) -> None:
    self.body.append("</details>\n")


def visit_summary(self: HTML5Translator, node: summary) -> None:
    self.body.append(self.starttag(node, "summary", ""))


def depart_summary(self: HTML5Translator, node: summary) -> None:
    self.body.append("</summary>\n")


def visit_code(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """As myst-nb writes it, but named by its visible text and without paragraphs in a summary."""
    self.body.append(self.starttag(node, "details", CLASS="admonition hide"))
    self.body.append(
        '<summary class="fold-title">'
        f'<span class="collapsed">{escape(node["prompt_show"])}</span>'
        f'<span class="expanded">{escape(node["prompt_hide"])}</span></summary>\n'
    )


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_node(details, html=(visit_details, depart_details))
    app.add_node(summary, html=(visit_summary, depart_summary))
    app.add_node(HideCodeCellNode, override=True, html=(visit_code, depart_details))
    app.add_post_transform(Fold)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
