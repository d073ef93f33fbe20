"""Chapters that need a package which is not in the lock file, and may be left out without it."""

from __future__ import annotations

import ast
import importlib.util
import os
from pathlib import Path

from nbtools import code, form

# package: its name in prose, and what installs it
PACKAGES = {"torch": ("PyTorch", "make torch")}


def left_out(path: Path) -> str:
    """Say in one line why a notebook cannot be run here; empty if it can.

    What the first code cell imports decides: a chapter names there what it needs.
    """
    try:
        cells = form.read(path).cells
    except ValueError:
        return ""  # whoever runs it says so
    first = next((cell.source for cell in cells if cell.cell_type == "code"), "")
    needed = _imported(first)
    for package, (name, command) in PACKAGES.items():
        if package in needed and importlib.util.find_spec(package) is None:
            place = f"{path.resolve().parent.name}/{path.name}"
            return f"{place} left out: {name} is not installed ({command})"
    return ""


def must_run_all() -> bool:
    """In CI nothing may be left out."""
    return os.environ.get("CI") == "true"


def _imported(source: str) -> set[str]:
    found = set()
    for node in ast.walk(code.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found
