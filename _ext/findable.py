"""What the search finds beyond the words of the text: a formula by its name, and a glossary term
by its name in Italian, Spanish or Greek. Each is an object of a small Sphinx domain.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains import Domain, ObjType
from sphinx.search.en import SearchEnglish

TRANSLATED = re.compile(r"(Italian|Spanish|Greek): ([^.]+)\.")
Found = tuple[str, str, str]  # name, type, anchor


def plain(word: str) -> str:
    """The word without accents: "pérdida" → "perdida"."""
    letters = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


class Unaccented(SearchEnglish):
    """Who leaves the accents out finds the page too."""

    def split(self, text: str) -> list[str]:
        words = super().split(text)
        return words + [plain(word) for word in words if plain(word) != word]


class Findable(Domain):
    """Formulas and translated terms, by the page that has them."""

    name = "book"
    label = "Book"
    object_types: ClassVar = {
        "equation": ObjType("equation"),
        **{language: ObjType(language) for language in ("Italian", "Spanish", "Greek")},
    }
    initial_data: ClassVar[dict[str, Any]] = {"found": {}}

    @property
    def found(self) -> dict[str, list[Found]]:
        return self.data["found"]

    def get_type_name(self, type: ObjType, primary: bool = False) -> str:
        return type.lname  # "equation", not "Book equation"

    def clear_doc(self, docname: str) -> None:
        self.found.pop(docname, None)

    def merge_domaindata(self, docnames: list[str], otherdata: dict[str, Any]) -> None:
        self.found.update({page: otherdata["found"].get(page, []) for page in docnames})

    def process_doc(self, env: Any, docname: str, document: nodes.document) -> None:
        self.found[docname] = [*_translations(document), *_equations(document)]

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        numbers = self.env.toc_fignumbers
        for docname, found in self.found.items():
            for name, kind, anchor in found:
                shown = name
                if kind == "equation":
                    number = numbers.get(docname, {}).get("displaymath", {}).get(anchor, ())
                    shown = f"{name} ({'.'.join(map(str, number))})" if number else name
                yield f"{kind}-{name}", shown, kind, docname, anchor, 1


def _translations(document: nodes.document) -> Iterator[Found]:
    for glossary in document.findall(addnodes.glossary):
        for item in glossary.findall(nodes.definition_list_item):
            term = item.next_node(nodes.term)
            for language, words in TRANSLATED.findall(item.astext()):
                for word in words.split(", "):
                    yield f"{word}: {term.astext()}", language, term["ids"][0]


def _equations(document: nodes.document) -> Iterator[Found]:
    for equation in document.findall(nodes.math_block):
        if label := equation.get("label"):
            words = label.removeprefix("eq-").replace("-", " ")
            yield words, "equation", f"equation-{label}"


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_domain(Findable)
    app.add_search_language(Unaccented)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
