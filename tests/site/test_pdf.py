"""The PDF of a small book: tagged, with bookmarks, folds open, formulas and pictures in place."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from browser import ROOT, opened
from pages import SOFTMAX
from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Path:
    folder = tmp_path_factory.mktemp("pdf")
    for name in ("_config.yml", "_ext", "_assets", "references.bib"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "tests/fixtures/book/conventions.ipynb", folder)
    (folder / "start.md").write_text("# Start\n\nWords.\n\n```{tableofcontents}\n```\n")
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: start\nchapters:\n- file: conventions\n"
    )
    subprocess.run([sys.executable, ROOT / "_ext/pdf.py", folder], check=True)
    return folder


def test_pdf_is_tagged_and_has_bookmarks(folder: Path) -> None:
    pdf = (folder / "_build/book.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in pdf
    assert b"/Marked true" in pdf
    assert b"/Outlines" in pdf
    assert pdf.count(b"/Alt") >= 1  # what the figure shows, in words


def test_printed_page_has_all_of_the_book(folder: Path, chromium: Browser) -> None:
    """As the PDF's printer sees it: without scripts, as print."""
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.emulate_media(media="print")
    page.goto((folder / "_build/single/_build/singlehtml/start.html").as_uri())
    assert page.locator(".solution > details .cell_output").first.is_visible()
    assert page.locator("math").count() > 5
    assert [box.inner_text() for box in page.locator(".eqno").all()] == ["(1)", "(2)"]
    assert all(image.is_visible() for image in page.locator(".cell_output img").all())
    page.context.close()


def test_lines_of_a_claim_are_printed_below_its_equation(chromium: Browser, site: str) -> None:
    with opened(chromium, site, SOFTMAX) as (page, _):
        page.emulate_media(media="print")
        marked = page.locator(".equation:has(.claim)").all()
        assert len(marked) > 5
        for equation in marked:
            formula = equation.locator(".equation-formula").bounding_box()
            lines = equation.locator(".claim ul").bounding_box()
            assert lines["y"] >= formula["y"] + formula["height"] - 1
