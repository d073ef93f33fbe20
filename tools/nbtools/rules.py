"""Rules that one notebook must meet by itself; nothing is executed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode, ValidationError, validate

from nbtools import code, form, pictures, prose

ROOT = Path(__file__).resolve().parents[2]
HIDING_TAGS = {
    f"{verb}-{part}" for verb in ("hide", "remove") for part in ("cell", "input", "output")
}
# these two need a reason in the cell's metadata, and the manifest counts them
REASONED_TAGS = {"nbval-ignore-output", "exact-digits"}
ALLOWED_TAGS = HIDING_TAGS | REASONED_TAGS | {"raises-exception"}
ALLOWED_METADATA = {"mystnb", "reason", "rows", "tags"}
SHORTEST_REASON = 20

EVERYWHERE = {
    "memory address": re.compile(r"0x[0-9a-fA-F]{9,}"),
    "absolute path": re.compile(
        r"(?<![\w.:/<-])/(?:home|root|tmp|usr|opt|var|private|Users|mnt)/\S*"
        r"|\b[A-Z]:\\\w+|site-packages|ipykernel_\d+|" + re.escape(str(ROOT))
    ),
}
IN_TEXT = {
    "carriage return": re.compile(r"[\r\b]"),
    "negative zero": re.compile(r"(?<![\w.])[-\u2212]0(?:\.0*)?(?:e[+-]?\d+)?(?![\d.\w])"),
    "NumPy scalar": re.compile(r"\bnp\.(?:(?:float|u?int|bool|complex|str_)\w*\(|(?:True|False)_)"),
}
IN_NUMBERS = {
    "more than 4 decimals": re.compile(r"\d\.\d{5,}"),
    # a bare power of ten is a bound; digits in front of it are a rounding residue
    "rounding residue": re.compile(r"(?<![\d.])(?!1e)\d(?:\.\d*)?e-(?:0[7-9]|[1-9]\d)"),
}
TEXT = {"text/plain", "text/latex", "text/markdown"}


def check(notebook: NotebookNode, text: str) -> Iterator[str]:
    """Yield one message for each fault; `text` is the file as it is stored."""
    try:
        validate(notebook)
    except ValidationError as error:
        yield f"not a valid notebook: {error.message}"
    if form.dumps(form.normalise(notebook)) != text:
        yield "not in the stored form: run refresh"
    executed = 0
    for index, cell in enumerate(notebook.cells):
        problems = list(_cell(cell))
        if cell.cell_type == "code":
            executed += 1
            if cell.execution_count != executed:
                problems.append(f"run as {cell.execution_count}, expected {executed}: run refresh")
        yield from (f"cell {index} [{cell.get('id')}]: {problem}" for problem in problems)


def _cell(cell: NotebookNode) -> Iterator[str]:
    yield from _metadata(cell)
    if cell.cell_type == "raw":
        yield "raw cell"
    elif cell.cell_type == "markdown":
        for number in prose.hand_typed_numbers(cell.source):
            yield f"{number} typed in prose: use glue, mathematics or code"
        for name in prose.unlabelled_environments(cell.source):
            yield f"{name} numbers itself: write $$ … $$ (eq-…), or {name}* for no number"
    else:
        yield from _source(cell.source)
        yield from _outputs(cell)


def _metadata(cell: NotebookNode) -> Iterator[str]:
    for key in sorted(set(cell.metadata) - ALLOWED_METADATA):
        yield f"metadata {key!r} not allowed; known: {', '.join(sorted(ALLOWED_METADATA))}"
    tags = set(cell.metadata.get("tags", []))
    for tag in sorted(tags - ALLOWED_TAGS):
        yield f"tag {tag!r} not allowed"
    reason = cell.metadata.get("reason", "")
    if tags & REASONED_TAGS and len(reason) < SHORTEST_REASON:
        yield f"tag {min(tags & REASONED_TAGS)!r} needs metadata 'reason', a sentence"


def _source(source: str) -> Iterator[str]:
    if not source.strip():
        yield "empty code cell"
    if re.search(r"#\s*(?:NBVAL_|PYTEST_VALIDATE)", source):
        yield "nbval comment: use a cell tag"
    if source.rstrip().endswith(";"):
        yield "nbval shows the value in spite of the closing ';': end with plt.show()"
    yield from code.check(code.parse(source))


def _outputs(cell: NotebookNode) -> Iterator[str]:
    tags = set(cell.metadata.get("tags", []))
    if any(o.output_type == "error" for o in cell.outputs) != ("raises-exception" in tags):
        yield "an error output and the tag raises-exception go together"
    for output in cell.outputs:
        if output.get("name") == "stderr":
            yield f"stderr: {output.text.strip()[:80]!r}"
        for kind, text in _texts(output):
            rules = EVERYWHERE if kind not in TEXT else EVERYWHERE | IN_TEXT
            if kind in TEXT and "exact-digits" not in tags:
                rules = rules | IN_NUMBERS
            for fault, pattern in rules.items():
                if found := pattern.search(text):
                    yield f"{fault} in {kind}: {found.group()!r}"
        yield from _pictures(output)


def _texts(output: NotebookNode) -> Iterator[tuple[str, str]]:
    """The parts of an output that a reader reads, each under a mime type."""
    if output.output_type == "stream":
        yield "text/plain", output.text
    if output.output_type == "error":
        yield "text/plain", output.evalue
    for mime, data in output.get("data", {}).items():
        kind = mime.removeprefix("application/papermill.record/")  # a value kept by glue
        if isinstance(data, str) and (kind.startswith("text/") or kind == "image/svg+xml"):
            yield kind, data


def _pictures(output: NotebookNode) -> Iterator[str]:
    for mime, data in output.get("data", {}).items():
        if mime.startswith("application/papermill.record/image/"):
            yield "picture in glue: show the figure in its own cell"
        elif mime == "image/png":
            try:
                pictures.decode(data)
            except ValueError as error:
                yield str(error)
