"""What each notebook holds, in numbers: a lost assert or figure shows as a changed line."""

from __future__ import annotations

import json
from pathlib import Path

from nbformat import NotebookNode

from nbtools import code, prose

PATH = Path(__file__).resolve().parents[1] / "manifest.json"


def count(notebook: NotebookNode) -> dict[str, int]:
    """Count what must not get lost unseen."""
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    markdown = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    trees = [code.parse(cell.source) for cell in code_cells]
    tags = [tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])]
    return {
        "cells": len(notebook.cells),
        "code": len(code_cells),
        "asserts": sum(map(code.count_asserts, trees)),
        "claims": sum(len(code.claimed_labels(tree)) for tree in trees),
        "refusals": sum(len(list(code.calls(tree, "refuse"))) for tree in trees),
        "equations": sum(len(prose.equation_labels(text)) for text in markdown),
        "figures": sum(
            mime in {"image/png", "image/svg+xml"}
            for cell in code_cells
            for output in cell.outputs
            for mime in output.get("data", {})
        ),
        "rows": sum(len(cell.metadata.get("rows", [])) for cell in notebook.cells),
        "ignored": tags.count("nbval-ignore-output"),
        "exact-digits": tags.count("exact-digits"),
    }


def load(path: Path = PATH) -> dict[str, dict[str, int]]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def freeze(
    notebooks: dict[str, NotebookNode], path: Path = PATH, folder: Path | None = None
) -> None:
    """Store the counts of these notebooks; forget those whose file is gone from `folder`."""
    entries = load(path) | {name: count(notebook) for name, notebook in notebooks.items()}
    if folder:
        entries = {name: e for name, e in entries.items() if (folder / name).exists()}
    text = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(entries[name])}" for name in sorted(entries)
    )
    path.write_text(f"{{\n{text}\n}}\n", encoding="utf-8")


def check(name: str, notebook: NotebookNode, entries: dict[str, dict[str, int]]) -> str:
    """Say what changed against the manifest; empty when nothing did."""
    counted = count(notebook)
    if name not in entries:
        return "not in the manifest: run freeze"
    known = entries[name]
    changes = [
        f"{key} {known.get(key)} -> {counted.get(key)}"
        for key in sorted({*known, *counted})
        if known.get(key) != counted.get(key)
    ]
    return f"manifest: {', '.join(changes)}: run freeze if intended" if changes else ""
