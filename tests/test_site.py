"""The built site, page by page: its files, and what a real browser makes of them."""

import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browser import ROOT, opened
from bs4 import BeautifulSoup, Tag
from pages import BACKPROPAGATION, PAGES, SOFTMAX, TOC, every_chapter, every_page, parse
from playwright.sync_api import Browser

AXE = ROOT / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


# ---- files


def test_every_page_of_the_table_of_contents_is_built(book: Path) -> None:
    built = {path.relative_to(book).as_posix() for path in book.rglob("*.html")}
    built = {path for path in built if not path.startswith("lite/")}  # an application beside it
    assert built == {*PAGES, f"{TOC['root']}.html"}


@every_page
def test_links_lead_somewhere(book: Path, path: str) -> None:
    """Files and their parts exist: cross references, equations, citations, pictures, scripts."""
    for tag in parse(book / path).select("[href], [src]"):
        link = urlsplit(tag.get("href") or tag.get("src"))
        if link.scheme:
            continue
        folder = book if link.path.startswith("/") else (book / path).parent
        target = folder / unquote(link.path).lstrip("/") if link.path else book / path
        assert target.is_file(), tag
        if link.fragment and target.suffix == ".html":
            assert parse(target.resolve()).find(id=unquote(link.fragment)), tag


def test_every_row_of_the_sources_leads_to_cells(book: Path) -> None:
    lines = parse(book / "chapters/coverage.html").select("tr:has(td:nth-child(3):last-child)")
    assert len(lines) == 264 + 68 + 26
    assert all(line.select("a[href*='#cell-']") for line in lines)


@every_chapter
def test_a_chapter_says_how_long_it_takes(book: Path, path: str) -> None:
    said = parse(book / path).select_one("h1 + p.times").text
    assert re.match(r"\d+ minutes to read(, \d+ seconds to run)? \(how", said)


@every_page
def test_ids_are_unique(book: Path, path: str) -> None:
    ids = Counter(tag["id"] for tag in parse(book / path).select("[id]"))
    assert not [name for name, count in ids.items() if count > 1]


@every_page
def test_pictures_have_words_and_size(book: Path, path: str) -> None:
    for image in parse(book / path).select("article img"):
        assert image["alt"].strip(), image
        assert image["width"].isdigit(), image
        assert image["height"].isdigit(), image


@every_page
def test_no_script_or_style_of_the_plain_theme(book: Path, path: str) -> None:
    page = parse(book / path)
    tags = page.select("script[src]")
    names = [Path(urlsplit(tag["src"]).path).name for tag in tags]
    bundle, *rest = names
    assert re.fullmatch(r"book-\w{10}\.js", bundle)
    search = {"searchtools.js", "language_data.js", "searchindex.js"}
    assert set(rest) == search if path == "search.html" else all("-" in name for name in rest)
    assert len(page.select("link[rel=stylesheet]")) == 1
    assert all(
        tag.has_attr("defer") or tag["type"] == "module" for tag in page.select("script[src]")
    )
    assert not page.select("[onclick]")


@every_page
def test_search_engines_get_a_title_and_a_description(book: Path, path: str) -> None:
    page = parse(book / path)
    assert len(page.select("head > title")) == 1
    assert len(page.select_one("meta[name=description]")["content"]) > 5


@every_chapter
def test_formulas_are_mathml_and_no_tex_is_left(book: Path, path: str) -> None:
    article = BeautifulSoup(str(parse(book / path).article), "html.parser")
    assert len(article.select("math")) > 20
    for tag in article.select("pre, code, script, style"):
        tag.decompose()
    assert not re.findall(r"\\[A-Za-z]+|\\\(|\$[^$\s][^$]*\$", article.text)


@every_chapter
def test_references_show_the_number_of_their_equation(book: Path, path: str) -> None:
    links = parse(book / path).select("a.reference[href*='#equation-']")
    for link in links:
        file, _, name = link["href"].partition("#")
        target = (book / path).parent / file if file else book / path
        equation = parse(target.resolve()).find(id=name)
        assert isinstance(equation, Tag)
        assert link.text == equation.select_one(".eqno").text


# ---- in a browser, with every other origin switched off


@every_page
@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_page_in_a_browser(chromium: Browser, site: str, path: str, width: int, theme: str) -> None:
    """Nothing foreign, missing or wrong; nothing wider than the screen; no axe violation.

    The other two pairs of width and theme are in `make audit`: axe takes its time.
    """
    with opened(chromium, site, path, width=width, theme=theme) as (page, log):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate(AXE.read_text("utf-8"))
        # formulas have the colour of the text around them
        everything = {"exclude": [["math"]]}
        options = {"runOnly": RULES, "resultTypes": ["violations"]}
        found = page.evaluate("([a, b]) => axe.run(a, b)", [everything, options])
        assert not [
            (violation["id"], node["html"], node["failureSummary"])
            for violation in found["violations"]
            for node in violation["nodes"]
        ]
        assert not log.trouble


@every_page
def test_page_is_light(chromium: Browser, site: str, path: str) -> None:
    """Before the reader does anything: few requests, few bytes; drawings do not count."""
    with opened(chromium, site, path) as (_, log):
        sent = {url: size for url, size in log.requests.items() if "/_images/" not in url}
    print(f"\n{path}: {len(sent)} requests, {sum(sent.values()) / 1000:.0f} kB")
    assert len(sent) <= 10, sent
    assert sum(sent.values()) <= 120_000, sent


def test_chapter_reads_without_scripts(chromium: Browser, site: str) -> None:
    with opened(chromium, site, SOFTMAX, theme="dark", javascript=False) as (page, log):
        assert page.locator("h1").is_visible()
        colours = "getComputedStyle(document.body)"
        assert page.evaluate(f"[{colours}.color, {colours}.backgroundColor]") == [
            "rgb(34, 40, 50)",
            "rgb(255, 255, 255)",
        ]
        assert not log.trouble


def test_print_is_white_and_unfolds_solutions(chromium: Browser, site: str) -> None:
    with opened(chromium, site, SOFTMAX, theme="dark") as (page, _):
        text = page.locator(".solution > details p").first
        assert not text.is_visible()
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate("document.documentElement.dataset.theme") == "light"
        assert text.is_visible()
        assert page.locator("h1").first.is_visible()
        assert not page.locator("#pst-primary-sidebar").is_visible()


def test_theme_follows_the_system_until_the_reader_chooses(chromium: Browser, site: str) -> None:
    with opened(chromium, site, SOFTMAX, theme="dark") as (page, log):
        theme = "document.documentElement.dataset.theme"
        assert page.evaluate(theme) == "dark"
        page.locator(".theme-switch-button").first.click()
        assert page.evaluate(theme) == "light"
        page.reload()
        assert page.evaluate(theme) == "light"
        assert not log.trouble


def test_keyboard_skips_to_the_text_and_opens_a_solution(chromium: Browser, site: str) -> None:
    with opened(chromium, site, SOFTMAX) as (page, _):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
        page.keyboard.press("Enter")
        assert page.url.endswith("#main-content")
        fold = page.locator(".solution > details").first
        fold.locator("summary").focus()
        page.keyboard.press("Enter")
        assert fold.get_attribute("open") is not None


UNREACHED = """() => [...document.querySelectorAll(".bd-article, .bd-article *")].filter((box) =>
    /auto|scroll/.test(getComputedStyle(box).overflowX) && box.scrollWidth > box.clientWidth + 1
    && box.tabIndex !== 0).map((box) => box.outerHTML.slice(0, 200))"""


@every_page
def test_wide_boxes_scroll_by_keyboard_on_a_phone(chromium: Browser, site: str, path: str) -> None:
    """Formulas, code, tables, outputs and the lines of claims, also those in folds."""
    with opened(chromium, site, path, width=390) as (page, _):
        page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        page.wait_for_timeout(100)
        assert not page.evaluate(UNREACHED)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_box_that_does_not_scroll_is_no_stop(chromium: Browser, site: str) -> None:
    with opened(chromium, site, f"{SOFTMAX}#exercises", width=390) as (page, _):
        boxes = page.locator(".equation-formula")
        wide = boxes.evaluate_all("all => all.map(b => b.scrollWidth > b.clientWidth + 1)")
        stops = boxes.evaluate_all("all => all.map(b => b.tabIndex === 0)")
        assert any(wide)
        assert stops == wide


def test_what_is_cut_off_fades_until_its_end(chromium: Browser, site: str) -> None:
    with opened(chromium, site, f"{SOFTMAX}#exercises", width=390) as (page, _):
        wide = page.locator(".equation-formula.goes-on").first
        assert wide.evaluate("box => getComputedStyle(box).maskImage") != "none"
        box = wide.element_handle()
        box.evaluate("box => { box.scrollLeft = box.scrollWidth; }")
        page.wait_for_function("box => !box.classList.contains('goes-on')", arg=box)
        assert box.evaluate("box => getComputedStyle(box).maskImage") == "none"


WAITS = "box => !box.checkVisibility({contentVisibilityAuto: true})"


def test_what_lies_below_is_laid_out_when_the_reader_comes_near(
    chromium: Browser, site: str
) -> None:
    with opened(chromium, site, BACKPROPAGATION, width=390) as (page, log):
        last = page.locator("#exercises .exercise p").last
        assert last.evaluate(WAITS)
        assert not page.locator(".bd-article p").first.evaluate(WAITS)
        last.scroll_into_view_if_needed()
        page.wait_for_function(f"box => !({WAITS})(box)", arg=last.element_handle())
        assert not log.trouble


def test_who_jumps_reloads_or_comes_to_a_place_finds_it(chromium: Browser, site: str) -> None:
    """There every height above must be true at once, or the page would slip under the reader."""
    top = "e => Math.round(e.getBoundingClientRect().top)"
    with opened(chromium, site, BACKPROPAGATION) as (page, _):
        place = page.locator("#check-yourself")
        page.locator("#pst-page-toc-nav a[href='#check-yourself']").click()
        assert abs(place.evaluate(top)) < 120
        assert not page.locator("#exercises .exercise p").last.evaluate(WAITS)
        page.goto(f"{site}/{BACKPROPAGATION}#check-yourself")
        page.reload()
        assert abs(place.evaluate(top)) < 120
        assert not page.locator("#exercises .exercise p").last.evaluate(WAITS)


@pytest.mark.parametrize(("width", "stacked"), [(1280, False), (390, True)])
def test_statements_stand_below_each_other_on_a_phone(
    chromium: Browser, site: str, width: int, stacked: bool
) -> None:
    with opened(chromium, site, BACKPROPAGATION, width=width) as (page, _):
        tops = page.locator("#equation-eq-neuron-partials math").evaluate_all(
            "all => all.map(formula => formula.getBoundingClientRect().top)"
        )
        assert (tops[-1] - tops[0] > 20) == stacked


@every_chapter
def test_figures_are_not_dimmed_in_the_dark(chromium: Browser, site: str, path: str) -> None:
    with opened(chromium, site, path, theme="dark") as (page, _):
        looks = page.locator(".bd-article img").evaluate_all(
            "all => all.map(getComputedStyle).map((s) => [s.filter, s.backgroundColor])"
        )
        assert all(look == ["none", "rgb(255, 255, 255)"] for look in looks), looks


def test_previous_and_next_fill_a_phone(chromium: Browser, site: str) -> None:
    with opened(chromium, site, SOFTMAX, width=390) as (page, _):
        for link in page.locator(".prev-next-area a").all():
            title = link.locator(".prev-next-title")
            assert title.bounding_box()["width"] > 250
            line = title.evaluate("e => parseFloat(getComputedStyle(e).lineHeight)")
            assert title.bounding_box()["height"] < 3.5 * line


@every_page
def test_headings_equations_and_exercises_have_a_link_to_themselves(book: Path, path: str) -> None:
    article = parse(book / path).main
    for heading in article.select("section[id] > h1, section[id] > h2, section[id] > h3"):
        assert heading.select_one(f"a.headerlink[href='#{heading.parent['id']}']"), heading
    for equation in article.select(".equation:has(.eqno)"):
        assert equation.select_one(".eqno")["href"] == f"#{equation['id']}"
    for exercise in article.select(".exercise"):
        assert exercise.select_one(f".admonition-title > a[href='#{exercise['id']}']")


def test_phone_opens_the_table_of_contents(chromium: Browser, site: str) -> None:
    with opened(chromium, site, SOFTMAX, width=390) as (page, log):
        link = page.get_by_role("link", name="Sources", exact=True).first
        assert not link.is_visible()
        page.locator(".primary-toggle:visible").click()
        assert link.is_visible()
        link.click()
        assert page.url.endswith("/references.html")
        assert not log.trouble


def test_search_finds_a_chapter(chromium: Browser, site: str) -> None:
    with opened(chromium, site, SOFTMAX) as (page, log):
        page.keyboard.press("Control+k")
        page.keyboard.type("overflow")
        page.keyboard.press("Enter")
        page.locator(f"#search-results li a[href^='{SOFTMAX}']").first.wait_for()
        assert not log.trouble


def test_notebook_can_be_downloaded(chromium: Browser, site: str) -> None:
    with opened(chromium, site, SOFTMAX) as (page, _):
        with page.expect_download() as download:
            page.get_by_title("Download this notebook").click()
        source = ROOT / SOFTMAX.replace(".html", ".ipynb")
        assert Path(download.value.path()).read_bytes() == source.read_bytes()


def test_code_can_be_copied(chromium: Browser, site: str) -> None:
    with opened(chromium, site, SOFTMAX) as (page, log):
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        cell = page.locator(".cell_input").first
        cell.hover()
        cell.locator("button.copybtn").click()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == cell.locator("pre").inner_text().rstrip("\n")
        assert not page.locator(".cell_output button.copybtn").count()
        assert not log.trouble
