"""What the book as one page needs, from which the PDF is printed."""

from typing import Any

from sphinx.application import Sphinx


def merge_visitors(app: Sphinx) -> None:
    """sphinx-exercise registers its nodes for "singlehtml"; Sphinx then forgets all for "html"."""
    handlers = app.registry.translation_handlers
    if app.builder.name == "singlehtml":
        handlers["singlehtml"] = handlers["html"] | handlers.get("singlehtml", {})


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("builder-inited", merge_visitors)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
