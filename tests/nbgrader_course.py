"""Take the student's notebook through the real nbgrader: validate, generate, autograde, export.

nbgrader is not among the book's packages: `make nbgrader` runs this in an environment of its own.
"""

import csv
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from homework import generate  # noqa: E402
from homework.questions import QUESTIONS  # noqa: E402

COMPUTED = sum(q.points for q in QUESTIONS.values())
WITH_MEAN = "def bce(z, y):\n    return (np.logaddexp(0, z) - y * z).mean()"


def nbgrader(*arguments: str, folder: Path) -> str:
    """Run one of nbgrader's commands and return what it says."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


def hand_in(path: Path, student: str, answers: dict[str, str]) -> Path:
    """Write the notebook of `student` with these answers in place of the stubs."""
    notebook = nbformat.reads(generate.generate(student), 4)
    for cell in notebook.cells:
        if cell.metadata.homework.role == "answer":
            cell.source = answers.get(cell.metadata.homework.question, cell.source)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def main(folder: Path) -> None:
    chapter = nbformat.read(generate.CHAPTER, 4)
    right = {
        c["id"].rpartition("-")[0]: c.source for c in chapter.cells if c["id"].endswith("-answer")
    }
    answers = {"ada": right, "bob": right | {"bce": WITH_MEAN}, "eve": {}}

    for student, expected in {
        "ada": "Success! Your notebook passes all the tests",
        "bob": "VALIDATION FAILED ON 1 CELL",
        "eve": f"VALIDATION FAILED ON {len(QUESTIONS)} CELL",
    }.items():
        path = hand_in(folder / f"{student}.ipynb", student, answers[student])
        said = nbgrader("validate", path.name, folder=folder)
        assert expected in said, said
        print(f"validate {student}: {expected}")

    shutil.copy(ROOT / "homework" / "nbgrader_config.py", folder)
    source = folder / "source/multilabel/multilabel.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(generate.STUDENT_FILE.read_text(encoding="utf-8"), encoding="utf-8")
    nbgrader("generate_assignment", "multilabel", folder=folder)
    released = nbformat.read(folder / "release/multilabel/multilabel.ipynb", 4)
    given = nbformat.read(source, 4)
    changed = [
        a["id"] for a, b in zip(given.cells, released.cells, strict=True) if a.source != b.source
    ]
    print("cells that nbgrader changed for the release:", changed or "none")

    for student, own in answers.items():
        hand_in(folder / f"submitted/{student}/multilabel/multilabel.ipynb", student, own)
    nbgrader("autograde", "multilabel", folder=folder)
    nbgrader("export", folder=folder)
    with open(folder / "grades.csv", encoding="utf-8", newline="") as file:
        scores = {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)}
    print("autograde:", scores, "of", COMPUTED, "computed points")
    assert scores == {"ada": COMPUTED, "bob": COMPUTED - 6, "eve": 0}
    assert not changed


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        main(Path(name))
