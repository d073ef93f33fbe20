"""Thirty equations drawn by lot, each with one thing altered in print: no claim lets one pass."""

import json

import altered_equations
import pytest

DRAWN = altered_equations.draw()


@pytest.fixture(scope="module")
def models():
    chapters = {chapter for chapter, _, _ in DRAWN.values()}
    return {k: m for chapter in chapters for k, m in altered_equations.models_of(chapter).items()}


def test_each_kind_is_drawn():
    kinds = {alteration.kind for _, _, alteration in DRAWN.values()}
    assert kinds == {"sign", "index", "transpose", "factor"}
    assert len(DRAWN) == 30


@pytest.mark.parametrize("label", DRAWN)
def test_altered_print_is_refused(label, models):
    _, tex, alteration = DRAWN[label]
    assert not altered_equations.refused(tex, models[label])
    assert altered_equations.refused(alteration.tex, models[label])


def test_the_stored_table_is_that_of_these_equations():
    """It was made by running the chapters: `make alter` makes it anew."""
    rows = json.loads(altered_equations.TABLE.read_text(encoding="utf-8"))
    assert {row["equation"]: (row["printed"], row["with"]) for row in rows} == {
        label: (tex, alteration.tex) for label, (_, tex, alteration) in DRAWN.items()
    }
    assert all(f"ClaimError: {row['equation']}: " in row["fails with"] for row in rows)
