"""What other sites show of a page when somebody links to it: Open Graph tags and a picture.

The picture must have an absolute address, so it is made only where the book has one.
"""

import hashlib
from html import escape
from pathlib import Path
from textwrap import fill
from typing import Any

from address import SITE
from docutils import nodes
from sphinx.application import Sphinx

FOLDER = "_static/cards"
INK, PAPER = "#1a4f8a", "#ffffff"
BARS = [0.245, 0.665, 0.090]  # the three probabilities of the favicon


def draw_card(title: str, book: str, path: Path) -> None:
    """A card of 1200 by 630 pixels, the size that other sites ask for."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor=INK)
    FigureCanvasAgg(figure)
    figure.text(0.07, 0.86, book, color=PAPER, fontsize=26, va="center", alpha=0.9)
    figure.text(
        0.07, 0.5, fill(title, 26), color=PAPER, fontsize=46, va="center", weight="bold",
        linespacing=1.25, parse_math=False,
    )  # fmt: skip
    figure.text(0.07, 0.12, "Nothing is taken on trust.", color=PAPER, fontsize=26, va="center")
    axes = figure.add_axes((0.76, 0.1, 0.18, 0.8))
    axes.bar(range(3), BARS, color=PAPER, alpha=0.9)
    axes.set_ylim(0, 0.7)
    axes.axis("off")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})


def add_tags(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if not doctree:
        return
    book = app.config.html_title or app.config.project
    heading = doctree.next_node(nodes.title)
    title = heading.astext() if heading else book
    tags = {
        "og:title": title,
        "og:site_name": book,
        "og:type": "website" if page == app.config.root_doc else "article",
        "og:description": context.get("description", title),
    }
    if SITE:
        name = hashlib.sha256(f"{book}\n{title}".encode()).hexdigest()[:10] + ".png"
        card = Path(app.outdir, FOLDER, name)
        if not card.exists():
            draw_card(title, book, card)
        tags["og:url"] = context["pageurl"]
        tags["og:image"] = f"{SITE}{FOLDER}/{name}"
        tags["og:image:width"], tags["og:image:height"] = "1200", "630"
        tags["og:image:alt"] = f"{book}: {title}"
        context["metatags"] += '\n<meta name="twitter:card" content="summary_large_image">'
    for name, value in tags.items():
        context["metatags"] += f'\n<meta property="{name}" content="{escape(value)}">'


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", add_tags, priority=600)  # after the description is known
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
