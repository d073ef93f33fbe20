"""The notebook tools: what refresh stores, what check says, what counts as the same picture."""

import base64
import io
import re
import subprocess
import sys

import nbformat
import notebooks
import numpy as np
import pytest
from nbtools import code, conventions, exercises, form, manifest, pictures, prose, replay, rules
from nbtools.refresh import RefreshError, refresh
from PIL import Image

SPEAKS = """
import sys

print("first")
sys.stdout.flush()
print("second")
"""
SHOWS = """
class Shown:
    def _repr_mimebundle_(self, **kwargs):
        view = {"model_id": str(id(self))}
        return {"text/plain": "<Shown>", "application/vnd.jupyter.widget-view+json": view}


Shown()
"""
DRAWS = """
from IPython.display import display
from PIL import Image

display(Image.new("RGB", (9, 7), "teal"))
"""


def write(path, *cells):
    """Write a notebook of code cells, as an editor would; a pair is a source and its tag."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["language_info"] = {"name": "python", "version": "3.11.0"}
    for number, cell in enumerate(cells):
        source, tags = cell if isinstance(cell, tuple) else (cell, [])
        metadata = {"tags": tags} if tags else {}
        notebook.cells.append(
            nbformat.v4.new_code_cell(source.strip(), id=f"c{number}", metadata=metadata)
        )
    nbformat.write(notebook, path)
    return path


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return base64.b64encode(file.getvalue()).decode()


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    path = tmp_path_factory.mktemp("refresh") / "a.ipynb"
    write(path, SPEAKS, SHOWS, DRAWS, ("1 / 0", ["raises-exception"]))
    assert refresh(path) == ["c0", "c1", "c2", "c3"]
    return path


def test_refresh_stores_the_one_form(refreshed):
    speaks, shows, draws, fails = form.read(refreshed).cells
    assert [o.text for o in speaks.outputs] == ["first\nsecond\n"]
    assert list(shows.outputs[0].data) == ["text/plain"]
    assert "image/png" in draws.outputs[0].data
    assert fails.outputs[0].traceback == ["ZeroDivisionError: division by zero"]
    assert [cell.execution_count for cell in (speaks, shows, draws, fails)] == [1, 2, 3, 4]
    assert [cell.id for cell in (speaks, shows, draws, fails)] == ["c0", "c1", "c2", "c3"]
    assert not any("execution" in cell.metadata for cell in (speaks, shows, draws, fails))
    assert form.read(refreshed).metadata == form.NOTEBOOK_METADATA
    assert refreshed.read_text().endswith("}\n")


def test_unchanged_notebook_is_not_touched_and_the_same_picture_keeps_its_bytes(refreshed):
    notebook = form.read(refreshed)
    data = notebook.cells[2].outputs[0].data
    seen = pictures.decode(data["image/png"]).astype(np.uint8)
    seen[0, 0, 0] += 1  # below what counts as a difference, and packed without the alpha channel
    data["image/png"] = png(seen[..., :3])
    refreshed.write_text(form.dumps(notebook))
    before = refreshed.read_bytes(), refreshed.stat().st_mtime_ns
    assert refresh(refreshed) == []
    assert (refreshed.read_bytes(), refreshed.stat().st_mtime_ns) == before


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("raise ValueError('rate: got -1')", "ValueError: rate: got -1"),
        ("import os\n\nos._exit(3)", "the kernel died"),
        ("while True:\n    pass", "still running after 2 s"),
    ],
    ids=["raises", "dies", "hangs"],
)
def test_failing_notebook_is_named_and_left_alone(tmp_path, source, says):
    path = write(tmp_path / "b.ipynb", "x = 1", source)
    before = path.read_bytes()
    with pytest.raises(RefreshError, match=re.escape(f"{path}: cell 1 [c1]: {says}")):
        refresh(path, timeout=2)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["b.ipynb"]


def test_dry_run_tells_and_writes_nothing(tmp_path, capsys):
    path = write(tmp_path / "c.ipynb", "print(1)")
    before = path.read_bytes()
    assert notebooks.main(["refresh", "--dry-run", str(path)]) == 1
    assert "c.ipynb: changed: c0" in capsys.readouterr().out
    assert path.read_bytes() == before


FRAMEWORKS = notebooks.CHAPTERS / "08_frameworks.ipynb"
LEFT_OUT = "chapters/08_frameworks.ipynb left out: PyTorch is not installed (make torch)"


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 4)])
def test_nbval_leaves_out_the_chapter_whose_package_is_missing(monkeypatch, ci, code):
    monkeypatch.setenv("CI", ci)
    arguments = replay.nbval_command(FRAMEWORKS)[3:]
    without = "import sys, pytest; sys.modules['torch'] = None; sys.exit(pytest.main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", without, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert (done.stdout + done.stderr).count(LEFT_OUT) == 1
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_refresh_leaves_out_the_chapter_whose_package_is_missing(monkeypatch, capsys, ci, code):
    monkeypatch.setenv("CI", ci)
    monkeypatch.setitem(sys.modules, "torch", None)
    assert notebooks.main(["refresh", str(FRAMEWORKS)]) == code
    assert capsys.readouterr().err == LEFT_OUT + "\n"


def test_check_names_file_and_cell_and_fails(tmp_path, capsys):
    path = write(tmp_path / "d.ipynb", "print(1)")
    assert notebooks.main(["check", str(path)]) == 1
    assert f"{path}: cell 0 [c0]: run as None, expected 1" in capsys.readouterr().out


def test_no_notebook_is_an_error(tmp_path, capsys):
    with pytest.raises(SystemExit):
        notebooks.main(["check", str(tmp_path / "none.ipynb")])
    assert "no notebook" in capsys.readouterr().err


def test_write_keeps_the_old_file_when_it_cannot_finish(tmp_path, monkeypatch):
    path = tmp_path / "e.ipynb"
    path.write_text("old")

    def fail(*arguments):
        raise OSError("no space")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="no space"):
        form.write(path, "new")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("e.ipynb", "old")]


@pytest.mark.parametrize("text", ["{", "[1]", "{}", ""])
def test_file_that_is_no_notebook_is_named(tmp_path, text):
    path = tmp_path / "f.ipynb"
    path.write_text(text)
    with pytest.raises(ValueError, match=re.escape(f"{path}: not a notebook")):
        form.read(path)


def test_pictures_differ_by_what_is_seen():
    grey = np.full((5, 4, 3), 100, dtype=np.uint8)
    close, far, wide = grey.copy(), grey.copy(), np.full((5, 6, 3), 100, dtype=np.uint8)
    close[2, 2, 1] += pictures.LEVELS
    far[2, 2, 1] += pictures.LEVELS + 1
    assert pictures.difference(png(grey), png(close)) == ""
    assert pictures.difference(png(grey), png(far)) == "1 of 20 pixels differ"
    assert pictures.difference(png(grey), png(wide)) == "4 x 5 pixels stored, 6 x 5 drawn"
    assert "not a picture" in pictures.difference(png(grey)[:40], png(grey))


def test_only_neighbouring_pieces_of_a_stream_are_joined():
    def piece(name, text):
        return nbformat.v4.new_output("stream", name=name, text=text)

    shown = nbformat.v4.new_output("display_data", {"text/plain": "x"})
    outputs = [
        piece("stdout", "a"),
        piece("stdout", "b"),
        shown,
        piece("stdout", "c"),
        piece("stderr", "d"),
    ]
    merged = form.merge_streams(outputs)
    assert [o.get("text") for o in merged] == ["ab", None, "c", "d"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("The loss is 0.094 nats.", ["0.094"]),
        ("It falls to 0.5.", ["0.5"]),
        ("Right in 97 % and 97.5% of them", ["97 %", "97.5%"]),
        ("Both **1.25** and (2.5)", ["1.25", "2.5"]),
        ("> quoted 3.5", ["3.5"]),
        ("```{admonition} At 0.2\n:class: tip\nx = y\n```", ["0.2"]),
        ("`a` is 0.5 and `b`", ["0.5"]),
        ("x\n\n```python\nx\n```\n\nx is 0.5", ["0.5"]),
        ("```{note}\nIt is 0.3 here.\n```", ["0.3"]),
        ("````{exercise}\n:label: ex-a\nWhy 0.3?\n```python\nx = 0.4\n```\n````", ["0.3"]),
        ("A price of \\$3.50", ["3.50"]),
        ("Where $x < y$ and 0.5, then $z$", ["0.5"]),
        ("$z = (1.3, 5.1)$ and `1.5` and ``a ` 2.5``", []),
        ("$$\n0.5\n$$ (eq-a)", []),
        ("\\begin{align*}\n0.5\n\\end{align*}", []),
        ("{glue:text}`loss` and {glue}`0.5`", []),
        ("```python\nx = 0.5\n```\n\n~~~\n0.5\n~~~", []),
        ("```{math}\n:label: eq-a\n0.5\n```", []),
        ("[the notes](notes_2.5.pdf) <https://example.org/2.5>", []),
        ("Sections 3 and 1.2.3, file v2.5a, ten", []),
    ],
)
def test_numbers_that_no_cell_has_computed(text, numbers):
    assert prose.hand_typed_numbers(text) == numbers


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("$$ a $$ (eq-a)", ["eq-a"]),
        ("$$\na\n$$ (eq-a)\n\n$$ b $$\n\n$$ c $$(eq-c)", ["eq-a", "eq-c"]),
        ("$$(a+b)^2$$", []),
        ("```{math}\n:label: eq-m\na\n```", ["eq-m"]),
        ("```{note}\n$$ a $$ (eq-a)\n```", ["eq-a"]),
        ("````{note}\n```{tip}\n$$ a $$ (eq-a)\n```\n````", ["eq-a"]),
        (":::{admonition} A\n```{math}\n:label: eq-n\na\n```\n:::", ["eq-n"]),
        ("`$$ a $$ (eq-a)` is how to write it", []),
        ("```\n$$ a $$ (eq-a)\n```", []),
    ],
)
def test_labels_of_equations(text, labels):
    assert prose.equation_labels(text) == labels


@pytest.mark.parametrize(
    "source",
    [
        "assert 1",
        "assert (x > 0, 'positive')",
        "assert x == x",
        "assert x > 0 or True",
        "np.allclose(a, b, atol=1e3)",
        "claim('eq-a', 1, 1, rtol=0.5)",
        "assert np.abs(a - b).max() < 5",
        "assert np.linalg.norm(a - b) <= 1",
        "assert loss < 1e9",
        "display(x, display_id='a')",
        "clear_output(wait=True)",
        "name = input('name?')",
        "print('loss 0.0384')",
        "glue('loss', '0.094', display=False)",
        "print(f'loss {x:.3f} of 1.5')",
    ],
)
def test_checks_that_check_nothing_are_named(source):
    assert list(code.check(code.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "assert x == 1, 'a message'",
        "assert np.allclose(a, b, rtol=1e-9)",
        "assert abs(a - b) < 0.01",
        "assert a - b < 100",
        "assert (x > 0) and y",
        "print(f'loss {x:.3f} and {y:6.2f}')",
        "print('3 digits')",
        "%matplotlib inline\nassert x",
        "glue('loss', f'{x:.3f}', display=False)",
    ],
)
def test_honest_code_passes(source):
    assert not list(code.check(code.parse(source)))


def test_asserts_and_claims_are_counted():
    tree = code.parse(
        "%precision 4\nassert x\nnp.testing.assert_allclose(x, y)\n"
        "claim('eq-a', 1, 1)\nclaims.claim('eq-b', 1, 1)\nclaim(label, 1, 1)\nrefuse('eq-a', 1, 2)"
    )
    assert code.count_asserts(tree) == 2
    assert code.claimed_labels(tree) == ["eq-a", "eq-b", None]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<object at 0x7f3a5c0d1e40>", "memory address"),
        ("/root/book/x.npz", "absolute path"),
        ("C:\\Users\\me", "absolute path"),
        (f"{notebooks.ROOT}/x.npz", "absolute path"),
        ("[-0.  1.]", "negative zero"),
        ("-0.0000", "negative zero"),
        ("10 %\r20 %", "carriage return"),
        ("np.int64(3)", "NumPy scalar"),
        ("[np.True_]", "NumPy scalar"),
        ("0.12345", "more than 4 decimals"),
        ("5.3e-11", "rounding residue"),
        ("2e-16", "rounding residue"),
    ],
)
def test_text_that_flaps_is_named(text, fault):
    assert any(fault in problem for problem in _problems_of(text))
    excused = _problems_of(
        text, tags=["exact-digits"], reason="these digits are exact: powers of two"
    )
    assert bool(excused) == (fault not in rules.IN_NUMBERS)


@pytest.mark.parametrize(
    "text",
    [
        "-0.5 and 10.0000",
        "below 1e-12",
        "0x1f",
        "chapters/data/x.npz",
        "3-0",
        "1e-3 to 4.5e-05",
        "n/a",
    ],
)
def test_steady_text_passes(text):
    assert not _problems_of(text)


def _problems_of(text, **metadata):
    output = nbformat.v4.new_output("stream", name="stdout", text=text)
    cell = nbformat.v4.new_code_cell(
        "f()", id="a", execution_count=1, outputs=[output], metadata=metadata
    )
    notebook = form.normalise(nbformat.v4.new_notebook(cells=[cell]))
    return list(rules.check(notebook, form.dumps(notebook)))


@pytest.mark.parametrize("row", ["S0-01", "S1-86", "S4-41", "E0-1", "E1-20", "Q26"])
def test_known_rows(row):
    assert not list(conventions.check(_with_rows([row])))


@pytest.mark.parametrize(
    "row", ["S0-00", "S5-01", "S0-1", "S1-87", "E0-13", "E0-01", "Q0", "Q27", "s0-01", 5]
)
def test_unknown_rows(row):
    assert list(conventions.check(_with_rows([row])))
    assert list(conventions.check(_with_rows(row)))


def _with_rows(rows):
    cell = nbformat.v4.new_markdown_cell("x", id="a", metadata={"rows": rows})
    return nbformat.v4.new_notebook(cells=[cell])


def test_labels_are_unique_in_the_book():
    cell = nbformat.v4.new_markdown_cell("$$ a $$ (eq-a)\n\n```{exercise}\n:label: ex-a\n```")
    chapter = nbformat.v4.new_notebook(cells=[cell])
    assert list(conventions.check_book({"one": chapter})) == []
    assert list(conventions.check_book({"one": chapter, "two": chapter})) == [
        "two: equation eq-a is also in one",
        "two: exercise ex-a is also in one",
    ]


@pytest.mark.parametrize(
    "picture", ["![](a.png)", "![plot](a.png)", "```{figure} a.png\nA caption\n```"]
)
def test_pictures_in_text_are_described(picture):
    cell = nbformat.v4.new_markdown_cell(picture, id="a")
    assert list(conventions.check(nbformat.v4.new_notebook(cells=[cell])))


def test_code_inside_a_solution_must_run():
    text = "````{solution} ex-a\n:class: dropdown\n```python\nx = 1\n```\n````"
    asked = "```{exercise}\n:label: ex-a\n```\n\n"
    cell = nbformat.v4.new_markdown_cell(asked + text, id="a")
    problems = list(exercises.check(nbformat.v4.new_notebook(cells=[cell])))
    assert problems == ["cell 0 [a]: a solution's code must be a code cell, run"]


def test_freeze_keeps_others_and_forgets_the_gone(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("assert x")])
    stored = tmp_path / "manifest.json"
    for name in ("a.ipynb", "b.ipynb"):
        (tmp_path / name).touch()
        manifest.freeze({name: notebook}, stored, tmp_path)
    assert list(manifest.load(stored)) == ["a.ipynb", "b.ipynb"]
    (tmp_path / "a.ipynb").unlink()
    manifest.freeze({}, stored, tmp_path)
    assert list(manifest.load(stored)) == ["b.ipynb"]
    assert manifest.check("b.ipynb", notebook, manifest.load(stored)) == ""
    assert "run freeze" in manifest.check("c.ipynb", notebook, manifest.load(stored))
