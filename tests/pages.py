"""The pages of the built site, and what a file of them holds."""

from functools import cache
from pathlib import Path

import pytest
import yaml
from browser import ROOT
from bs4 import BeautifulSoup

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text())
FILES = [chapter["file"] for part in TOC["parts"] for chapter in part["chapters"]]
CHAPTERS = [f"{file}.html" for file in FILES if (ROOT / f"{file}.ipynb").exists()]
SOFTMAX = "chapters/03_softmax.html"
BACKPROPAGATION = "chapters/06_backpropagation.html"
PAGES = ["index.html", "search.html", "404.html", *(f"{file}.html" for file in FILES)]
every_page = pytest.mark.parametrize("path", PAGES)
every_chapter = pytest.mark.parametrize("path", CHAPTERS)


@cache
def parse(file: Path) -> BeautifulSoup:
    return BeautifulSoup(file.read_text("utf-8"), "html.parser")
