"""Ways to run a chapter: whatever the fork's addresses in the environment allow."""

from typing import Any
from urllib.parse import quote

from address import BOOK_REPOSITORY, BRANCH
from docutils import nodes
from sphinx.application import Sphinx

GITHUB = "https://github.com/"


def choices(page: str, repository: str) -> dict[str, str]:
    """Addresses that open the notebook of ``page`` on hosts that take it from ``repository``."""
    if not repository.startswith(GITHUB):
        return {}
    name = repository.removeprefix(GITHUB)
    file = f"{page}.ipynb"
    return {
        "Colab": f"https://colab.research.google.com/github/{name}/blob/{BRANCH}/{quote(file)}",
        "Binder": f"https://mybinder.org/v2/gh/{name}/{BRANCH}?labpath={quote(file, safe='')}",
    }


def add_choices(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if context.get("sourcename", "").endswith(".ipynb"):
        context["run_on"] = choices(page, BOOK_REPOSITORY)
        context["run_file"] = f"{page}.ipynb"
        # claims read their equations from the notebooks beside the kernel: Colab needs the folder
        context["run_first"] = (
            f"!git clone --depth 1 {BOOK_REPOSITORY} book\n"
            "%cd book/chapters\n"
            '%pip install --quiet "..[claims,data]" myst-nb sympy'
        )


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", add_choices)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
