"""Each numbered equation of the book is claimed, and none loses a relation sign unseen.

`claims_relations.json` stores how many relation signs each equation prints and how it is checked:
"printed" from the page, "reason" from two sides with the reason, "sides" from two sides without.
After an equation has been added or changed on purpose, write it anew and look at the diff:

    python tests/test_chapters_claims.py
"""

import json
import sys
from pathlib import Path

import pytest

from mlpkit.claims import LABEL, ClaimCall, claim_calls
from texcheck import pages
from texcheck.lexer import relation_signs

CHAPTERS = sorted((Path(__file__).parent.parent / "chapters").glob("*.ipynb"))
STORED = Path(__file__).with_name("claims_relations.json")


def calls(chapter: Path) -> list[ClaimCall]:
    cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [call for source in sources for call in claim_calls(source)]


def outputs(chapter: Path) -> str:
    cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
    found = [output for cell in cells for output in cell.get("outputs", [])]
    return "".join("".join(output.get("text", "")) for output in found)


def survey(chapter: Path) -> dict[str, list]:
    """Relation signs of each equation, and how it is checked ("" if it is not)."""
    kinds: dict[str, set[str]] = {}
    for call in calls(chapter):
        kind = "reason" if call.kind == "sides" and call.reason else call.kind
        kinds.setdefault(call.label, set()).add(kind)
    found = {}
    for label, tex in pages.equations(chapter).items():
        how = [kind for kind in ("printed", "reason", "sides") if kind in kinds.get(label, ())]
        found[label] = [relation_signs(tex), *how[:1]]
    return found


def lost(chapter: Path) -> list[str]:
    """What is wrong between the equations of a chapter and its claims."""
    equations, called = survey(chapter), {call.label for call in calls(chapter)}
    wrong = [f"({label}) has no claim" for label, found in equations.items() if len(found) < 2]
    wrong += [f"({label}) is claimed, not printed" for label in sorted(called - {*equations})]
    wrong += [f"({label}) is no eq-name" for label in equations if not LABEL.fullmatch(label)]
    return wrong


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_each_equation_has_a_claim_and_each_claim_an_equation(chapter):
    assert lost(chapter) == []


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_no_relation_sign_is_lost(chapter):
    """A chapter that is not stored at all is new; a stored one is stored with all its equations."""
    stored = json.loads(STORED.read_text(encoding="utf-8")).get(chapter.stem)
    if stored is not None:
        assert survey(chapter) == stored, f"on purpose? then: python tests/{Path(__file__).name}"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_no_claim_was_skipped(chapter):
    assert "not checked, because no page" not in outputs(chapter)


def test_labels_are_unique_across_the_book():
    labels = [label for chapter in CHAPTERS for label in pages.equations(chapter)]
    assert sorted(labels) == sorted(set(labels))


def test_nothing_stored_has_gone():
    assert set(json.loads(STORED.read_text(encoding="utf-8"))) <= {c.stem for c in CHAPTERS}


FAULTS = {
    "lacks its claim": ("$$ a = b $$ (eq-a)", "x = 1", ["(eq-a) has no claim"]),
    "is only refused": ("$$ a = b $$ (eq-a)", 'refuse("eq-a", 1, 2, "")', ["(eq-a) has no claim"]),
    "has another label": (
        "$$ a = b $$ (eq-a)",
        'claim("eq-a", 1, 1)\nclaim("eq-b", 1, 1)',
        ["(eq-b) is claimed, not printed"],
    ),
    "has a bad label": ("$$ a = b $$ (a)", 'claim("a", 1, 1)', ["(a) is no eq-name"]),
    "is whole": ("$$ a = b $$ (eq-a)", 'claim("eq-a", m, slips=[("a", "b")])', []),
}


@pytest.mark.parametrize("name", FAULTS)
def test_the_checks_can_fail(name, tmp_path):
    text, code, wrong = FAULTS[name]
    chapter = tmp_path / "99_x.ipynb"
    cells = [{"cell_type": "markdown", "source": text}, {"cell_type": "code", "source": code}]
    chapter.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert lost(chapter) == wrong


def main() -> None:
    book = {chapter.stem: survey(chapter) for chapter in CHAPTERS}
    lines = []
    for stem, found in book.items():
        rows = [f"    {json.dumps(label)}: {json.dumps(row)}" for label, row in found.items()]
        lines.append(
            f'  "{stem}": {{\n' + ",\n".join(rows) + "\n  }" if rows else f'  "{stem}": {{}}'
        )
    STORED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    rows = [row for found in book.values() for row in found.values()]
    printed = sum(row[1:] == ["printed"] for row in rows)
    sys.stdout.write(f"{printed} of {len(rows)} equations are checked as printed\n")


if __name__ == "__main__":
    main()
