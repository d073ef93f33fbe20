"""Docstrings on the page of the package: written for a terminal, read like the chapters.

`name` is code (`default_role` in _config.yml), and the bars of |x| are bars, not a substitution.
"""

from typing import Any

from sphinx.application import Sphinx


def keep_bars(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    lines[:] = [line if ">>>" in line else line.replace("|", r"\|") for line in lines]


def leave_out_fields(
    app: Sphinx, what: str, name: str, obj: Any, skip: bool, options: Any
) -> bool | None:
    """The fields of a named tuple say nothing of themselves: "Alias for field number 0"."""
    return True if str(getattr(obj, "__doc__", "")).startswith("Alias for field") else None


def setup(app: Sphinx) -> dict[str, bool]:
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", keep_bars)
    app.connect("autodoc-skip-member", leave_out_fields)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
