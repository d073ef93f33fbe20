"""A small book built as CI builds a fork's: absolute addresses, and only from the environment."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from browser import ROOT
from bs4 import BeautifulSoup
from pages import PAGES, every_chapter, parse
from PIL import Image

URL = "https://example.org/some/book"
REPOSITORY = "https://github.com/somebody/fork"


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    for name in ("_config.yml", "_ext", "_assets", "references.bib"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "chapters").mkdir()
    shutil.copy(ROOT / "tests/fixtures/book/conventions.ipynb", folder / "chapters")
    (folder / "index.md").write_text("# Start\n\nWords.\n")
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n- file: chapters/conventions\n"
    )
    (folder / "_build").mkdir()
    (folder / "_build/book.pdf").write_bytes(b"%PDF-")
    (folder / "_build/lite/notebooks").mkdir(parents=True)
    (folder / "_build/lite/notebooks/index.html").write_text("<title>JupyterLite</title>")
    environment = os.environ | {"BOOK_URL": f"{URL}/", "BOOK_REPOSITORY": f"{REPOSITORY}.git"}
    subprocess.run([sys.executable, ROOT / "_ext/build.py", folder], check=True, env=environment)
    return folder / "_build/html"


def test_pages_know_their_address(published: Path) -> None:
    for path, address in {
        "index.html": f"{URL}/",
        "chapters/conventions.html": f"{URL}/chapters/conventions.html",
    }.items():
        page = parse(published / path)
        assert page.select_one("link[rel=canonical]")["href"] == address
        assert page.select_one("meta[property='og:url']")["content"] == address
        assert page.select_one("meta[property='og:title']")["content"]
        card = page.select_one("meta[property='og:image']")["content"]
        with Image.open(published / card.removeprefix(f"{URL}/")) as image:
            assert image.size == (1200, 630)


def test_sitemap_names_each_page_once(published: Path) -> None:
    rows = ElementTree.parse(published / "sitemap.xml").findall(".//{*}loc")
    assert sorted(row.text for row in rows) == [f"{URL}/", f"{URL}/chapters/conventions.html"]


def test_missing_page_works_at_any_depth(published: Path) -> None:
    page = parse(published / "404.html")
    for tag in page.select("link[href]:not([rel=canonical]), script[src], .bd-sidebar-primary a"):
        link = tag.get("href") or tag.get("src")
        assert link.startswith("/some/book/"), tag
        assert (published / link.removeprefix("/some/book/")).is_file(), tag
    assert page.html["data-content_root"] == "/some/book/"


def test_chapter_can_be_run_elsewhere(published: Path) -> None:
    panel = parse(published / "chapters/conventions.html").select_one("#run-it")
    links = {link["href"] for link in panel.select("a[href^=https]")}
    colab = "https://colab.research.google.com/github/somebody/fork/blob/main"
    assert links == {
        f"{colab}/chapters/conventions.ipynb",
        "https://mybinder.org/v2/gh/somebody/fork/main?labpath=chapters%2Fconventions.ipynb",
    }
    assert f"!git clone --depth 1 {REPOSITORY} book\n%cd book/chapters\n" in panel.text
    assert f"git clone {REPOSITORY}" in panel.text


def test_what_lies_beside_the_book_is_linked(published: Path) -> None:
    page = parse(published / "chapters/conventions.html")
    assert page.select("a[href='../book.pdf']")
    assert (published / "book.pdf").exists()
    lite = page.select_one("#run-it a[href^='../lite/']")
    assert lite["href"] == "../lite/notebooks/index.html?path=chapters/conventions.ipynb"
    assert (published / "lite/notebooks/index.html").exists()
    assert "cdn.jsdelivr.net" in lite.parent.text  # the one exception is said before the click
    assert "lite/" not in (published / "sw.js").read_text("utf-8")


@every_chapter
def test_book_at_home_leads_to_no_host(book: Path, path: str) -> None:
    page = parse(book / path)
    assert not page.select(
        "link[rel=canonical], meta[property='og:image'], meta[property='og:url']"
    )
    panel = page.select_one("#run-it")
    assert panel.select("a[href$='.ipynb'][download]")
    assert "make lab" in panel.text
    assert not panel.select("a[href^=http]")
    assert bool(panel.select("a[href*='lite/']")) == (book / "lite").exists()


def test_no_page_names_a_host_that_was_not_asked_for(book: Path) -> None:
    assert not (book / "sitemap.xml").exists()
    assert not (book / "_static/cards").exists()
    for path in PAGES:
        assert not BeautifulSoup((book / path).read_text("utf-8"), "html.parser").select("base")


def test_citation_names_the_version_of_the_package() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors", "license"} <= citation.keys()
    assert f'version = "{citation["version"]}"' in (ROOT / "pyproject.toml").read_text()
    assert citation["version"] in (ROOT / "CHANGELOG.md").read_text()
