"""Refresh, check and verify the committed notebooks; `chapters/*.ipynb` unless named.

python tools/notebooks.py refresh   execute, store the outputs, write only what changed
python tools/notebooks.py check     static rules, nothing is executed
python tools/notebooks.py freeze    store the counts of cells, asserts, figures in the manifest
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from nbtools import conventions, form, manifest, rules
from nbtools.refresh import RefreshError, refresh

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = ROOT / "chapters"


def check(paths: list[Path], entries: dict[str, dict[str, int]] | None = None) -> Iterator[str]:
    """Yield one line for each fault, with file and cell."""
    entries = manifest.load() if entries is None else entries
    chapters = {}
    for path in paths:
        try:
            notebook = form.read(path)
        except ValueError as error:
            yield str(error)
            continue
        problems = list(rules.check(notebook, path.read_text(encoding="utf-8")))
        problems += conventions.check(notebook)
        problems.append(manifest.check(path.name, notebook, entries))
        yield from (f"{path}: {problem}" for problem in problems if problem)
        chapters[str(path)] = notebook
    yield from conventions.check_book(chapters)


def refresh_all(paths: list[Path]) -> int:
    """Refresh each notebook; a failing one does not keep the others from their turn."""
    failed = 0
    for path in paths:
        try:
            print(f"{path}: {'rewritten' if refresh(path) else 'unchanged'}", flush=True)
        except (RefreshError, ValueError) as error:
            failed += 1
            print(error, file=sys.stderr, flush=True)
    return int(failed > 0)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", choices=["refresh", "check", "freeze"])
    parser.add_argument("notebooks", nargs="*", type=Path)
    options = parser.parse_args(arguments)
    paths = options.notebooks or sorted(CHAPTERS.glob("*.ipynb"))
    if options.verb == "refresh":
        return refresh_all(paths)
    if options.verb == "freeze":
        manifest.freeze({path.name: form.read(path) for path in paths}, folder=CHAPTERS)
        return 0
    problems = list(check(paths))
    print("\n".join(problems) or f"{len(paths)} notebooks: no fault")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
