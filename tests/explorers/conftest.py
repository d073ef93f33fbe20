"""A small site that holds every explorer, and pages of it that may reach nothing else."""

from collections.abc import Callable, Iterator

import browser
import pytest
from kit import Guard, build_site, explorer_classes, write_page
from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def explorer_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a site that has one page a class, below a folder, with two figures each."""
    root = tmp_path_factory.mktemp("explorers")
    (root / "src" / "sub").mkdir(parents=True)
    (root / "src" / "index.md").write_text("# Index\n\n```{toctree}\n:glob:\nsub/*\n```\n")
    for cls in explorer_classes():
        write_page(root / "src" / "sub" / f"{cls.module}.ipynb", [cls(), cls()])
    build_site(root / "src", root / "html")

    with browser.serve(root / "html") as address:
        yield address


@pytest.fixture
def open_page(chromium: Browser, explorer_site: str) -> Iterator[Callable[..., Guard]]:
    """A function that opens an explorer's page; it must end without errors or foreign requests."""
    guards = []

    def open_page(module: str, **options: object) -> Guard:
        guard = Guard(chromium, explorer_site, **options)
        guards.append(guard)
        guard.page.goto(f"{explorer_site}/sub/{module}.html")
        ready = "document.querySelectorAll('figure[data-ready]').length == 2"
        guard.page.wait_for_function(ready, timeout=10_000)
        return guard

    yield open_page
    for guard in guards:
        guard.close()
