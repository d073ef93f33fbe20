"""The one form in which notebooks are stored, so that a diff shows changes and nothing else."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from pathlib import Path

import nbformat
from nbformat import NotebookNode, ValidationError
from nbformat.reader import NotJSONError
from nbformat.warnings import DuplicateCellId, MissingIDFieldWarning

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# what editors and runners leave behind and no reader needs
EDITOR_METADATA = {"ExecuteTime", "collapsed", "editable", "execution", "jupyter", "papermill"}
EDITOR_METADATA |= {"jp-MarkdownHeadingCollapsed", "scrolled", "slideshow", "trusted", "vscode"}
# its model id is random; the text/html beside it is what the page shows and nbval compares
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def read(path: Path) -> NotebookNode:
    """Read a notebook; `ValueError` names the file that is none."""
    text = path.read_text(encoding="utf-8")
    try:
        with warnings.catch_warnings():
            # ids missing or used twice are mended here: the file is then not in the stored form
            warnings.simplefilter("ignore", MissingIDFieldWarning)
            warnings.simplefilter("ignore", DuplicateCellId)
            return nbformat.reads(text, as_version=4)
    except (NotJSONError, ValidationError, AttributeError) as error:
        raise ValueError(f"{path}: not a notebook ({error})") from error


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Bring a notebook into the stored form, in place."""
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for cell in notebook.cells:
        for key in EDITOR_METADATA & set(cell.metadata):
            del cell.metadata[key]
        if cell.cell_type == "code":
            cell.outputs = merge_streams(cell.outputs)
            for output in cell.outputs:
                _normalise_output(output)
    return notebook


def merge_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of one stream: where a kernel splits them is chance."""
    merged: list[NotebookNode] = []
    for output in outputs:
        last = merged[-1] if merged else {}
        if output.output_type == "stream" and output.name == last.get("name"):
            last.text += output.text
        else:
            merged.append(output)
    return merged


def _normalise_output(output: NotebookNode) -> None:
    if output.output_type == "error":
        # frames hold this machine's paths and the libraries' line numbers
        output.traceback = [f"{output.ename}: {output.evalue}"]
    output.get("data", {}).pop(WIDGET_VIEW, None)


def dumps(notebook: NotebookNode) -> str:
    """Return the text of the file: sorted keys, one newline at the end."""
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def write(path: Path, text: str) -> None:
    """Replace a file in one step, so that an interrupted run leaves the old one whole."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as new:
        new.write(text)
    try:
        shutil.copymode(path, new.name)
        os.replace(new.name, path)
    except OSError:
        os.unlink(new.name)
        raise
