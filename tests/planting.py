"""Plant faults in a small chapter and run over it what `make test` runs over the book."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tools"))  # for `python tests/faults.py`; pytest knows it already
import notebooks  # noqa: E402
from nbtools import form, manifest, replay  # noqa: E402

FIXTURE = Path(__file__).with_name("fixtures") / "chapter.ipynb"
LOOP_TIMEOUT = 3  # seconds; a cell that loops is alone in its notebook


@dataclass
class Chapter:
    """A chapter to spoil: its cells by id, its entry in the manifest, the text of its file."""

    notebook: nbformat.NotebookNode = field(default_factory=lambda: form.read(FIXTURE))
    respell: Callable[[str], str] = str

    def __post_init__(self):
        self.manifest = manifest.count(self.notebook)

    def __getitem__(self, cell_id):
        return next(cell for cell in self.notebook.cells if cell.id == cell_id)

    def replace(self, cell_id, old, new):
        assert old in self[cell_id].source, f"{old!r} is not in cell {cell_id}"
        self[cell_id].source = self[cell_id].source.replace(old, new)

    def remove(self, cell_id):
        self.notebook.cells.remove(self[cell_id])

    def write(self, path):
        path.write_text(self.respell(form.dumps(self.notebook)), encoding="utf-8")


@dataclass(frozen=True)
class Fault:
    """One change and its verdict: caught by `check`, caught by `nbval`, `harmless` or `open`."""

    plant: Callable[[Chapter], None]
    verdict: str
    says: str  # in the message; why, where nothing catches it
    cell: str  # the one that nbval must fail, and no other; empty where nbval need not run
    loops: bool

    @property
    def name(self):
        verdict = (
            f"caught by {self.verdict}" if self.verdict in ("check", "nbval") else self.verdict
        )
        return f"{self.plant.__name__.replace('_', ' ')}: {verdict}"


FAULTS: list[Fault] = []


def fault(verdict, says, *, cell="", loops=False):
    """Register a function that plants a fault."""

    def register(plant):
        FAULTS.append(Fault(plant, verdict, says, cell, loops))
        return plant

    return register


def check(fault, folder):
    """Return what the static check says of a chapter with this fault."""
    chapter = Chapter()
    fault.plant(chapter)
    path = folder / FIXTURE.name
    chapter.write(path)
    return list(notebooks.check([path], {path.name: chapter.manifest}))


def run_nbval(faults, folder):
    """Run nbval over notebooks with these faults, in as few kernels as their cells allow.

    Returns for each fault the cells that failed, with their messages, less those that another
    fault in the same notebook accounts for.
    """
    quick = _pack([one for one in faults if one.cell and not one.loops])
    slow = [[one] for one in faults if one.loops]
    with ThreadPoolExecutor() as pool:  # the loops mostly wait
        loops = pool.submit(_run, slow, folder / "slow", timeout=LOOP_TIMEOUT)
        return _run(quick, folder / "quick") | loops.result()


def _pack(faults):
    books = []
    for one in faults:
        for book in books:
            if one.cell not in {other.cell for other in book}:
                book.append(one)
                break
        else:
            books.append([one])
    return books


def _run(books, folder, **timeout):
    folder.mkdir()
    shutil.copy(ROOT / "chapters" / "conftest.py", folder)
    for number, book in enumerate(books):
        chapter = Chapter()
        for one in book:
            one.plant(chapter)
        if book[0].loops:  # alone, so that a short timeout cannot strike another cell
            chapter.notebook.cells = [chapter[book[0].cell]]
        chapter.write(folder / f"book{number}.ipynb")
    failed = _failures(folder, **timeout)
    return {
        one.name: {
            cell: message
            for cell, message in failed.get(number, {}).items()
            if cell not in {other.cell for other in book if other is not one}
        }
        for number, book in enumerate(books)
        for one in book
    }


def _failures(folder, **timeout):
    """Run the project's own line over a folder; return messages by book and cell."""
    report = folder / "report.xml"
    command = [*replay.nbval_command(folder, **timeout), f"--junitxml={report}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert report.exists(), done.stdout + done.stderr
    failed = {}
    for case in ET.parse(report).iter("testcase"):
        if (failure := case.find("failure")) is not None:
            book = case.get("classname").removesuffix(".ipynb").removeprefix("book")
            cell = re.match(r"cell \[(.*?)\]", failure.text)[1]
            failed.setdefault(int(book), {})[cell] = failure.text
    return failed


def print_table(faults):
    """Print what catches each fault; return 1 where it is not what its verdict says."""
    print(
        "| fault | verdict | check | nbval | what is said, or why nothing |\n|---|---|---|---|---|"
    )
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        replayed = run_nbval(faults, folder)
        for one in faults:
            static = "caught" if check(one, folder) else "-"
            dynamic = ("caught" if replayed[one.name] else "-") if one.cell else "not run"
            found = {"check": static == "caught", "nbval": dynamic == "caught"}
            wrong += not found.get(one.verdict, not any(found.values()))
            print(
                f"| {one.name.split(':')[0]} | {one.verdict} | {static} | {dynamic} | {one.says} |"
            )
    caught = sum(one.verdict in ("check", "nbval") for one in faults)
    print(f"\n{len(faults)} faults: {caught} to be caught, {wrong} not as their verdict says")
    return int(wrong > 0)
