"""Run a notebook and store what came out: the only writer of notebooks."""

from __future__ import annotations

import copy
import subprocess
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from nbtools import form, pictures

CELL_TIMEOUT = 120  # seconds; nbval gets the same


class RefreshError(Exception):
    """A notebook did not run to its end; the message names file, cell and error."""


def refresh(path: Path, *, timeout: int = CELL_TIMEOUT, dry_run: bool = False) -> list[str]:
    """Execute the notebook in a fresh kernel, in its own folder; write it if anything changed.

    Returns the ids of the cells that changed (`metadata` for the notebook's own); a dry run writes
    nothing.  Raises `RefreshError`, and leaves the file alone, when a cell raises, runs out of
    time or ends the kernel.
    """
    before = path.read_text(encoding="utf-8")
    stored = form.read(path)
    notebook = copy.deepcopy(stored)
    execute(notebook, path, timeout)
    keep_pictures(form.normalise(notebook), stored)
    after = form.dumps(notebook)
    if after == before:
        return []
    if not dry_run:
        form.write(path, after)
    changed = [new.id for new, old in zip(notebook.cells, stored.cells, strict=True) if new != old]
    return changed or ["metadata"]


def execute(notebook: NotebookNode, path: Path, timeout: int) -> None:
    """Run all cells in place; `path` says where, and what to call the notebook in an error."""
    running = 0

    def remember(cell: NotebookNode, cell_index: int) -> None:
        nonlocal running
        running = cell_index

    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.resolve().parent)}},
        on_cell_start=remember,
    )
    try:
        client.execute(stderr=subprocess.DEVNULL)
    except CellExecutionError as error:
        reason = f"{error.ename}: {error.evalue}\n{error.traceback}"
    except CellTimeoutError:
        reason = f"still running after {timeout} s"
    except DeadKernelError:
        reason = "the kernel died"
    else:
        return
    cell = notebook.cells[running]
    raise RefreshError(f"{path}: cell {running} [{cell.id}]: {reason}")


def keep_pictures(notebook: NotebookNode, stored: NotebookNode) -> None:
    """Put the stored bytes back where the new picture looks the same."""
    old_cells = {cell.id: cell for cell in stored.cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        if cell.cell_type != "code" or cell.id not in old_cells:
            continue
        old, new = _with_picture(old_cells[cell.id]), _with_picture(cell)
        if len(old) == len(new):
            for before, after in zip(old, new, strict=True):
                if not pictures.difference(before["image/png"], after["image/png"]):
                    after["image/png"] = before["image/png"]


def _with_picture(cell: NotebookNode) -> list[NotebookNode]:
    return [data for o in cell.outputs if "image/png" in (data := o.get("data", {}))]
