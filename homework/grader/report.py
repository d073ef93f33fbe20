"""Marks as a table for the instructor, and a page for each student."""

import csv
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from homework.questions import GENERAL, QUESTIONS, SLIPS, Verdict

POINTS = sum(q.points for q in QUESTIONS.values())
BY_HAND = {key: q.manual_points for key, q in QUESTIONS.items() if q.manual_points}


@dataclass(frozen=True)
class Graded:
    """A student's verdicts, or in `problem` why there are none; `note` is for both to know."""

    student: str
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    problem: str = ""
    note: str = ""

    def points(self, question: str) -> float:
        found = self.verdicts.get(question)
        return found.points if found else 0.0

    @property
    def total(self) -> float:
        return round(sum(map(self.points, QUESTIONS)), 2)


def write_marks(path: Path, everyone: Iterable[Graded]) -> None:
    """One row a student, a column a question, the total, and what kept a file from being graded.

    The last columns are empty: they wait for the points of the proofs and reasons, read by hand.
    """
    with path.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file:
        table = csv.writer(file)
        by_hand = [f"{key}, by hand, of {points}" for key, points in BY_HAND.items()]
        table.writerow(["student", *QUESTIONS, "total", "note", "page", *by_hand])
        for one in everyone:
            points = [f"{one.points(q):g}" for q in QUESTIONS]
            row = [_cell(one.student), *points, f"{one.total:g}", _cell(one.problem or one.note)]
            table.writerow([*row, page_name(one.student), *("" for _ in BY_HAND)])


def _cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula, on one line."""
    text = _printable(text)
    return "'" + text if text[:1] in ("=", "+", "-", "@") else text


def _printable(text: str) -> str:
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")  # lone surrogates
    return "".join(c if c.isprintable() else "�" for c in text)


def page_name(student: str) -> str:
    """A file name that holds letters, digits and - alone, and is not another student's."""
    plain = re.sub(r"[^a-z0-9]+", "-", student).strip("-")[:40]
    digest = hashlib.sha256(student.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{plain or 'student'}-{digest}.html"


# ---- the student's page

STYLE = """
:root { color-scheme: light dark; --line: #767676; --good: #1a6b2f; --bad: #a3260f; }
@media (prefers-color-scheme: dark) { :root { --good: #7fd694; --bad: #ff9f8a; } }
body { font: 1.05rem/1.55 system-ui, sans-serif; max-width: 46rem; margin: auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
td.points, th.points { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.passed { color: var(--good); } .wrong { color: var(--bad); }
h2 { margin-top: 2rem; font-size: 1.2rem; }
p { overflow-wrap: anywhere; }
"""


def page(one: Graded, book: str = "") -> str:
    """Self-contained HTML; `book` is the address of the published book, for the links."""
    name = escape(_printable(one.student))
    if one.problem:
        body = [f'<p class="wrong">Not graded. {escape(_printable(one.problem))}</p>']
    else:
        note = [f"<p>{escape(_printable(one.note))}</p>"] if one.note else []
        body = [*note, _table(one), *(_section(q, v, book) for q, v in one.verdicts.items())]
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            # nothing is fetched and nothing runs, whatever a submission put into a message
            '<meta http-equiv="Content-Security-Policy" '
            "content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>Homework of {name}: {one.total:g} of {POINTS}</title>",
            f"<style>{STYLE}</style>\n</head>\n<body>\n<main>",
            f"<h1>Multi-label homework: {name}</h1>",
            f"<p><strong>{one.total:g} of {POINTS} points</strong>{_by_hand()}</p>",
            *body,
            "</main>\n</body>\n</html>\n",
        ]
    )


def _by_hand() -> str:
    more = sum(BY_HAND.values())
    return f"; a reader gives up to {more} more for proofs and reasons." if more else "."


def _table(one: Graded) -> str:
    rows = [
        f'<tr><th scope="row"><a href="#{escape(q)}">{escape(QUESTIONS[q].title)}</a></th>'
        f'<td class="points">{one.points(q):g}</td>'
        f'<td class="points">{QUESTIONS[q].points}</td></tr>'
        for q in one.verdicts
    ]
    head = '<tr><th scope="col">Question</th><th scope="col" class="points">Points</th>'
    head += '<th scope="col" class="points">of</th></tr>'
    body = "\n".join(rows)
    return f"<table>\n<thead>{head}</thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _section(key: str, verdict: Verdict, book: str) -> str:
    question = QUESTIONS[key]
    passed = verdict.points >= question.points
    said = "Passed." if passed else _printable(verdict.message)
    lines = [
        f'<section aria-labelledby="{escape(key)}">',
        f'<h2 id="{escape(key)}">{escape(question.title)}</h2>',
        f"<p>{verdict.points:g} of {question.points} points</p>",
        f'<p class="{"passed" if passed else "wrong"}">{escape(said)}</p>',
    ]
    if not passed:
        general = verdict.slip not in SLIPS or verdict.slip in GENERAL
        place = question.read if general else SLIPS[verdict.slip].read
        lines.append(f"<p>Read {_link(place, book)}.</p>")
    return "\n".join([*lines, "</section>"])


def _link(place: object, book: str) -> str:
    text = escape(str(place))
    anchor = getattr(place, "anchor", None)
    if not book or anchor is None:
        return text
    return f'<a href="{escape(book.rstrip("/"))}/chapters/{escape(anchor)}">{text}</a>'
