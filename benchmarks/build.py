"""Time the build of the book: clean, again after one chapter changed, and with more chapters.

    python benchmarks/build.py [--counts 20 40]

Everything happens in a copy of the working tree. The further chapters are copies of chapters 2
to 6 whose labels have a number of their own; they are built without the rule that a warning is an
error, since the pages about the whole book (coverage, claims) do not expect them.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path
from typing import Any

from machine import machine

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "_ext"))
from publish import publish  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "build.json"
COPIED = ("02_one_hot", "03_softmax", "04_cross_entropy", "05_derivatives", "06_backpropagation")
CHANGED = "03_softmax"
LABEL = re.compile(r"\b(?:eq|ex|fig|tab|sec)-[a-z0-9-]+|(?<=glue\(\\\")[^\\\"]+")


def chapters(book: Path) -> list[Path]:
    return sorted((book / "chapters").glob("[0-9]*.ipynb"))


def add_chapters(book: Path, count: int) -> None:
    """Copy chapters until the book has `count`; every label of a copy is its own."""
    contents = book / "_toc.yml"
    for number, name in enumerate(cycle(COPIED), len(chapters(book)) + 1):
        if number > count:
            return
        text = (book / "chapters" / f"{name}.ipynb").read_text("utf-8")
        for label in sorted(set(LABEL.findall(text)), key=len, reverse=True):
            text = re.sub(rf"(?<![\w-]){re.escape(label)}(?![\w-])", f"{label}-c{number}", text)
        (book / "chapters" / f"{number}_copy.ipynb").write_text(text, "utf-8")
        last = f"  - file: {chapters(book)[-2].relative_to(book).with_suffix('')}\n"
        new = f"  - file: chapters/{number}_copy\n"
        contents.write_text(contents.read_text("utf-8").replace(last, last + new), "utf-8")


def seconds(book: Path) -> float:
    """Time what `make book` does, except that a warning stops nothing."""
    start = time.perf_counter()
    plain = book / "_build/plain"
    command = [Path(sys.executable).parent / "jupyter-book", "build", book, "--path-output", plain]
    subprocess.run([*command, "-q", "-n"], check=True, capture_output=True)
    publish(plain / "_build/html", book / "_build/html")
    return time.perf_counter() - start


def measure(book: Path) -> dict[str, Any]:
    shutil.rmtree(book / "_build", ignore_errors=True)
    clean = seconds(book)
    changed = book / "chapters" / f"{CHANGED}.ipynb"
    changed.write_text(changed.read_text("utf-8").replace("softmax", "Softmax", 1), "utf-8")
    row = {"chapters": len(chapters(book)), "clean": clean, "one_changed": seconds(book)}
    row["unchanged"] = seconds(book)
    size = sum(path.stat().st_size for path in (book / "_build/html").rglob("*") if path.is_file())
    return {**{k: round(v, 1) for k, v in row.items()}, "megabytes": round(size / 1e6, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counts", type=int, nargs="*", default=[20, 40])
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book"
        leave = shutil.ignore_patterns(".venv", "_build", ".git", "mutants", "__pycache__")
        shutil.copytree(ROOT, book, ignore=leave, symlinks=True)
        seconds(book)  # not counted: it fills the caches of the disk and of Python
        for count in [len(chapters(book)), *parser.parse_args().counts]:
            add_chapters(book, count)
            rows.append(measure(book))
            print(rows[-1], flush=True)
    RESULTS.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
