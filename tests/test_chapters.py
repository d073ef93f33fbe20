"""The committed chapters keep the rules; `test_faults.py` shows that the rules can fail."""

import re
from pathlib import Path

import notebooks
import pytest
from nbtools import manifest, prose

CHAPTERS = sorted(notebooks.CHAPTERS.glob("*.ipynb"))
PAGES = sorted([*notebooks.ROOT.glob("*.md"), *notebooks.CHAPTERS.glob("*.md")])


def test_there_are_chapters():
    assert CHAPTERS


def test_rules_and_conventions():
    assert list(notebooks.check(CHAPTERS)) == []


def test_manifest_knows_these_chapters_and_no_others():
    assert list(manifest.load()) == [path.name for path in CHAPTERS]


def test_every_chapter_is_in_the_table_of_contents():
    contents = (notebooks.ROOT / "_toc.yml").read_text(encoding="utf-8")
    assert [path.stem for path in CHAPTERS] == re.findall(r"file: chapters/(\d\d_\w+)", contents)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_numbered_equation_where_no_cell_can_check_it(page: Path):
    text = page.read_text(encoding="utf-8")
    assert prose.equation_labels(text) == []
    assert prose.unlabelled_environments(text) == []
