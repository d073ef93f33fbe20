"""Reads the kept submissions of `homework/submissions`, grades them and draws the confusion table.

A submission is a Python file in cells, `# %% question` above each; a wrong one states its verdict
there: `# %% bce: 6 of 12, sum_over_samples`, or `unnamed` for a slip without a name. Run as
`python -m tests.grading` it prints the table.
"""

import concurrent.futures
import dataclasses
import os
import re
import time
from pathlib import Path

from homework.grader.marking import mark
from homework.grader.notebook import Cell, Notebook
from homework.grader.sandbox import Limits
from homework.questions import QUESTIONS, Verdict
from homework.scene import experiment_targets, hand_numbers

FOLDER = Path(__file__).parents[1] / "homework" / "submissions"
CELL = re.compile(r"^# %% (\w+)(?:: ([\d.]+) of (\d+), (\w+))?\n", re.MULTILINE)
# the held-back ones were written, and first graded, when the judge was finished
KINDS = ("right", "held_back_right", "wrong", "held_back")
VARIANT = 20261120
# the names that the student's notebook gives
X, Y, W, B, RATE = hand_numbers(VARIANT)
GIVEN = f"""
import numpy as np
from numpy import array

x, y, W, b, rate = {X!r}, {Y!r}, {W!r}, {B!r}, {float(RATE)}
targets = {experiment_targets(VARIANT)!r}
"""
# nobody waits for the endless ones, and no right answer is late on a busy machine
QUICK, PATIENT = Limits(seconds=1), Limits(seconds=120)


@dataclasses.dataclass(frozen=True)
class Kept:
    """A kept submission: answers, and where it is wrong the expected points and slip."""

    name: str
    answers: dict[str, str]
    expected: dict[str, tuple[float, str | None]]

    def notebook(self) -> Notebook:
        answers = [Cell(key, "answer", source) for key, source in self.answers.items()]
        return Notebook([Cell("all", "given", GIVEN), *answers])


def read(path: Path) -> Kept:
    _, *parts = CELL.split(path.read_text("utf-8"))
    cells = [parts[i : i + 5] for i in range(0, len(parts), 5)]
    if not cells:
        raise ValueError(f"{path.name}: no cell '# %% question'")
    expected = {}
    for key, points, total, slip, _ in cells:
        if slip:
            assert int(total) == QUESTIONS[key].points, f"{path.name}: {key} has other points"
            expected[key] = (float(points), None if slip == "unnamed" else slip)
    return Kept(path.stem, {key: source for key, *_, source in cells}, expected)


def kept(kind: str) -> list[Kept]:
    return [read(path) for path in sorted((FOLDER / kind).glob("*.py"))]


def grade(one: Kept) -> dict[str, Verdict]:
    slips = {key: slip for key, (_, slip) in one.expected.items()}
    limits = {k: QUICK if slips.get(k) == "timeout" else PATIENT for k in one.answers}
    return mark(one.notebook(), VARIANT, questions=list(one.answers), limits=limits)


def grade_all(submissions: list[Kept]) -> list[dict[str, Verdict]]:
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(grade, submissions))


@dataclasses.dataclass
class Count:
    """Of one kind of submissions: answers with full marks and with less, and what surprises."""

    submissions: int = 0
    full: int = 0
    less: int = 0
    as_expected: int = 0
    surprises: list[str] = dataclasses.field(default_factory=list)


def count(kind: str) -> Count:
    submissions = kept(kind)
    counted = Count(len(submissions))
    for one, verdicts in zip(submissions, grade_all(submissions), strict=True):
        for key, found in verdicts.items():
            points, slip = one.expected.get(key, (QUESTIONS[key].points, None))
            counted.full += found.points == QUESTIONS[key].points
            counted.less += found.points < QUESTIONS[key].points
            if (found.points, found.slip) == (points, slip):
                counted.as_expected += 1
            else:
                counted.surprises.append(f"{one.name}, {key}: {found}, not {points} {slip}")
    return counted


def table() -> str:
    lines = [f"{'':16} submissions  full marks  less  mark and slip as expected"]
    surprises, start, graded = [], time.perf_counter(), 0
    for kind in KINDS:
        found = count(kind)
        graded += found.submissions
        numbers = f"{found.submissions:11}  {found.full:10}  {found.less:4}  {found.as_expected}"
        lines.append(f"{kind:16} {numbers}")
        surprises += [f"{kind}/{text}" for text in found.surprises]
    seconds = (time.perf_counter() - start) / graded
    return "\n".join(
        [*lines, f"{seconds:.2f} s a submission on {os.cpu_count()} cores", *surprises]
    )


if __name__ == "__main__":
    print(table())
