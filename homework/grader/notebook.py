"""Finds the submitted files of a folder and reads the code cells of each, by question.

A file is data until the sandbox runs it: it is opened without following links, its size is looked
at first, and all that it can do by being odd is to be refused.
"""

import dataclasses
import json
import os
import re
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path

LARGEST_FILE = 20 << 20  # bytes; a notebook with many figures has two or three million
LARGEST_CODE = 1 << 20
NAME = re.compile(r"""^STUDENT = (["'])(.*?)\1""", re.MULTILINE)
USUAL_NAME = "multilabel.ipynb"


class Unreadable(Exception):
    """Why a file cannot be graded, said to its owner."""


@dataclasses.dataclass(frozen=True)
class Cell:
    """A code cell: of which question ("all" for any), and whether "given" or an "answer"."""

    question: str
    role: str
    source: str


@dataclasses.dataclass(frozen=True)
class Notebook:
    """The code cells that count, in their order."""

    cells: list[Cell]

    def answers(self, question: str) -> list[str]:
        return [c.source for c in self.cells if (c.question, c.role) == (question, "answer")]

    def before(self, question: str, own: Collection[str], known: Collection[str]) -> list[str]:
        """What runs before `question`: given for it and for `known`, and the answers to `own`."""
        given = {"all", question, *known}
        return [c.source for c in self.cells if c.question in (given if c.role == "given" else own)]

    def student(self) -> str:
        """The name that the student has typed into the notebook, or ''."""
        for cell in self.cells:
            found = NAME.search(cell.source) if cell.role == "given" else None
            if found:
                return found[2]
        return ""


def submissions(folder: Path) -> dict[str, list[Path]]:
    """Student → files, from `folder/student.ipynb` or `folder/student/…/multilabel.ipynb`.

    Names that differ in capitals, outer blanks or the way an accent is written are one student.
    """
    found: dict[str, list[Path]] = defaultdict(list)
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        inside = entry.is_dir() and not entry.is_symlink()
        name = entry.name if inside else entry.name.removesuffix(".ipynb")
        files = list(_notebooks(entry)) if inside else [entry]
        usual = [f for f in files if f.name == USUAL_NAME]
        # bytes of a name that are not UTF-8 are shown as they are
        name = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        found[same_name(name)] += usual or files
    return dict(found)


def same_name(name: str) -> str:
    """One form for all the ways in which a student's name may be typed."""
    return unicodedata.normalize("NFC", name).strip().lower()


def _notebooks(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        yield from (Path(here, f) for f in sorted(files) if f.endswith(".ipynb"))


def read(files: list[Path]) -> Notebook:
    """The one notebook among `files`; `Unreadable` says what is wrong."""
    if not files:
        raise Unreadable("There is no notebook in this folder.")
    if len(files) > 1:
        raise Unreadable(f"There are {len(files)} files of this student: hand in one.")
    try:
        content = json.loads(_bytes(files[0]).decode("utf-8-sig"))
    except (ValueError, RecursionError, MemoryError):
        raise Unreadable("This is not a notebook: the file is no JSON that can be read.") from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list) or not cells:
        raise Unreadable("This notebook has no cells (or is older than version 4 of the format).")
    language = _language(content.get("metadata"))
    if language not in ("", "python"):
        raise Unreadable(f"This notebook is written for {language[:40]}, not for Python.")
    return _code(cells)


def _bytes(path: Path) -> bytes:
    try:
        # no link is followed, and a pipe does not make us wait
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        raise Unreadable("The file cannot be opened: a link is not followed.") from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise Unreadable("This is not an ordinary file.")
    with open(descriptor, "rb") as file:
        if status.st_size > LARGEST_FILE:
            raise Unreadable(
                f"The file has {status.st_size >> 20} MB; at most {LARGEST_FILE >> 20} are read. "
                "Clear the outputs and hand it in again."
            )
        return file.read(LARGEST_FILE + 1)


def _language(metadata: object) -> str:
    """The kernel's language in small letters, or '' where the file does not say."""
    metadata = metadata if isinstance(metadata, dict) else {}
    for entry, key in (("language_info", "name"), ("kernelspec", "language")):
        described = metadata.get(entry)
        name = described.get(key) if isinstance(described, dict) else None
        if isinstance(name, str) and name:
            # ipykernel writes "python", older ones "python3", a browser's kernel "python"
            return name.lower().rstrip("0123456789.")
    return ""


def _code(cells: list[object]) -> Notebook:
    kept: list[Cell] = []
    question = "all"
    for cell in cells:
        if not isinstance(cell, dict):
            continue
        marks = cell.get("metadata")
        marks = marks.get("homework") if isinstance(marks, dict) else None
        marks = marks if isinstance(marks, dict) else {}
        if isinstance(marks.get("question"), str):
            question = marks["question"]
        # a cell that the student added belongs to the question above it
        role = marks.get("role", "given" if question == "all" else "answer")
        source = _source(cell)
        if cell.get("cell_type") == "code" and role in ("given", "answer") and source.strip():
            kept.append(Cell(question, role, source))
    if sum(len(c.source) for c in kept) > LARGEST_CODE:
        raise Unreadable("There is more than a megabyte of code in this notebook.")
    return Notebook(kept)


def _source(cell: dict[str, object]) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""
