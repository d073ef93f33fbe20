"""Time the code of every chapter in a fresh kernel; the better of two runs is recorded.

    python benchmarks/chapters.py

The page shows a chapter's time as long as its code is the code that was timed.
"""

import copy
import json
import sys
import time
from pathlib import Path

from machine import machine

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tools"))
from nbtools import form, numbers  # noqa: E402
from nbtools.refresh import CELL_TIMEOUT, execute  # noqa: E402

ROUNDS = 2


def main() -> None:
    chapters = {}
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        notebook, runs = form.read(path), []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            execute(copy.deepcopy(notebook), path, CELL_TIMEOUT)
            runs.append(time.perf_counter() - start)
        chapters[path.name] = {"seconds": round(min(runs), 1), "code": numbers.digest(notebook)}
        print(f"{path.name}: {min(runs):.1f} s", flush=True)
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(c)}" for name, c in chapters.items())
    head = f'"machine": {json.dumps(machine())}'
    numbers.TIMES.write_text(f'{{\n {head},\n "chapters": {{\n{lines}\n }}\n}}\n', "utf-8")


if __name__ == "__main__":
    main()
