"""Every row of the sources, erratum and question has its cell; a row without one is named."""

import copy
import re
from itertools import chain

import notebooks
import pytest
from nbtools import form, numbers, sources

CHAPTERS = {path.stem: form.read(path) for path in sorted(notebooks.CHAPTERS.glob("*.ipynb"))}
CELLS = {name: chapter.cells for name, chapter in CHAPTERS.items()}
PLACES = sources.places(CELLS)
ROWS = sources.load()
SIGNS = {"S1-52", "S1-72"}  # what a scanner made of arrows: nothing to draw


def test_every_row_has_a_cell():
    assert sources.unanswered(CELLS) == []


@pytest.mark.parametrize("row", ["S0-05", "E1-11", "Q19"])
def test_a_row_that_loses_its_cells_is_named(row):
    cells = copy.deepcopy(CELLS)
    for cell in chain.from_iterable(cells.values()):
        cell.metadata["rows"] = [r for r in cell.metadata.get("rows", []) if r != row]
    assert sources.unanswered(cells) == [row]


def test_the_page_names_as_many_rows_as_there_are():
    kinds = [row[0] for row in sources.known()]
    assert len(set(sources.known())) == len(kinds)
    page = (notebooks.CHAPTERS / "coverage.md").read_text(encoding="utf-8")
    said = re.search(r"(\d+) rows, .* and (\d+) errata", page)
    assert said and [int(n) for n in said.groups()] == [kinds.count("S"), kinds.count("E")]
    assert re.findall(r"\{rows\} (.+)", page) == list(ROWS["rows"])


@pytest.mark.parametrize("row", sorted({*ROWS["lost"]} - SIGNS))
def test_what_was_lost_is_drawn_or_written_anew(row):
    """A cell that shows something answers it; words alone would not."""
    cells = {(name, cell.id): cell for name in CELLS for cell in CELLS[name]}
    answers = [cells[place.chapter, place.cell] for place in PLACES[row]]
    assert any(cell.get("outputs") for cell in answers)


@pytest.mark.parametrize("question", [row for row in sources.known() if row[0] == "Q"])
def test_every_question_is_answered_by_a_run(question):
    cells = {(name, cell.id): cell for name in CELLS for cell in CELLS[name]}
    answers = [cells[place.chapter, place.cell] for place in PLACES[question]]
    assert any(cell.cell_type == "code" for cell in answers)


@pytest.mark.parametrize("name", [name for name in CHAPTERS if "homework" not in name])
def test_a_chapter_has_exercises_and_questions_for_everybody(name):
    counted = numbers.count(CHAPTERS[name])
    assert counted["exercises"] >= 6
    assert 3 <= counted["questions"] <= 5
    assert counted["figures"] >= 1
    assert counted["claimed"] == counted["refused"] == counted["equations"]


def test_there_are_seventy_exercises():
    assert sum(numbers.count(chapter)["exercises"] for chapter in CHAPTERS.values()) >= 70


def test_a_time_is_shown_for_the_code_that_was_timed_only(tmp_path):
    name, chapter = "03_softmax.ipynb", copy.deepcopy(CHAPTERS["03_softmax"])
    times = tmp_path / "times.json"
    code = numbers.digest(chapter)
    times.write_text(f'{{"chapters": {{"{name}": {{"seconds": 4.5, "code": "{code}"}}}}}}')
    assert numbers.seconds(name, chapter, times) == 4.5
    next(c for c in chapter.cells if c.cell_type == "code").source += "\n1 + 1"
    assert numbers.seconds(name, chapter, times) is None
    assert numbers.seconds("none.ipynb", chapter, times) is None
    assert numbers.seconds(name, chapter, tmp_path / "none.json") is None


@pytest.mark.skipif(not numbers.TIMES.exists(), reason="make times has recorded nothing yet")
def test_every_chapter_has_been_timed_as_it_is():
    """Else its head lacks the run time: `make times` measures all of them."""
    stale = [name for name, c in CHAPTERS.items() if numbers.seconds(f"{name}.ipynb", c) is None]
    assert stale == []


def test_reading_time_counts_words_and_no_code():
    words = "word " * 250
    chapter = form.read(notebooks.CHAPTERS / "03_softmax.ipynb")
    del chapter.cells[1:]
    chapter.cells[0].source = f"# Title\n\n{words}\n\n```python\n{words}\n```\n"
    assert numbers.minutes(chapter) == 3
