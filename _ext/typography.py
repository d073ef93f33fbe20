"""Where browsers set MathML unlike TeX: three touches for a formula, one for the text around it."""

import re
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

SCRIPTED = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}
JOINTS = {"mfrac": "/", "msub": "_", "msup": "^"}
TAILED = set("gjpqyφψρμ𝐠𝐣𝐩𝐪𝐲")  # letters that reach below the line
OPENING = re.compile(r"[(\[“‘—]+$")
CLOSING = re.compile(r"^[,.;:!?)\]”’—]+")


def refine(mathml: str) -> str:
    """Close up operators in indices and exponents; lift the index of a letter with tail and hat.

    The space after a function's name goes where nothing follows: "φ = tanh, and".
    """
    formula = ElementTree.fromstring(mathml)
    outer = last = formula
    while len(last):
        outer, last = last, last[-1]
    if last.tag == "mspace":
        outer.remove(last)
    for base in formula.iter():
        if base.tag not in SCRIPTED:
            continue
        nucleus, *scripts = base
        for operator in (mo for script in scripts for mo in script.iter("mo")):
            operator.attrib = {"lspace": "0", "rspace": "0"} | operator.attrib
        if base.tag in {"msub", "msubsup"} and nucleus.tag == "mover" and nucleus[0].text in TAILED:
            scripts[0].set("class", f"{scripts[0].get('class', '')} lifted".strip())
    return ElementTree.tostring(formula, encoding="unicode", short_empty_elements=False)


def spell(mathml: str) -> str:
    """The formula in one line of plain characters, such as "-1/2" or "e^z"."""

    def line(element: ElementTree.Element) -> str:
        parts = [element.text or "", *map(line, element)]
        return JOINTS.get(element.tag, "").join(part for part in parts if part)

    return line(ElementTree.fromstring(mathml))


class KeepPunctuation(SphinxPostTransform):
    """Keep an inline formula on one line with the punctuation that touches it."""

    default_priority = 950
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        for math in list(self.document.findall(nodes.math)):
            parent, place = math.parent, math.parent.index(math)
            kept = [math]
            if place + 1 < len(parent) and (taken := self._take(parent, place + 1, CLOSING)):
                kept.append(taken)
            if place and (taken := self._take(parent, place - 1, OPENING)):
                kept.insert(0, taken)
            if len(kept) > 1:
                parent[place] = line = nodes.inline(classes=["unbroken"])
                line.extend(kept)

    @staticmethod
    def _take(parent: nodes.Element, place: int, mark: re.Pattern[str]) -> nodes.Text | None:
        """Cut the punctuation off the text at that place; gives what was cut."""
        text = parent[place]
        if not isinstance(text, nodes.Text) or not (found := mark.search(text)):
            return None
        parent[place] = nodes.Text(mark.sub("", text))
        return nodes.Text(found[0])


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_post_transform(KeepPunctuation)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
