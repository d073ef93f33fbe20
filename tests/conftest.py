"""Fixtures that several test files share: the built site and a browser."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import browser
import pytest
from browser import ROOT
from playwright.sync_api import Browser, sync_playwright


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On a machine without a browser skip the tests that need one, with one line a file."""
    if browser.chromium() or os.environ.get("CI") == "true":
        return
    skip = pytest.mark.skip(reason="no Chromium or Chrome found: pages are not tried in a browser")
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def book() -> Path:
    """Folder of the built site; `make book` has made it, else it is built now."""
    folder = ROOT / "_build/html"
    if not (folder / "index.html").exists():
        subprocess.run([sys.executable, ROOT / "_ext/build.py"], check=True)
    return folder


@pytest.fixture(scope="session")
def site(book: Path) -> Iterator[str]:
    """Address of the built site on a loopback port, served compressed."""
    with browser.serve(book) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser, which CI must have."""
    if not browser.chromium():
        pytest.fail("no Chromium found: CI needs one")
    with sync_playwright() as playwright:
        running = browser.launch(playwright)
        yield running
        running.close()
