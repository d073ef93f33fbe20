"""Formulas as MathML, typeset while the book is built: the reader's browser has nothing to do.

Temml, in one Node process that lives as long as the build, translates the TeX. Sphinx numbers the
equations and resolves ``{eq}``. A TeX error is a Sphinx warning with its place: ``-W`` fails on it.
"""

import html
import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from claims import mark
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.fileutil import copy_asset_file
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator
from toolchain import NODE_MODULES, find_node
from typography import refine, spell

log = logging.getLogger(__name__)
TEMML_CSS = NODE_MODULES / "temml/dist/Temml-STIX2.css"
FONT = NODE_MODULES / "@fontsource/stix-two-math/files/stix-two-math-latin-400-normal.woff2"
FONT_NAME = "STIXTwoMath.woff2"  # as the style sheet calls it
# commands that number or refer, which Sphinx does here
NUMBERING = re.compile(
    r"\\(label|tag|ref|eqref)\b|\\begin\{(equation|align|gather|alignat|multline)\}"
)

TOKENS = re.compile(r"\\[a-zA-Z]+|\\.|.", re.DOTALL)


class TeXError(ValueError):
    """TeX that Temml does not understand."""


@cache
def _process() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [find_node(), Path(__file__).with_name("temml.mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


@cache
def typeset(tex: str, display: bool) -> str:
    """MathML of a formula; raises TeXError."""
    process = _process()
    assert process.stdin and process.stdout
    print(json.dumps({"tex": tex, "display": display}), file=process.stdin, flush=True)
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("Temml's process has ended: see its message above")
    answer = json.loads(line)
    if "error" in answer:
        raise TeXError(" ".join(answer["error"].split()))
    return refine(answer["mathml"])


def _render(node: nodes.Element, display: bool) -> str:
    tex = node.astext()
    try:
        if found := NUMBERING.search(tex):
            raise TeXError(f"{found[0]}: number an equation by (eq-name) after its closing $$")
        parts = side_by_side(tex) if display else [tex]
        return "".join(typeset(part, display) for part in parts)
    except TeXError as error:
        log.warning("TeX error: %s in: %s", error, " ".join(tex.split()), location=node, type="tex")
        return f"<code>{html.escape(tex)}</code>"


def side_by_side(tex: str) -> list[str]:
    """The statements that \\qquad sets apart on one line, which a phone shows below each other."""
    parts, depth = [""], 0
    for token in TOKENS.findall(tex):
        depth += (token in {"{", r"\begin", r"\left"}) - (token in {"}", r"\end", r"\right"})
        if token == r"\qquad" and not depth:
            parts.append("")
        else:
            parts[-1] += token
    return parts


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    formula = _render(node, display=False)
    if _names_something(node):
        formula = formula.replace("<math", f'<math aria-label="{html.escape(spell(formula))}"', 1)
    self.body.append(formula)
    raise nodes.SkipNode


def _names_something(node: nodes.math) -> bool:
    """Is it all of a header cell or of the line of a fold? Their names are read from text alone."""
    box = node.parent
    around = [box, box.parent, box.parent.parent, box.parent.parent.parent]
    named = any(type(outer).__name__ in {"dropdown_title", "thead"} for outer in around)
    return named and box.astext() == node.astext()


def visit_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """A formula that scrolls in its own box when it is too wide, and its number beside it."""
    self.body.append(self.starttag(node, "div", CLASS="equation"))
    self.body.append(f'<div class="equation-formula">{_render(node, display=True)}</div>')
    if node["number"]:
        number, label = get_node_equation_number(self, node), _("Link to this equation")
        self.body.append(f'<a class="eqno" href="#{node["ids"][0]}" title="{label}">({number})</a>')
        self.body.append(mark(node, number))
    self.body.append("</div>\n")
    raise nodes.SkipNode


def copy_files(app: Sphinx) -> None:
    if not TEMML_CSS.exists():
        raise ExtensionError("Temml is not installed: run `npm ci`")
    if app.builder.format == "html":
        folder = Path(app.outdir, "_static", "math")
        folder.mkdir(parents=True, exist_ok=True)
        copy_asset_file(TEMML_CSS, folder)
        copy_asset_file(FONT, folder / FONT_NAME)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.add_css_file(f"math/{TEMML_CSS.name}")
    app.connect("builder-inited", copy_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
