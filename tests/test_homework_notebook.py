"""The student's notebook: fresh, without solutions, and right where only NumPy exists."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import nbclient
import nbformat
import numpy as np
import pytest
from nbtools import numbers, prose

from homework import generate
from homework.grader import marking
from homework.questions import QUESTIONS
from homework.slips import SLIPS

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = ROOT / "chapters"
CHAPTER = nbformat.read(generate.CHAPTER, 4)
GIVEN = {"given", "judge"}


@pytest.fixture(scope="module")
def text():
    return generate.STUDENT_FILE.read_text(encoding="utf-8")


@pytest.fixture
def notebook(text):
    return nbformat.reads(text, 4)


def answers():
    """The solution of each question, as the chapter has it."""
    return {
        c["id"].rpartition("-")[0]: c.source for c in CHAPTER.cells if c["id"].endswith("-answer")
    }


def filled(notebook, solutions, student="ada"):
    """The notebook as a student hands it in."""
    for cell in notebook.cells:
        if cell.metadata.homework.role == "answer":
            cell.source = solutions.get(cell.metadata.homework.question, cell.source)
        elif cell["id"] == "student-given":
            cell.source = cell.source.replace(generate.NOBODY, student)
    return notebook


# ---- the file


def test_it_is_fresh_and_holds_no_solution(text):
    assert list(generate.faults(text)) == []


def test_a_solution_a_hidden_output_and_a_stale_text_are_found(notebook):
    filled(notebook, {"bce": answers()["bce"]})
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="12.0")]
    found = list(generate.faults(nbformat.writes(notebook)))
    assert "not fresh" in found[0]
    assert any("has outputs" in fault for fault in found)
    assert any("np.logaddexp(0, z) - y * z" in fault for fault in found)


def test_nothing_of_a_proof_is_handed_out(notebook):
    proof = next(c for c in CHAPTER.cells if c["id"] == "bce_gradient-proof").source
    step = next(line for line in proof.splitlines() if line.startswith("2. "))
    notebook.cells[5].source += "\n" + step
    assert any("holds a solution" in f for f in generate.faults(nbformat.writes(notebook)))


def test_each_question_has_its_cells_in_order(notebook):
    asked = [c.metadata.homework for c in notebook.cells]
    for name, question in QUESTIONS.items():
        roles = [a.role for a in asked if a.question == name]
        texts = ["text"] if question.manual_points else []
        assert [r for r in roles if r != "given"] == ["task", "hint", "answer", "check", *texts]
    order = [a.question for a in asked if a.role == "task" and a.question != "all"]
    assert order == list(QUESTIONS)


def test_each_question_has_three_hints(notebook):
    hints = [c.source for c in notebook.cells if c.metadata.homework.role == "hint"]
    assert len(hints) == len(QUESTIONS)
    for hint in hints:
        assert re.findall(r"<summary>(.*?)</summary>", hint) == ["Hint 1", "Hint 2", "Hint 3"]
        assert hint.count("</details>") == 3


def test_stubs_define_the_names_and_nothing_else(notebook):
    for cell in notebook.cells:
        if cell.metadata.homework.role != "answer":
            continue
        question = QUESTIONS[cell.metadata.homework.question]
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef):
                assert node.name in question.defines
                assert ast.get_docstring(node)
                assert ast.unparse(node.body[1:]) == "raise NotImplementedError"
            else:
                assert node.targets[0].id in question.defines
                assert ast.unparse(node.value) == "..."


def test_the_marks_stand_in_the_headings(notebook):
    headings = [
        c.source.splitlines()[0]
        for c in notebook.cells
        if c.metadata.homework.role == "task" and c.metadata.homework.question != "all"
    ]
    numbers = [re.search(r"\((.*) points\)$", heading)[1] for heading in headings]
    assert sum(sum(map(int, n.split(" + "))) for n in numbers) == 100


def test_headings_are_the_titles_of_the_questions():
    tasks = {
        c["id"].rpartition("-")[0]: c.source for c in CHAPTER.cells if c["id"].endswith("-task")
    }
    for i, (name, question) in enumerate(QUESTIONS.items(), 1):
        assert tasks[name].splitlines()[0] == f"## {i}. {question.title}"


def test_no_markup_of_the_page_is_left(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert not re.search(r":::|\{\w+\}`|\(eq-|\.ipynb", cell.source), cell.source


def test_what_cannot_be_shown_is_refused():
    for text in ("see {eq}`eq-hw-cost`", "[there](instructors.md)", ":::{figure} a.png\n:::"):
        with pytest.raises(ValueError, match="cannot be shown"):
            generate.plain(text)
    assert generate.plain("[Softmax](03_softmax.ipynb)") == "*Softmax* (chapter 03 of the book)"
    assert generate.plain(":::{admonition} Guess\n:class: tip\nSo?\n:::") == "> **Guess.** So?"


def test_an_answer_that_does_not_define_its_names_is_refused():
    with pytest.raises(ValueError, match="must define b_new"):
        generate.stub("W_new = 1", ("W_new", "b_new"))


# ---- nbgrader's metadata; the real nbgrader runs weekly


def test_metadata_for_nbgrader(notebook):
    seen, points = set(), 0
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader")
        if meta is None:
            assert cell.cell_type == "markdown"
            continue
        assert meta.schema_version == 3 and meta.task is False
        assert re.fullmatch(r"[\w-]+", meta.grade_id) and meta.grade_id not in seen
        seen.add(meta.grade_id)
        assert ("points" in meta) == meta.grade
        points += meta.get("points", 0)
        own = cell.metadata.homework.role in {"answer", "text"} or cell["id"] == "student-given"
        assert meta.solution == own and meta.locked != own
    assert points == 100


# ---- one file for each student


def test_a_file_for_each_student(tmp_path, capsys):
    names = tmp_path / "names.txt"
    names.write_text("ada\n\nbob.b\n", encoding="utf-8")
    assert generate.main(["--students", str(names), str(tmp_path / "out")]) == 0
    assert "2 notebooks" in capsys.readouterr().out
    for name in ("ada", "bob.b"):
        path = tmp_path / "out" / name / "multilabel.ipynb"
        cell = next(c for c in nbformat.read(path, 4).cells if c["id"] == "student-given")
        assert cell.source.startswith(f'STUDENT = "{name}"')


@pytest.mark.parametrize("name", ["../ada", "a b", 'x"; import os'])
def test_a_name_that_is_no_file_name_is_refused(tmp_path, name):
    (tmp_path / "names.txt").write_text(name, encoding="utf-8")
    with pytest.raises(ValueError, match="names must be letters"):
        generate.write_for(tmp_path / "names.txt", tmp_path)


# ---- the archive


def test_the_archive_is_the_code_of_the_repository(notebook):
    source = next(c.source for c in notebook.cells if c["id"] == "tools")
    for name, content in generate.unpack(source).items():
        assert content.decode() == (ROOT / name).read_text(encoding="utf-8")


def test_an_archive_that_holds_the_same_is_kept(notebook):
    """Another compressor gives other bytes; that alone must not make the file stale."""
    files = {name: (ROOT / name).read_bytes() for name in generate.PACKED}
    tools = next(c for c in notebook.cells if c["id"] == "tools")
    other = generate.pack(dict(reversed(files.items())))
    tools.source = generate.TOOLS.format(packed=other).rstrip("\n")
    assert generate._packed(notebook) == other
    tools.source = generate.TOOLS.format(packed="bm8=")
    assert generate._packed(notebook) == generate.pack(files)


# ---- the student at work

NUMPY_ONLY = """
import json, sys
sys.path.insert(0, {packages!r})
names = {{"__name__": "__main__"}}
for source in json.loads(sys.stdin.read()):
    last = source.rstrip().splitlines()[-1]
    if last.startswith("check("):
        print("POINTS", eval(last, names))
    else:
        exec(compile(source, "cell", "exec"), names)
import mlpkit
print("MLPKIT", mlpkit.__file__)
print("THIRD", *sorted({{m.partition(".")[0] for m in sys.modules}} - sys.stdlib_module_names))
"""


def test_it_runs_where_only_numpy_exists(notebook, tmp_path):
    """No site-packages at all: NumPy alone is linked into an otherwise empty folder."""
    numpy = Path(np.__file__).parent
    for folder in (numpy, numpy.with_name("numpy.libs")):
        if folder.exists():
            (tmp_path / folder.name).symlink_to(folder)
    filled(notebook, answers())
    sources = [c.source for c in notebook.cells if c.cell_type == "code"]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", NUMPY_ONLY.format(packages=str(tmp_path))],
        input=json.dumps(sources),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8", "OPENBLAS_NUM_THREADS": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    points = [float(p) for p in re.findall(r"POINTS (.*)", done.stdout)]
    assert points == [q.points for q in QUESTIONS.values()]
    assert "homework.zip" in re.search("MLPKIT (.*)", done.stdout)[1]
    third = set(re.search("THIRD (.*)", done.stdout)[1].split())
    third = {name for name in third if not name.startswith(("_", "cython"))}
    assert third == {"numpy", "homework", "mlpkit"}


WRONG = {
    "output_layer": "def predict_proba(z):\n    e = np.exp(z)\n    return e / e.sum(1)[:, None]",
    "bce": "def bce(z, y):\n    return (np.logaddexp(0, z) - y * z).mean()",
    "bce_gradient": "def bce_gradient(z, y):\n    return 1 / (1 + np.exp(-z)) - y",
    "hand_step": "W_new = W\nb_new = b",
    "train": "def train(X, Y, *more):\n    return MLP([144, 5], output='sigmoid', rng=more[-1])",
    "thresholds": "def choose_thresholds(probs, Y):\n    return [0.5] * Y.shape[1]",
    "backprop": "def backprop(*args):\n    return 1 / 0",
}
EXPECTED = {
    "output_layer": "share one unit",
    "bce": "mean over the labels",
    "bce_gradient": "factor 1/N",
    "hand_step": "no slip that we know",
    "train": "macro F1",
    "thresholds": "nothing was chosen",
    "softmax_fails": "replace the stub",
    "backprop": "ZeroDivisionError: division by zero",
}


def test_in_jupyter_each_check_says_what_is_wrong(notebook):
    """One stub is left, seven answers are wrong, and no cell stops the notebook."""
    nbclient.NotebookClient(filled(notebook, WRONG), timeout=120).execute()
    for cell in notebook.cells:
        if cell.metadata.homework.role != "check":
            continue
        spoken = "".join(o.text for o in cell.outputs if o.output_type == "stream")
        value = [o.data["text/plain"] for o in cell.outputs if o.output_type == "execute_result"]
        question = cell.metadata.homework.question
        assert spoken.startswith("✗") and EXPECTED[question] in spoken, spoken
        assert "Read chapter" in spoken
        assert float(value[0]) < QUESTIONS[question].points


# ---- where to read


def test_each_place_to_read_is_a_heading():
    headings = {}
    for path in CHAPTERS.glob("[0-9]*.ipynb"):
        cells = nbformat.read(path, 4).cells
        found = [c.source for c in cells if c.cell_type == "markdown"]
        headings[path.stem] = set(
            re.findall(r"^#+ (.*)$", prose.running_text("\n".join(found)), re.M)
        )
    places = [slip.read for slip in SLIPS.values()] + [q.read for q in QUESTIONS.values()]
    for place in places:
        assert place.heading in headings[place.chapter], place


def test_student_page_and_guide_say_which_chapters_to_read(notebook):
    places = [slip.read for slip in SLIPS.values()] + [q.read for q in QUESTIONS.values()]
    read = sorted({place.chapter for place in places})
    one, two, three, four = (int(chapter[:2]) for chapter in read)
    guide = (CHAPTERS / "instructors.md").read_text(encoding="utf-8")
    for text in (notebook.cells[0].source, guide):
        assert f"chapters {one}, {two}, {three} and {four}" in text
    needs = re.search(r"^\*\*You need\*\* (.*)$", CHAPTER.cells[0].source, re.M)[1]
    assert re.findall(r"\((\w+)\.ipynb\)", needs) == read


def test_the_time_limits_are_told():
    told = next(c.source for c in CHAPTER.cells if c["id"] == "how-task")
    for limit in (marking.USUAL, marking.LIMITS["train"]):
        assert re.search(rf"\b{limit.seconds:g}\b", told)


def test_anchors_are_those_of_the_page():
    from homework import slips

    assert slips.STABLE.anchor == "10_multilabel.html#where-it-goes-wrong-certain-and-wrong"
    assert slips.LOSS.anchor == "10_multilabel.html#which-loss-the-homework"


# ---- the instructor's guide


PLANNED = re.compile(
    r"^\| (\d+)[ to\d]* \| \[(\d+)\. .*\]\((\w+)\.ipynb\) \| (.*)\| ([\d.]+) \|$", re.M
)


def test_the_plan_of_weeks_has_each_chapter_after_those_it_needs():
    guide = (CHAPTERS / "instructors.md").read_text(encoding="utf-8")
    weeks, seen = [], set()
    for week, number, stem, needs, hours in PLANNED.findall(guide):
        chapter = nbformat.read(CHAPTERS / f"{stem}.ipynb", 4)
        needs = {int(n) for n in re.findall(r"\d+", needs)}
        linked = re.search(r"^\*\*You need\*\* (.*)$", chapter.cells[0].source, re.M)[1]
        assert {int(n) for n in re.findall(r"\((\d\d)_\w+\.ipynb", linked)} <= needs <= seen
        work = numbers.minutes(chapter) + 10 * numbers.count(chapter)["exercises"]
        if int(number) != 12:  # its hours are in a table of their own
            assert abs(float(hours) - work / 60) <= 0.5, (stem, work)
        weeks.append(int(week))
        seen.add(int(number))
    assert seen == {*range(1, 13)} and weeks == sorted(weeks)


def test_the_guide_has_the_marks_of_the_questions():
    guide = (CHAPTERS / "instructors.md").read_text(encoding="utf-8")
    for i, q in enumerate(QUESTIONS.values(), 1):
        assert re.search(
            rf"^\| {i} \| {q.title} \| {q.points} \| {q.manual_points or ''} ?\|", guide, re.M
        )
