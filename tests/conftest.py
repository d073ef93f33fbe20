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
    """A browser. Without one the tests that need it are skipped, and fail in CI."""
    if not browser.chromium():
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium found: CI needs one")
        pytest.skip("no Chromium or Chrome found: pages are not tried in a browser")
    with sync_playwright() as playwright:
        running = browser.launch(playwright)
        yield running
        running.close()
