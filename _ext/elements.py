"""HTML of three elements that docutils writes in a way that Lighthouse or axe refuses."""

from typing import Any
from urllib.parse import quote

from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


def visit_image(self: HTML5Translator, node: nodes.image) -> None:
    """With its size, so that the text does not jump, and loaded when it comes near."""
    uri = node["uri"]
    attributes = {"alt": node.get("alt", ""), "loading": "lazy", "decoding": "async"}
    if uri in self.builder.images:
        attributes["src"] = f"{self.builder.imgpath}/{quote(self.builder.images[uri])}"
        if not uri.endswith(".svg"):
            with Image.open(self.builder.srcdir / uri) as image:
                attributes["width"], attributes["height"] = map(str, image.size)
    else:
        attributes["src"] = uri
    self.body.append(self.emptytag(node, "img", "\n", **attributes))


def visit_citation(self: HTML5Translator, node: nodes.citation) -> None:
    """Without "doc-biblioentry", a deprecated role, and the list that may not hold it."""
    self.body.append(self.starttag(node, "div", CLASS="citation"))


def depart_citation(self: HTML5Translator, node: nodes.citation) -> None:
    self.body.append("</div>\n")


def nothing(self: HTML5Translator, node: nodes.Element) -> None:
    pass


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_node(nodes.image, override=True, html=(visit_image, nothing))
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
