"""Refresh, check and verify the committed notebooks; `chapters/*.ipynb` unless named.

python tools/notebooks.py refresh   execute, store the outputs, write only what changed
python tools/notebooks.py check     static rules, nothing is executed
python tools/notebooks.py freeze    store the counts of cells, asserts, figures in the manifest
python tools/notebooks.py verify    execute, compare with the stored outputs (nbval, strict)
python tools/notebooks.py flaps     verify twice and as two older processors (minutes)
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from nbtools import conventions, form, manifest, optional, replay, rules
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


def refresh_all(paths: list[Path], dry_run: bool = False) -> int:
    """Refresh each notebook; a failing one does not keep the others from their turn.

    Returns 1 if one failed or, in a dry run, would have changed. One that needs a package which
    is not installed is left out, which is a failure in CI only.
    """
    code = 0
    for path in paths:
        if reason := optional.left_out(path):
            code |= optional.must_run_all()
            print(reason, file=sys.stderr, flush=True)
            continue
        try:
            changed = refresh(path, dry_run=dry_run)
        except (RefreshError, ValueError) as error:
            code = 1
            print(error, file=sys.stderr, flush=True)
        else:
            code |= dry_run and bool(changed)
            print(
                f"{path}: {'changed: ' + ' '.join(changed) if changed else 'unchanged'}", flush=True
            )
    return code


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", choices=["refresh", "check", "freeze", "verify", "flaps"])
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="refresh: write nothing")
    options = parser.parse_intermixed_args(arguments)
    paths = options.notebooks or sorted(CHAPTERS.glob("*.ipynb"))
    if missing := [path for path in paths or [CHAPTERS] if not path.is_file()]:
        parser.error(f"no notebook: {', '.join(map(str, missing))}")
    if options.verb == "refresh":
        return refresh_all(paths, options.dry_run)
    if options.verb == "freeze":
        manifest.freeze({path.name: form.read(path) for path in paths}, folder=CHAPTERS)
        return 0
    if options.verb in {"verify", "flaps"}:
        return getattr(replay, options.verb)(paths)
    problems = list(check(paths))
    print("\n".join(problems) or f"{len(paths)} notebooks: no fault")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
