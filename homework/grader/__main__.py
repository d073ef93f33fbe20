"""`python -m homework.grader FOLDER [--out FOLDER] [--book ADDRESS]`."""

import argparse
import concurrent.futures
import os
import sys
import time
from pathlib import Path

from tqdm import tqdm

from homework.grader import notebook, report, sandbox
from homework.grader.marking import mark
from homework.questions import variant_of
from homework.scene import words_of


def grade(student: str, files: list[Path]) -> report.Graded:
    """One student; whatever goes wrong here is written down and stops nobody else's grading."""
    try:
        submitted = notebook.read(files)
        note = _of_another(student, submitted.student())
        return report.Graded(student, mark(submitted, variant_of(student)), note=note)
    except notebook.Unreadable as reason:
        return report.Graded(student, problem=str(reason))
    except Exception as error:
        return report.Graded(student, problem=f"The grader failed: {type(error).__name__}: {error}")


def _of_another(student: str, typed: str) -> str:
    """What to say when the file's name and the name in the notebook are not one."""
    if words_of(student) == words_of(typed):
        return ""
    return (
        f"The notebook's STUDENT is “{typed}”: its numbers are another's. Questions 4 and 7 were "
        "judged by the file's name; if both names are one student's, rename the file and grade "
        "again."
    )


def grade_folder(folder: Path, out: Path, book: str = "", jobs: int = 0) -> list[report.Graded]:
    """Grades everyone in `folder`; writes `marks.csv` and the pages into `out`."""
    students = notebook.submissions(folder)
    out.mkdir(parents=True, exist_ok=True)
    everyone = []
    with concurrent.futures.ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
        running = [pool.submit(grade, student, files) for student, files in students.items()]
        for done in tqdm(
            concurrent.futures.as_completed(running), total=len(running), unit="student"
        ):
            one = done.result()
            everyone.append(one)
            text = report.page(one, book)
            (out / report.page_name(one.student)).write_text(text, "utf-8", newline="\n")
    everyone.sort(key=lambda one: one.student)
    report.write_marks(out / "marks.csv", everyone)
    return everyone


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="grade", description=__doc__)
    parser.add_argument("submissions", type=Path, help="student.ipynb, or student/multilabel.ipynb")
    parser.add_argument(
        "--out", type=Path, help="where marks go; FOLDER-marks beside it by default"
    )
    parser.add_argument("--book", default=os.environ.get("BOOK_URL", ""), help="address for links")
    options = parser.parse_args(argv)
    folder: Path = options.submissions.resolve()
    if not folder.is_dir():
        parser.error(f"submissions: {options.submissions} is not a folder")
    reason = sandbox.unjailed()
    if reason:
        print(
            f"Not shut in: {reason}. Limits on time and memory hold, but submissions can read "
            "files and use the network: grade inside a container or on Linux.",
            file=sys.stderr,
        )
    out = options.out or folder.with_name(folder.name + "-marks")
    start = time.monotonic()
    everyone = grade_folder(folder, out, options.book)
    seconds = (time.monotonic() - start) / max(len(everyone), 1)
    print(f"{len(everyone)} students, {seconds:.1f} s each: {out}/marks.csv")
    return 0


if __name__ == "__main__":
    sys.exit(main())
