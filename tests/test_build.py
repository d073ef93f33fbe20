"""Build a small book: every convention works, every fault is named with its file and place."""

import base64
import os
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
from browser import ROOT
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

TOC = "format: jb-book\nroot: index\nchapters:\n- file: conventions\n"


def png() -> str:
    buffer = BytesIO()
    Image.new("RGB", (3, 2)).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def shown(**data: str) -> list[nbformat.NotebookNode]:
    return [
        new_output("display_data", {kind.replace("_", "/"): text for kind, text in data.items()})
    ]


def code(outputs: list[nbformat.NotebookNode]) -> nbformat.NotebookNode:
    return new_code_cell("pass", outputs=outputs, execution_count=1)


RAISED = new_output("error", ename="KeyError", evalue="'x'", traceback=["KeyError: 'x'"])
# fault → the cell that has it, what the build must say
FAULTS = {
    "TeX in the text": (new_markdown_cell(r"so $\frac{1$"), "line 1): WARNING: TeX error"),
    "TeX in an equation": (
        new_markdown_cell("one\n\n$$\n\\nonsense\n$$ (eq-nonsense)"),
        r"line 3): WARNING: TeX error: Unsupported function name: \nonsense",
    ),
    "TeX in an output": (code(shown(text_latex=r"$\sqrt{$")), "line 1): WARNING: TeX error"),
    "number inside TeX": (new_markdown_cell(r"$$a \label{eq-a}$$"), r"WARNING: TeX error: \label"),
    "equation": (new_markdown_cell("{eq}`eq-nowhere`"), "WARNING: equation not found: eq-nowhere"),
    "equation twice": (
        new_markdown_cell("$$a$$ (eq-twice)\n\n$$b$$ (eq-twice)"),
        "WARNING: duplicate label of equation eq-twice",
    ),
    "label": (new_markdown_cell("{ref}`nowhere`"), "WARNING: undefined label: 'nowhere'"),
    "link": (
        new_markdown_cell("[](missing.md)"),
        "WARNING: 'myst' cross-reference target not found",
    ),
    "citation": (
        new_markdown_cell("{cite}`nobody`"),
        'WARNING: could not find bibtex key "nobody"',
    ),
    "number from a cell": (new_markdown_cell("{glue:text}`unset`"), "WARNING: No key 'unset'"),
    "directive": (new_markdown_cell("```{nothing}\n```"), "Unknown directive type: 'nothing'"),
    "figure without words": (code(shown(image_png=png())), "figure without alternative text"),
    "picture without words": (new_markdown_cell("![](x.png)"), "figure without alternative text"),
    "cell that raised": (code([RAISED]), "WARNING: the cell raised: KeyError: 'x'"),
    "standard error": (
        code([new_output("stream", name="stderr", text="oh")]),
        "WARNING: stderr was found",
    ),
}


@pytest.fixture(scope="session")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of our conventions, with the real book's configuration."""
    folder = tmp_path_factory.mktemp("book")
    for name in ("_config.yml", "_ext", "_assets", "references.bib"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "tests/fixtures/book/conventions.ipynb", folder)
    (folder / "index.md").write_text("# Start\n\nWords before $x$.\n")
    (folder / "_toc.yml").write_text(TOC)
    return folder


def build(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "_ext/build.py", folder]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | environment
    )


@pytest.fixture(scope="session")
def page(small_book: Path) -> BeautifulSoup:
    """The page of conventions, built without a warning."""
    done = build(small_book)
    assert done.returncode == 0, done.stderr
    html = (small_book / "_build/html/conventions.html").read_text("utf-8")
    return BeautifulSoup(html, "html.parser")


@pytest.fixture(scope="session")
def complaints(small_book: Path, page: BeautifulSoup) -> list[str]:
    """Lines of a second build, to which a notebook with every fault has been added."""
    notebook = new_notebook(cells=[new_markdown_cell("# Faults"), *(c for c, _ in FAULTS.values())])
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, small_book / "faults.ipynb")
    Image.new("RGB", (3, 2)).save(small_book / "x.png")
    (small_book / "_toc.yml").write_text(TOC + "- file: faults\n")
    done = build(small_book)
    assert done.returncode == 1
    return done.stderr.splitlines()


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_named_with_file_and_cell(fault: str, complaints: list[str]) -> None:
    cell = list(FAULTS).index(fault) + 2
    here = [line for line in complaints if f"faults.ipynb (cell {cell}," in line]
    assert any(FAULTS[fault][1] in line for line in here), complaints


def test_only_faults_are_named(complaints: list[str]) -> None:
    assert not [line for line in complaints if "conventions" in line or "index.md" in line]


def test_failed_build_leaves_the_last_good_site(small_book: Path, complaints: list[str]) -> None:
    site = small_book / "_build/html"
    assert (site / "conventions.html").exists()
    assert not (site / "faults.html").exists()
    # else Sphinx would take the faulty page for finished and say nothing the next time
    assert not (small_book / "_build/plain").exists()


def test_page_that_leaves_the_book_leaves_the_site(small_book: Path, complaints: list[str]) -> None:
    (small_book / "extra.md").write_text("# Extra\n")
    (small_book / "_toc.yml").write_text(TOC + "- file: extra\n")
    assert build(small_book).returncode == 0
    extra = small_book / "_build/html/extra.html"
    assert extra.exists()
    (small_book / "_toc.yml").write_text(TOC)
    assert build(small_book).returncode == 0
    assert not extra.exists()


def test_a_changed_style_reaches_the_site(tmp_path: Path) -> None:
    for name in ("_config.yml", "_ext", "references.bib"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "_assets", tmp_path / "_assets")
    (tmp_path / "index.md").write_text("# Start\n\nWords.\n")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    assert build(tmp_path).returncode == 0
    with (tmp_path / "_assets/static/book.css").open("a") as style:
        style.write("main { outline-color: #123456; }\n")
    assert build(tmp_path).returncode == 0
    assert any("#123456" in css.read_text() for css in tmp_path.glob("_build/html/_static/*.css"))


def test_tags_allow_an_error(page: BeautifulSoup) -> None:
    assert "ZeroDivisionError" in page.text


def test_formulas_are_mathml(page: BeautifulSoup) -> None:
    assert len(page.select("article math")) == 11
    assert not page.select("article .math")  # what Sphinx writes for MathJax


def test_equations_are_numbered_and_linked(page: BeautifulSoup) -> None:
    numbers = {box["id"]: box.select_one(".eqno").text for box in page.select(".equation[id]")}
    assert list(numbers.values()) == ["(1)", "(2)"]
    links = page.select("a.reference[href^='#equation-']")
    assert len(links) == 4
    for link in links:
        assert link.text == numbers[link["href"][1:]]


def test_solution_is_folded_around_its_executed_cell(page: BeautifulSoup) -> None:
    fold = page.select_one(".solution > details")
    assert fold.summary.text == "Solution to Exercise 1"
    assert "the sum is 1.0" in fold.select_one(".cell_output").text
    assert not fold.has_attr("open")


def test_code_of_a_figure_is_folded(page: BeautifulSoup) -> None:
    fold = page.select_one("details.hide")
    assert fold.select_one("summary .collapsed").text == "Show the source"
    assert "plt.subplots" in fold.text


def test_figure_has_words_and_size(page: BeautifulSoup) -> None:
    image = page.select_one(".cell_output img")
    assert image["alt"].startswith("Three bars")
    assert int(image["width"]) > 300
    assert int(image["height"]) > 200


def test_number_in_the_text_comes_from_a_cell(page: BeautifulSoup) -> None:
    assert "The largest probability is 0.6652" in " ".join(page.text.split())


def test_markdown_outputs_hold_formulas(page: BeautifulSoup) -> None:
    output = next(p for p in page.select(".cell_output p") if "Jacobian" in p.text)
    assert output.math


def test_description_is_the_first_paragraph(page: BeautifulSoup) -> None:
    description = page.select_one("meta[name=description]")["content"]
    assert description.startswith("This page uses each thing")


def test_two_clean_builds_are_identical(tmp_path: Path) -> None:
    """In other folders, at other times, with other orders of sets."""
    sites = []
    for seed in ("1", "2"):
        folder = tmp_path / f"book{seed}"
        folder.mkdir()
        for name in ("_config.yml", "_ext", "_assets", "references.bib"):
            (folder / name).symlink_to(ROOT / name)
        shutil.copy(ROOT / "tests/fixtures/book/conventions.ipynb", folder)
        (folder / "index.md").write_text("# Start\n\nWords before $x$.\n")
        (folder / "_toc.yml").write_text(TOC)
        done = build(folder, PYTHONHASHSEED=seed, BOOK_URL="https://example.org/book")
        assert done.returncode == 0, done.stderr
        site = folder / "_build/html"
        files = sorted(path for path in site.rglob("*") if path.is_file())
        sites.append({path.relative_to(site).as_posix(): path.read_bytes() for path in files})
    first, second = sites
    assert first.keys() == second.keys()
    assert not [name for name in first if first[name] != second[name]]
    assert len(first) > 15
