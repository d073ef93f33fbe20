"""Where the site lives, and when all of it must be written anew."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from textwrap import shorten
from typing import Any

from address import BOOK_REPOSITORY, SITE
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config


def set_address(app: Sphinx, config: Config) -> None:
    """A fork's own address; the book at home has none."""
    config.html_baseurl = SITE
    config.html_theme_options["repository_url"] = BOOK_REPOSITORY


def set_digest(app: Sphinx, config: Config) -> None:
    """Sphinx rewrites every page when the code or a tool that writes pages has changed."""
    here = Path(__file__).parent
    sources = [*sorted(here.glob("*.*")), here.parent / "package-lock.json"]
    config.site_digest = hashlib.sha256(b"".join(p.read_bytes() for p in sources)).hexdigest()


def describe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """What search engines show of a page: its first paragraph, formulas left out."""
    paragraphs = doctree.findall(nodes.paragraph) if doctree else ()
    # not the line with the times to read and to run
    if paragraph := next((p for p in paragraphs if "times" not in p["classes"]), None):
        words = [t.astext() for t in paragraph.findall(nodes.Text) if not _in_formula(t)]
        context["description"] = shorten("".join(words), 160, placeholder=" …")
    if page == app.config.root_doc:
        context["pageurl"] = SITE or None  # the folder, not one of its two names
    elif not doctree:
        context["pageurl"] = None  # search and 404 are no pages to be found


def add_missing_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """What a host shows for an address that is not in the book."""
    yield "404", {"title": "Page not found"}, "404.html"


def drop_removed_pages(app: Sphinx, exception: Exception | None) -> None:
    """Sphinx leaves the file of a page that is no longer in the book."""
    pages = {*app.env.found_docs, "index", "search", "404"}
    for file in Path(app.outdir).rglob("*.html"):
        name = file.relative_to(app.outdir).with_suffix("").as_posix()
        if name not in pages and not name.startswith("_"):
            file.unlink()


def _in_formula(text: nodes.Text) -> bool:
    return isinstance(text.parent, nodes.math)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_config_value("site_digest", "", "env", types=(str,))
    app.connect("config-inited", set_address)
    app.connect("config-inited", set_digest)
    app.connect("html-page-context", describe)
    app.connect("html-collect-pages", add_missing_page)
    app.connect("build-finished", drop_removed_pages)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
