"""Alter one thing in the print of thirty equations and run their chapters: each run must fail.

The equations are drawn by the hash of their label, so that a new one hardly changes the draw; so is
what is altered: a sign, an index, a transpose or a factor, wherever the print has one.

    python tests/altered_equations.py        # minutes; writes the table beside this file

It then alters everything that can be altered in every equation, and holds that against the models.
"""

import ast
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from mlpkit.claims import claim_calls
from texcheck import Mismatch, Model, ReadError, check, pages

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
TABLE = Path(__file__).with_suffix(".json")
HOW_MANY = 30
# what is altered and stays true is no slip: label, part of the altered print, why
STILL_TRUE = [
    ("eq-shift", r"\mathbf z - c", "a shift downwards changes nothing either"),
    ("eq-tangent", r"\le x + 1", "a higher line is above the logarithm, too"),
    ("eq-tangent", r"\le 2\,x - 1", "this line is above the logarithm, too"),
    ("eq-shannon", r"+\log_2 p_k \le", "a logarithm below zero is below any length"),
    ("eq-blocks", r"(p_j p_j)", "the sum over the other index is one"),
    ("eq-blocks", r"(p_i p_i)", "the sum over the other index is one"),
    ("eq-jacobian-cases", r"\hat y_j (1 - \hat y_k)", "in this case k is j"),
    ("eq-jacobian-cases", r"\hat y_k (1 - \hat y_j)", "in this case k is j"),
    ("eq-jacobian", r"[k = j]\, e^{z_j}", "the bracket is zero unless k is j"),
    ("eq-jacobian-null", "J = J", "the Jacobian of softmax is symmetric"),
    ("eq-jacobian-null", r"2\,\mathbf 0", "twice nothing"),
    ("eq-squared-softmax", r"= J (", "the Jacobian of softmax is symmetric"),
    ("eq-van-quarter", r"\le 2\,", "a looser bound"),
    ("eq-van-bound", r"\le 2\,", "a looser bound"),
]

UNPRINTED = re.compile(r"\\text\{[^}]*\}|\\qquad [a-z] = [^\\]*\\dots.*")  # a range says no more
INDEX = re.compile(r"(?<=_)[ijkn](?![a-z])|(?<=_\{)[ijkn](?=[ijk}])")


class Altered(NamedTuple):
    """One alteration: its kind, and the print with it."""

    kind: str
    tex: str


def alterations(tex: str) -> Iterator[Altered]:
    """Every place where a sign, an index, a transpose or a factor can be altered."""
    closed = UNPRINTED.sub(lambda m: " " * len(m[0]), tex)

    def replace(kind: str, found: re.Match[str], new: str) -> Altered:
        return Altered(kind, tex[: found.start()] + new + tex[found.end() :])

    for found in re.finditer(r"[+-]", closed):
        yield replace("sign", found, "-" if found[0] == "+" else "+")
    for found in re.finditer(r"(?<=\\ell)[+-]1(?=[)}])", closed):
        yield replace("index", found, "")
    letters = sorted(set(INDEX.findall(closed)))
    for found in INDEX.finditer(closed):
        other = letters[(letters.index(found[0]) + 1) % len(letters)]
        yield replace("index", found, other if other != found[0] else "1")
    for found in re.finditer(r"\^(\\top|\{\\top\})", closed):
        yield replace("transpose", found, "")
    for found in re.finditer(r"\\frac\{1\}\{N\}|\\frac\{\\lambda\}\{2?N\}", closed):
        yield replace("factor", found, "")
    for found in re.finditer(r"(?:\\le|\\ge|&?=) -?(?=[^ \d])", closed):
        depth = [closed[: found.start()].count(c) for c in "{}[]"]
        if depth[0] == depth[1] and depth[2] == depth[3]:
            yield replace("factor", found, f"{found[0]}2\\,")


def still_true(label: str, tex: str) -> bool:
    return any(label == known and part in tex for known, part, _ in STILL_TRUE)


def rank(*words: str) -> str:
    return hashlib.sha256(" ".join(words).encode()).hexdigest()


def draw() -> dict[str, tuple[Path, str, Altered]]:
    """Label → chapter, print, alteration, of thirty equations."""
    printed = {
        label: (chapter, tex)
        for chapter in CHAPTERS
        for label, tex in pages.equations(chapter).items()
    }
    chosen = {}
    for label in sorted(printed, key=rank)[:HOW_MANY]:
        chapter, tex = printed[label]
        found = [a for a in alterations(tex) if not still_true(label, a.tex)]
        # first the kind, so that a long line's many signs do not crowd out the rest
        kind = min({a.kind for a in found}, key=lambda kind: rank(label, kind))
        of_kind = [a for a in found if a.kind == kind]
        chosen[label] = chapter, tex, min(of_kind, key=lambda a: rank(label, a.tex))
    return chosen


# ---- the quick way: the models alone


def models_of(chapter: Path) -> dict[str, Model]:
    """Label → model of each claim that reads the page, from the lines that the models need."""
    cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    statements = [s for source in code for s in ast.parse(source).body]
    found = {}
    for place, statement in enumerate(statements):
        for call in filter(_is_printed_claim, ast.walk(statement)):
            label, model = call.args[0].value, call.args[1]
            scope: dict[str, Any] = {}
            needed = ast.Module(_needed(model, statements[:place]), [])
            exec(compile(needed, chapter.name, "exec"), scope)
            found[label] = eval(compile(ast.Expression(model), chapter.name, "eval"), scope)
    return found


def _is_printed_claim(node: ast.AST) -> bool:
    calls = claim_calls(ast.unparse(node)) if isinstance(node, ast.Call) else []
    return bool(calls) and isinstance(node.func, ast.Name) and calls[0].kind == "printed"


def _needed(model: ast.AST, before: list[ast.stmt]) -> list[ast.stmt]:
    """The statements, latest first looked at, that bind what the model names."""
    names, kept = _names(model), []
    for statement in reversed(before):
        if _bound(statement) & names:
            names |= _names(statement)
            kept.insert(0, statement)
    return kept


def _names(node: ast.AST) -> set[str]:
    """The names that a statement uses; not those that a function keeps to itself."""
    used = {inner for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    own: set[str] = set()
    if isinstance(node, ast.FunctionDef):
        own = {inner.id for inner in used if isinstance(inner.ctx, ast.Store)}
        own |= {inner.arg for inner in ast.walk(node) if isinstance(inner, ast.arg)}
    return {inner.id for inner in used} - own


def _bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in statement.names}
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Assign):
        return {
            n.id
            for target in statement.targets
            for n in ast.walk(target)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
    return set()


def try_all() -> tuple[int, list[str]]:
    """How many alterations all equations have, and those that pass though they are no truths."""
    tried, passed = 0, []
    for chapter in CHAPTERS:
        models = models_of(chapter)
        for label, tex in pages.equations(chapter).items():
            for alteration in alterations(tex):
                tried += 1
                if not still_true(label, alteration.tex) and not refused(
                    alteration.tex, models[label]
                ):
                    passed.append(f"{label}, {alteration.kind}: {alteration.tex}")
    return tried, passed


def refused(tex: str, model: Model) -> bool:
    try:
        check(tex, model)
    except (Mismatch, ReadError):
        return True
    return False


# ---- the whole way: the chapter with the altered print is run, and stops at the claim


def run(chapter: Path, tex: str, altered: str) -> str:
    """What stops the chapter, "" if nothing does."""
    notebook = nbformat.read(chapter, as_version=4)
    cells = [c for c in notebook.cells if c.cell_type == "markdown" and tex in c.source]
    assert len(cells) == 1
    cells[0].source = cells[0].source.replace(tex, altered)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "chapters"
        home.mkdir()
        for beside in ("benchmarks", "homework"):  # what chapters read
            (Path(folder) / beside).symlink_to(ROOT / beside)
        nbformat.write(notebook, home / chapter.name)
        client = NotebookClient(notebook, resources={"metadata": {"path": home}})
        try:
            client.execute(stderr=subprocess.DEVNULL)
        except CellExecutionError as error:
            return f"{error.ename}: {error.evalue.splitlines()[0]}"
    return ""


def main() -> int:
    rows = []
    for label, (chapter, tex, alteration) in draw().items():
        error = run(chapter, tex, alteration.tex)
        rows.append(
            {
                "equation": label,
                "chapter": chapter.stem,
                "altered": alteration.kind,
                "printed": tex,
                "with": alteration.tex,
                "fails with": error,
            }
        )
        print(f"{label:28} {alteration.kind:10} {error or 'PASSED'}", flush=True)
    TABLE.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    caught = sum(f"ClaimError: {row['equation']}: " in row["fails with"] for row in rows)
    print(f"{caught} of {len(rows)} altered equations stop their chapter")
    tried, passed = try_all()
    print("\n".join(passed))
    print(f"{tried} alterations of all equations: {len(passed)} pass and are not known to be true")
    return int(caught < len(rows) or bool(passed))


if __name__ == "__main__":
    sys.exit(main())
