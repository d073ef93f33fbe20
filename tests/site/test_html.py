"""Every page is valid HTML, by an independent validator."""

import json
import subprocess
from pathlib import Path

import pytest
from browser import ROOT
from pages import PAGES, every_page


@pytest.fixture(scope="session")
def errors(book: Path) -> dict[str, list[str]]:
    """All pages in one process; the paths of the answer are the ones asked for."""
    command = ["node", "tools/site/html.mjs", *(str(book / path) for path in PAGES)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8")
    return json.loads(done.stdout)


@every_page
def test_page_is_valid(errors: dict[str, list[str]], book: Path, path: str) -> None:
    assert not errors[str(book / path)]


def test_validator_sees_a_fault(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!DOCTYPE html><html lang=en><title>x</title><p><div>a</div></p><img src=x>")
    command = ["node", "tools/site/html.mjs", str(page)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8")
    assert len(json.loads(done.stdout)[str(page)]) >= 1
