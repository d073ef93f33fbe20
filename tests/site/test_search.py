"""The search finds formulas by name and terms of the glossary in four languages, by keyboard."""

import json
from pathlib import Path

import pytest
from browser import opened
from pages import SOFTMAX, parse
from playwright.sync_api import Browser

QUERIES = {
    "learning rate": "chapters/glossary.html#term-learning-rate",
    "tasso di apprendimento": "chapters/glossary.html#term-learning-rate",
    "tasa de aprendizaje": "chapters/glossary.html#term-learning-rate",
    "ρυθμός μάθησης": "chapters/glossary.html#term-learning-rate",
    "εντροπία": "chapters/glossary.html#term-entropy",
    "log softmax": f"{SOFTMAX}#equation-eq-log-softmax",
    "temperature": f"{SOFTMAX}#equation-eq-temperature",
}


@pytest.mark.parametrize("query", QUERIES)
def test_query_leads_there_by_keyboard(chromium: Browser, site: str, query: str) -> None:
    with opened(chromium, site, SOFTMAX) as (page, log):
        page.keyboard.press("Control+k")
        page.keyboard.type(query)
        page.keyboard.press("Enter")
        link = page.locator(f"#search-results li a[href^='{QUERIES[query].split('#')[0]}']"
                            f"[href$='#{QUERIES[query].split('#')[1]}']")  # fmt: skip
        link.first.wait_for()
        for _ in range(60):
            page.keyboard.press("Tab")
            if link.first.evaluate("link => link === document.activeElement"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/{QUERIES[query]}")
        assert not log.trouble


def test_search_without_accents_finds_the_glossary(chromium: Browser, site: str) -> None:
    with opened(chromium, site, "search.html?q=εντροπια") as (page, _):
        page.locator("#search-results li a[href^='chapters/glossary.html']").first.wait_for()


def test_every_equation_and_every_translation_is_in_the_index(book: Path) -> None:
    text = (book / "searchindex.js").read_text("utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    kinds = {number: names[2] for number, names in index["objnames"].items()}
    found: dict[str, set[str]] = {}
    for entries in index["objects"].values():
        for page, kind, _, anchor, _ in entries:
            address = f"{index['docnames'][page]}.html#{anchor}"
            found.setdefault(kinds[str(kind)], set()).add(address)
    for path in book.glob("chapters/*.html"):
        numbered = parse(path).select(".equation[id]:has(.eqno)")
        name = path.relative_to(book).as_posix()
        assert {f"{name}#{equation['id']}" for equation in numbered} <= found["equation"]
    terms = parse(book / "chapters/glossary.html").select("dl.glossary dt")
    assert len(terms) > 50
    for language in ("Italian", "Spanish", "Greek"):
        assert found[language] == {f"chapters/glossary.html#{term['id']}" for term in terms}
