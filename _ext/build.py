"""Build the book: ``python _ext/build.py [folder]`` writes the site to ``folder/_build/html``.

A warning is an error. A build that fails leaves the last good site as it was and throws its own
half-done state away: Sphinx would not repeat the warnings of pages that it takes for finished.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from publish import publish
from toolchain import ROOT


def sphinx(book: Path, folder: Path, *options: str) -> int:
    """Run Jupyter Book into ``folder``; a warning is an error. Gives its return code."""
    jupyter_book = shutil.which("jupyter-book", path=Path(sys.executable).parent)
    strict = ["-W", "-n", "--keep-going", "-q"]
    done = subprocess.run(
        [jupyter_book, "build", book, "--path-output", folder, *strict, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        named = [line for line in done.stdout.splitlines() if re.search("WARNING: |ERROR: ", line)]
        print("\n".join(named) or done.stdout.partition("Traceback (")[0], file=sys.stderr)
        print("The book has not been built; every line above is an error.", file=sys.stderr)
    return done.returncode


def restyled(book: Path, stamp: Path) -> bool:
    """Has a style, script, template or extension changed since? Sphinx looks at the pages alone."""
    files = [path for folder in (book / "_assets", ROOT / "_ext") for path in folder.rglob("*.*")]
    changes = [path.stat().st_mtime for path in files if path.suffix != ".pyc"]
    return stamp.exists() and max(changes) > stamp.stat().st_mtime


def main(book: Path) -> int:
    plain, site = book / "_build/plain", book / "_build/html"
    stamp = plain / ".built"
    begun = time.time()
    if sphinx(book, plain, *["--all"] if restyled(book, stamp) else []):
        return 1
    stamp.touch()
    os.utime(stamp, (begun, begun))
    publish(plain / "_build/html", site)
    print(f"The book is in {site / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT).resolve()))
