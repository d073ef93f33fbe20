"""The eight questions of the homework, and the check cell's voice.

NumPy alone. The check cell of the student's notebook and the grader use the same judge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import experiments, logits, network
from .calls import Call, Failure, Seed, answer
from .judging import Question, Verdict
from .scene import variant_of
from .slips import SLIPS, Slip

__all__ = [
    "QUESTIONS",
    "SLIPS",
    "Call",
    "Failure",
    "Question",
    "Seed",
    "Slip",
    "Verdict",
    "answer",
    "checker",
    "variant_of",
]

ALL = logits.QUESTIONS | network.QUESTIONS | experiments.QUESTIONS
ORDER = (
    "output_layer",
    "bce",
    "bce_gradient",
    "hand_step",
    "train",
    "thresholds",
    "softmax_fails",
    "backprop",
)
QUESTIONS: dict[str, Question] = {name: ALL[name] for name in ORDER}


def checker(names: Mapping[str, Any]) -> Callable[[str], float]:
    """Return `check(question)`, which judges what is defined in `names` (a cell's globals()).

    It prints what it finds and returns the points, which nbgrader reads from the cell's output.
    """

    def check(question: str) -> float:
        if "variant" not in names:
            raise NameError("write your name into STUDENT, and run the cells from there on")
        asked = QUESTIONS[question]
        calls = asked.calls(names["variant"], False)
        found = asked.judge(calls, [answer(call, names) for call in calls])
        if found.slip is None and found.points == asked.points:
            print("✓ Passed.")
        else:
            own = found.slip and found.slip not in GENERAL
            print(f"✗ {found.message}\n  Read {SLIPS[found.slip].read if own else asked.read}.")
        print(f"Points, of {asked.points}:")
        return found.points

    return check


# faults that say nothing about the subject: there the question says where to read
GENERAL = {"not_done", "missing", "nothing", "raised", "type"}
