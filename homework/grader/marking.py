"""Marks a notebook: each question by itself, so that an error in one costs one question only."""

import dataclasses
import logging
from collections.abc import Iterator, Mapping, Sequence

from homework.grader import sandbox
from homework.grader.notebook import Notebook
from homework.grader.sandbox import Limits
from homework.questions import QUESTIONS, Verdict

# after these an answer's cells are not run again when a later question is judged
FATAL = {"timeout", "memory", "killed", "output", "garbled"}
# where a second run with the reference answers cannot help
EMPTY = {"not_done", "missing"}
LIMITS = {"train": Limits(seconds=90)}
USUAL = Limits(seconds=20)
# mlpkit holds the loss and its gradient: it is there where a network is to be trained
WITH_MLPKIT = {"train", "thresholds", "softmax_fails"}


def mark(
    notebook: Notebook,
    variant: int,
    *,
    questions: Sequence[str] | None = None,
    limits: Mapping[str, Limits] | None = None,
) -> dict[str, Verdict]:
    """The verdict on each question; `limits` replace the usual ones of some questions."""
    verdicts: dict[str, Verdict] = {}
    for key in questions or QUESTIONS:
        if not notebook.answers(key):
            verdicts[key] = Verdict(0, "missing", "The cell of this question is not there.")
            continue
        allowed = {**LIMITS, **(limits or {})}.get(key, USUAL)
        verdicts[key] = _mark_one(key, notebook, variant, verdicts, allowed)
    return verdicts


def _mark_one(
    key: str, notebook: Notebook, variant: int, earlier: Mapping[str, Verdict], limits: Limits
) -> Verdict:
    question, best = QUESTIONS[key], None
    calls = question.calls(variant, True)
    for before, borrowed in _attempts(key, notebook, variant, earlier):
        results = sandbox.run(
            notebook.answers(key),
            calls,
            before=before,
            borrowed=borrowed,
            blocked=["homework"] if key in WITH_MLPKIT else ["homework", "mlpkit"],
            limits=limits,
        )
        try:
            verdict = question.judge(calls, results)
        except Exception:  # an answer that the judge did not foresee must not stop the grading
            logging.exception("the judge of %s failed", key)
            verdict = Verdict(0, "type", "The answer could not be compared.")
        if best is None or verdict.points > best.points:
            best = verdict
        if best.points >= question.points or best.slip in EMPTY:
            break
    assert best is not None
    return dataclasses.replace(best, points=min(max(best.points, 0.0), float(question.points)))


def _attempts(
    key: str, notebook: Notebook, variant: int, earlier: Mapping[str, Verdict]
) -> Iterator[tuple[list[str], dict[str, object]]]:
    """Cells to run first, and references to borrow: first the student's own answers as they are,
    then nothing of the student's but this question."""

    def borrow(keys: Sequence[str]) -> dict[str, object]:
        return {n: v for k in keys for n, v in QUESTIONS[k].reference(variant).items()}

    known = list(earlier)
    fatal = [k for k in known if earlier[k].slip in FATAL]
    own = [k for k in known if k not in fatal]
    yield notebook.before(key, own, known), borrow(fatal)
    if own:
        yield notebook.before(key, [], known), borrow(known)
