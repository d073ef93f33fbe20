"""Bring mlpkit's explorers to life on the site, without a kernel and without inline scripts.

Every ES module and the style sheet is one file with its hash in its name, for the whole site. A
page with explorers gets the style sheet and one host script; their state is already in the page.
"""

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from mlpkit import explorers
from mlpkit.explorers.modules import needs, site_files

FOLDER = "explorers"
# too heavy to load before the reader comes near
NEAR = {"digit", "microscope", "replay"}
MARK = re.compile(r'<figure data-explorer="(\w+)"')
# HTML wants a caption to be the last in its figure
CAPTION = re.compile(r"(<figcaption>.*?</figcaption>)(<script.*?</script>)", re.DOTALL)


def explorers_in(doctree: nodes.document) -> list[str]:
    """Names of the page's explorers, in order."""
    raws = doctree.findall(nodes.raw)
    return [name for raw in raws for name in MARK.findall(raw.astext())]


class ShowExplorer(SphinxDirective):
    """``{explorer} Softmax`` on a page that is no notebook; its arguments as JSON in the body."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        make = getattr(explorers, self.arguments[0])
        arguments = json.loads("\n".join(self.content) or "{}")
        return [nodes.raw("", make(**arguments).to_html(), format="html")]


class NameModules(SphinxPostTransform):
    """Tell each figure where its module is."""

    default_priority = 10  # after myst-nb has chosen text/html (4)
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        files = site_files()
        page = self.app.builder.get_target_uri(self.env.docname)
        root = "../" * page.count("/") + f"_static/{FOLDER}/"

        def where(name: str) -> str:
            module, *others = (root + files[n][0] for n in [name, *needs(name)])
            near = " data-near" * (name in NEAR)
            return f'data-module="{module}" data-needs="{" ".join(others)}"{near}'

        for raw in list(self.document.findall(nodes.raw)):
            html = raw.astext()
            if not MARK.search(html):
                continue
            html = MARK.sub(lambda m: f"{m[0]} {where(m[1])}", html)
            html = CAPTION.sub(r"\2\1", html)
            # without the class "text_html", which the theme puts on a light box in dark mode
            bare = nodes.raw("", html, format="html", classes=["output"])
            raw.parent.replace(raw, bare)


def add_assets(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Load the style sheet and the host; announce the modules, which the host then finds loaded."""
    names = explorers_in(doctree) if doctree else []
    if not names:
        return
    files = site_files()
    app.add_css_file(f"{FOLDER}/{files['style'][0]}")
    app.add_js_file(f"{FOLDER}/{files['host'][0]}", type="module")
    now = [name for name in names if name not in NEAR]
    for module in dict.fromkeys(n for name in now for n in [name, *needs(name)]):
        href = context["pathto"](f"_static/{FOLDER}/{files[module][0]}", 1)
        context["metatags"] = context.get("metatags", "") + (
            f'\n<link rel="modulepreload" href="{href}">'
        )


def write_files(app: Sphinx) -> None:
    """Write the hashed files; older ones go."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir, "_static", FOLDER)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in site_files().values():
        (folder / name).write_text(text, "utf-8")


def digest(app: Sphinx, config: Config) -> None:
    """Let a change of any module rebuild the pages, which hold the hashed names."""
    names = " ".join(name for name, _ in site_files().values())
    config.explorers_digest = hashlib.sha256(names.encode()).hexdigest()


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_config_value("explorers_digest", "", "html", types=(str,))
    app.connect("config-inited", digest)
    app.connect("builder-inited", write_files)
    app.add_directive("explorer", ShowExplorer)
    app.add_post_transform(NameModules)
    app.connect("html-page-context", add_assets)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
