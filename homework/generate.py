"""Write the student's notebook from the chapter, which is its one source.

python -m homework.generate                        write homework/multilabel.ipynb
python -m homework.generate --check                is it fresh, and without solutions?
python -m homework.generate --students FILE DIR    DIR/NAME/multilabel.ipynb for each line NAME

What becomes of a cell is in its id: NAME-task, -hint, -given and -check are handed out, of an
-answer the stub, for a -proof an empty cell to write in. All others belong to the page alone.
"""

from __future__ import annotations

import argparse
import ast
import base64
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from homework.questions import QUESTIONS

ROOT = Path(__file__).resolve().parents[1]
CHAPTER = ROOT / "chapters" / "12_homework.ipynb"
STUDENT_FILE = ROOT / "homework" / "multilabel.ipynb"
NOBODY = "your name"  # refused by variant_of

# what the notebook carries, for where neither is installed: NumPy is enough for all of it
JUDGE = ("__init__", "calls", "scene", "slips", "judging", "logits", "network", "experiments")
CORE = (
    "__init__",
    "activations",
    "backprop",
    "checks",
    "encoding",
    "gradcheck",
    "information",
    "losses",
    "mlp",
    "training",
)
PACKED = [f"homework/{name}.py" for name in (*JUDGE, "questions")]
PACKED += [f"mlpkit/{name}.py" for name in CORE]

HEAD = """{title}

Eight questions, 100 points, about five hours. They belong to the course book *From One-Hot to
Backprop*: read its chapters 4, 6, 7 and 10 first. The checks name their sections.

You need Python from 3.11 on and NumPy: the checks and the small library mlpkit come with this
notebook, so that it runs in JupyterLab, in Colab and in a notebook in the browser alike.

Run the next two cells. Then write your name, as you hand in, into the third.
"""
TOOLS = '''# @title The checks, and mlpkit where it is not installed. Run this; no need to read it.
import base64
import sys
import tempfile
from pathlib import Path

archive = Path(tempfile.mkdtemp(), "homework.zip")
archive.write_bytes(
    base64.b64decode(
        """
{packed}
"""
    )
)
sys.path.append(str(archive))
from homework.questions import checker

check = checker(globals())
'''
ANSWER_FIELD = "*Write here, in place of this line.*"


# ---- cells


def student_cells(chapter: NotebookNode, packed: str, student: str) -> Iterator[NotebookNode]:
    """The cells of the student's notebook, in order."""
    title = chapter.cells[0].source.splitlines()[0]
    yield _cell(new_markdown_cell, "head", HEAD.format(title=title), "all", "task")
    yield _folded(_cell(new_code_cell, "tools", TOOLS.format(packed=packed), "all", "judge"))
    scene = (ROOT / "homework" / "scene.py").read_text(encoding="utf-8")
    scene = f"# @title How the pictures are made. Run this too.\n{scene}"
    yield _folded(_cell(new_code_cell, "scene-given", scene.strip(), "all", "given"))
    for cell in chapter.cells:
        question, _, role = cell["id"].rpartition("-")
        question = question if question in QUESTIONS else "all"
        if cell["id"] == "student-given":
            source = cell.source.replace('"the book"', f'"{student}"')
            made = _cell(new_code_cell, cell["id"], source, "all", "given")
            # the one given cell that the student may change; nbgrader knows that as a solution
            made.metadata.nbgrader.update({"solution": True, "locked": False})
            yield made
        elif role in {"task", "hint"}:
            source = _with_points(plain(cell.source), question, role)
            yield _cell(new_markdown_cell, cell["id"], source, question, role)
        elif role in {"given", "check"}:
            yield _cell(new_code_cell, cell["id"], cell.source, question, role)
        elif role == "answer":
            source = stub(cell.source, QUESTIONS[question].defines)
            yield _cell(new_code_cell, cell["id"], source, question, role)
        elif role == "proof" and QUESTIONS[question].manual_points:
            yield _cell(new_markdown_cell, f"{question}-text", ANSWER_FIELD, question, "text")


def _cell(make: Any, name: str, source: str, question: str, role: str) -> NotebookNode:
    points = {"check": "points", "text": "manual_points"}.get(role)
    nbgrader = {
        "schema_version": 3,
        "grade_id": name,
        "grade": points is not None,
        "solution": role in {"answer", "text"},
        "locked": role not in {"answer", "text"},
        "task": False,
    }
    if points:
        nbgrader["points"] = getattr(QUESTIONS[question], points)
    metadata = {"homework": {"question": question, "role": role}, "nbgrader": nbgrader}
    if make is new_code_cell or points:
        return make(source, id=name, metadata=metadata)
    return make(source, id=name, metadata={"homework": metadata["homework"]})


def _folded(cell: NotebookNode) -> NotebookNode:
    cell.metadata.update({"jupyter": {"source_hidden": True}, "cellView": "form"})
    return cell


def _with_points(text: str, question: str, role: str) -> str:
    if role != "task" or question == "all":
        return text
    asked = QUESTIONS[question]
    points = f"{asked.points}{f' + {asked.manual_points}' if asked.manual_points else ''} points"
    heading, _, rest = text.partition("\n")
    return f"{heading} ({points})\n{rest}"


def plain(text: str) -> str:
    """The page's Markdown in what every notebook shows: folds, boxes, formulas without numbers."""
    text = re.sub(r"^\$\$ \(eq-[\w-]+\)$", "$$", text, flags=re.M)
    fold = r"<details><summary>\1</summary>\n\n\2\n</details>\n"
    text = re.sub(r"^:::\{dropdown\} (.+)\n((?:.*\n)*?):::$", fold, text, flags=re.M)
    box = r"> **\1.** \2"
    text = re.sub(r"^:::\{admonition\} (.+)\n:class: \w+\n((?:.*\n)*?):::$", box, text, flags=re.M)
    text = re.sub(r"\[([^]]+)\]\((\d\d)_\w+\.ipynb[^)]*\)", r"*\1* (chapter \2 of the book)", text)
    if left := re.search(r":::|\{\w+(:\w+)?\}`|\]\(\w+\.(ipynb|md)", text):
        raise ValueError(f"{left.group()!r} cannot be shown in a student's notebook: {text[:60]!r}")
    return text.strip()


def stub(source: str, defines: tuple[str, ...]) -> str:
    """What is left of an answer: signatures with their docstrings, names without values."""
    lines, kept = source.splitlines(), {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name in defines:
            text = lines[node.lineno - 1 : node.body[0].end_lineno]
            kept[node.name] = "\n".join([*text, "    raise NotImplementedError"])
        elif isinstance(node, ast.Assign) and (name := ast.unparse(node.targets[0])) in defines:
            comment = lines[node.end_lineno - 1].partition("#")[2]
            kept[name] = f"{name} = ..." + (f"  #{comment}" if comment else "")
    if missing := [name for name in defines if name not in kept]:
        raise ValueError(f"the answer must define {', '.join(missing)}")
    functions = all("\n" in kept[name] for name in defines)
    return ("\n\n\n" if functions else "\n").join(kept[name] for name in defines)


# ---- the archive inside


def pack(files: dict[str, bytes]) -> str:
    """Base64 of a zip file with fixed dates, in lines."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    text = base64.b64encode(buffer.getvalue()).decode()
    return "\n".join(re.findall(".{1,100}", text))


def unpack(source: str) -> dict[str, bytes]:
    """The files inside a `tools` cell; none where there is no archive."""
    found = re.search(r'b64decode\(\s*"""\n(.*?)\n"""', source, re.S)
    if not found:
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(found[1]))) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (ValueError, zipfile.BadZipFile):
        return {}


def _packed(stored: NotebookNode | None) -> str:
    """The archive; the stored one where it holds the same, since compressors differ."""
    files = {name: (ROOT / name).read_bytes().replace(b"\r\n", b"\n") for name in PACKED}
    for cell in stored.cells if stored else []:
        if cell["id"] == "tools" and unpack(cell.source) == files:
            return re.search(r'"""\n(.*?)\n"""', cell.source, re.S)[1]
    return pack(files)


# ---- the file


def generate(student: str = NOBODY) -> str:
    """The text of the student's notebook."""
    chapter = nbformat.read(CHAPTER, 4)
    stored = nbformat.read(STUDENT_FILE, 4) if STUDENT_FILE.exists() else None
    cells = list(student_cells(chapter, _packed(stored), student))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = new_notebook(cells=cells, metadata=metadata)
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def solutions(chapter: NotebookNode) -> set[str]:
    """Lines that only a solution has: those of the answers and proofs that no stub keeps."""
    lines: set[str] = set()
    for cell in chapter.cells:
        question, _, role = cell["id"].rpartition("-")
        if role == "answer":
            kept = stub(cell.source, QUESTIONS[question].defines).splitlines()
            lines |= {line.partition("  #")[0].strip() for line in cell.source.splitlines()}
            lines -= {line.strip() for line in kept}
        elif role in {"proof", "why"}:
            lines |= {line.strip() for line in cell.source.splitlines()[1:]}
    return {line for line in lines if len(line) > 12}


def faults(text: str) -> Iterator[str]:
    """What is wrong with a student's notebook, given as the text of its file."""
    if text != generate():
        yield "not fresh: run make homework"
    secret = solutions(nbformat.read(CHAPTER, 4))
    for cell in nbformat.reads(text, 4).cells:
        if cell.get("outputs"):
            yield f"[{cell['id']}] has outputs"
        for line in cell.source.splitlines():
            if any(part in line for part in secret):
                yield f"[{cell['id']}] holds a solution: {line.strip()!r}"


def write_for(students: Path, folder: Path) -> int:
    """Write a notebook for each line of `students`; return how many."""
    names = [line.strip() for line in students.read_text(encoding="utf-8").splitlines()]
    names = [name for name in names if name]
    if bad := [name for name in names if not re.fullmatch(r"[\w.@+-]+", name)]:
        raise ValueError(f"names must be letters, digits and . @ + - _, got {bad[0]!r}")
    for name in names:
        path = folder / name / STUDENT_FILE.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(generate(name), encoding="utf-8")
    return len(names)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--students", nargs=2, type=Path, metavar=("FILE", "DIR"))
    options = parser.parse_args(arguments)
    if options.students:
        print(f"{write_for(*options.students)} notebooks in {options.students[1]}")
        return 0
    if options.check:
        text = STUDENT_FILE.read_text(encoding="utf-8") if STUDENT_FILE.exists() else ""
        found = list(faults(text)) if text else ["there is none: run make homework"]
        print("\n".join(f"{STUDENT_FILE.name}: {fault}" for fault in found) or "fresh")
        return int(bool(found))
    STUDENT_FILE.write_text(generate(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
