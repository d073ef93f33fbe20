"""A box of class "dropdown" folds with ``<details>``: keyboard, find in page and print need no script."""

from typing import Any

from docutils import nodes
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
            if "dropdown" not in box["classes"]:
                continue
            title, *content = box.children
            # a link inside the line that folds would be a button in a button
            line = summary("", title.astext(), classes=["admonition-title"])
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


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_node(details, html=(visit_details, depart_details))
    app.add_node(summary, html=(visit_summary, depart_summary))
    app.add_post_transform(Fold)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
