"""The book without a connection, below a folder of its host, and after an update."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import browser
import pytest
from pages import SOFTMAX
from playwright.sync_api import Browser, BrowserContext, Page

READY = "navigator.serviceWorker.ready.then(({ active }) => active.state)"
KEYS = """caches.keys().then(([name]) => caches.open(name)).then((cache) => cache.keys())
  .then((keys) => keys.map((key) => key.url))"""


@pytest.fixture
def shelf(book: Path, tmp_path: Path) -> Path:
    """A copy of the book in a sub-folder, as GitHub Pages has it."""
    shutil.copytree(book, tmp_path / "some/book")
    return tmp_path


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


def visit(context: BrowserContext, address: str) -> Page:
    """A reader looks at a page and moves the mouse; the worker fills its cache."""
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    page.mouse.move(200, 200)
    page.mouse.move(220, 240)
    assert page.evaluate(READY) in {"activating", "activated"}
    page.wait_for_function("navigator.serviceWorker.controller")
    return page


def until(done: Callable[[], bool]) -> None:
    """Ask again and again: a page's own waiting takes a promise for an answer."""
    for _ in range(100):
        if done():
            return
        time.sleep(0.1)
    raise AssertionError("waited for ten seconds in vain")


def cut(page: Page) -> None:
    """No connection; what the worker has not kept cannot be had."""
    page.context.set_offline(True)
    gone = "fetch('_sources/chapters/03_softmax.ipynb').then(() => 'there', () => 'gone')"
    assert page.evaluate(gone) == "gone"


def test_other_pages_open_without_a_connection(context: BrowserContext, shelf: Path) -> None:
    with browser.serve(shelf) as site:
        page = visit(context, f"{site}/some/book/")
    cut(page)
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(f"{site}/some/book/{SOFTMAX}")
    page.locator("figure[data-ready]").first.wait_for()
    assert page.evaluate("[...document.images].every(i => (i.loading = 'eager'))")
    page.wait_for_function("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
    assert page.evaluate(
        "document.fonts.check('1em \"STIX Two Math\"') && document.styleSheets.length"
    )
    page.goto(f"{site}/some/book/search.html?q=overflow")
    page.locator("#search-results li a").first.wait_for()
    page.goto(f"{site}/some/book/nowhere/at/all")
    assert page.locator("h1").inner_text() == "Page not found"
    assert not trouble


def test_a_glance_costs_nothing(chromium: Browser, site: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{site}/index.html", wait_until="networkidle")
    page.wait_for_timeout(300)
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
    context.close()


def test_an_update_fetches_what_has_changed_and_drops_the_rest(
    context: BrowserContext, shelf: Path
) -> None:
    book = shelf / "some/book"
    with browser.serve(shelf) as site:
        page = visit(context, f"{site}/some/book/")
        before = set(page.evaluate(KEYS))
        for name in ("references.html", "sw.js"):
            text = (book / name).read_text("utf-8")
            changed = text.replace("<h1>", "<h1>New: ")
            if name == "sw.js":
                hashed = next(line for line in text.splitlines() if '"references.html"' in line)
                changed = text.replace(hashed, hashed.replace('": "', '": "new'))
            assert changed != text
            (book / name).write_text(changed, "utf-8")
        # online, the page is new at once
        page.goto(f"{site}/some/book/references.html")
        assert page.locator("h1").inner_text().startswith("New: ")
        page.evaluate("navigator.serviceWorker.getRegistration().then(r => r.update())")
        until(lambda: any("?new" in url for url in page.evaluate(KEYS)))
        page.goto("about:blank")  # the old worker goes with the last page that it serves
        page.goto(f"{site}/some/book/")
        until(lambda: len(page.evaluate(KEYS)) == len(before))
        assert len(set(page.evaluate(KEYS)) - before) == 1
    page.context.set_offline(True)
    page.goto(f"{site}/some/book/references.html")
    assert page.locator("h1").inner_text().startswith("New: ")
