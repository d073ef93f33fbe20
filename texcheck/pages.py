"""Labelled equations of a page: ``$$ … $$ (eq-name)`` in a notebook or a MyST text."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

# code is shown, not printed as mathematics
CODE = re.compile(r"^(`{3,}|~{3,}).*?^\1|(`+)[^\n]*?\2", re.M | re.S)
EQUATION = re.compile(r"\$\$((?:(?!\$\$).)+)\$\$(?:[ \t]*\(([^()\s]+)\))?", re.S)


def equations(path: Path) -> dict[str, str]:
    """The TeX of each labelled equation in ``path`` (.ipynb or .md), in order.

    Raises ValueError when a label stands twice or the file is no notebook.
    """
    return dict(_equations(path, path.stat().st_mtime_ns))


@lru_cache(maxsize=64)
def _equations(path: Path, changed: int) -> tuple[tuple[str, str], ...]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        try:
            cells = json.loads(text)["cells"]
            sources = [cell["source"] for cell in cells if cell["cell_type"] == "markdown"]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"path: {path.name} is not a notebook: {error!r}") from error
        text = "\n\n".join("".join(source) for source in sources)
    found = EQUATION.findall(CODE.sub("", text))
    labels = [label for _, label in found if label]
    twice = {label for label in labels if labels.count(label) > 1}
    if twice:
        raise ValueError(f"path: {path.name} has the label {min(twice)} twice")
    return tuple((label, tex.strip()) for tex, label in found if label)


def find(label: str, folder: Path) -> list[str]:
    """The TeX printed under ``label`` on the pages of ``folder``: one, unless copies differ."""
    pages = sorted([*folder.glob("*.ipynb"), *folder.glob("*.md")])
    return list(dict.fromkeys(e[label] for e in map(equations, pages) if label in e))
