"""The front page shows in the first view what this is."""

from browser import opened
from pages import CHAPTERS
from playwright.sync_api import Browser


def test_explorer_moves_in_the_first_view(chromium: Browser, site: str) -> None:
    with opened(chromium, site, "index.html") as (page, log):
        figure = page.locator("figure[data-ready]").first
        figure.wait_for()
        assert figure.bounding_box()["y"] < 700
        before = figure.inner_text()
        slider = figure.locator("input[type=range]").first
        slider.focus()
        slider.press("End")
        assert figure.inner_text() != before
        assert not log.trouble


def test_map_names_every_chapter(chromium: Browser, site: str) -> None:
    with opened(chromium, site, "index.html", width=390) as (page, _):
        links = page.locator("#chapters a").evaluate_all(
            "all => all.map(a => a.getAttribute('href'))"
        )
        assert [link for link in links if link in CHAPTERS] == CHAPTERS
