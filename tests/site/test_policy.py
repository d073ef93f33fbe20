"""The content security policy: in every page, in the guide, and kept by a real browser."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import ROOT, opened, serve
from pages import SOFTMAX, every_page, parse
from playwright.sync_api import Browser

sys.path.append(str(ROOT / "_ext"))
import policy


def header(book: Path) -> str:
    return (book / "_headers").read_text("utf-8").partition("Content-Security-Policy: ")[2].strip()


@every_page
def test_page_carries_the_policy_and_nothing_it_forbids(book: Path, path: str) -> None:
    page = parse(book / path)
    rules = page.select_one("meta[http-equiv=Content-Security-Policy]")
    assert policy.header(rules["content"]) == header(book)
    assert "unsafe" not in rules["content"]
    assert not page.select("[style], style, [onclick], [onload], [href^='javascript:']")
    first = page.select_one("script")
    assert rules in first.find_all_previous("meta")  # what stands before it would not be governed


def test_guide_has_the_policy(book: Path) -> None:
    assert header(book) in (ROOT / "publishing.md").read_text("utf-8")


@pytest.fixture(scope="module")
def strict_site(book: Path) -> Iterator[str]:
    """The site on a host that also sends the policy as a header."""
    with serve(book, **{"Content-Security-Policy": header(book)}) as address:
        yield address


@pytest.mark.parametrize("path", ["index.html", SOFTMAX, "search.html?q=overflow"])
def test_pages_work_under_the_header(chromium: Browser, strict_site: str, path: str) -> None:
    with opened(chromium, strict_site, path) as (page, log):
        if "search" in path:
            page.locator("#search-results li a").first.wait_for()
        else:
            page.locator("figure[data-ready]").first.wait_for()
            page.locator(".theme-switch-button:visible").first.click()
        assert not log.trouble


def test_header_keeps_the_book_out_of_frames(
    chromium: Browser, strict_site: str, tmp_path: Path
) -> None:
    (tmp_path / "frame.html").write_text(f'<iframe src="{strict_site}/index.html"></iframe>')
    page = chromium.new_page()
    with serve(tmp_path) as other:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{other}/frame.html", wait_until="networkidle")
    page.close()
    assert any("frame-ancestors" in words for words in said), said


def test_a_foreign_inline_script_does_not_run(chromium: Browser, site: str) -> None:
    """The policy is more than words: what somebody slips into a page stays dead."""
    with opened(chromium, site, SOFTMAX) as (page, log):
        page.evaluate(
            """() => {
              const script = document.createElement("script");
              script.textContent = "window.slipped = true";
              document.body.append(script);
            }"""
        )
        assert page.evaluate("window.slipped === undefined")
        assert any("Content Security Policy" in error for error in log.errors)


def test_style_attributes_become_classes() -> None:
    rules: dict[str, str] = {}
    page = '<b style="color:red;">x</b><i class="a" style="color:red">y</i> 1 < 2 <u>style="no"</u>'
    moved = policy.move_styles(page, rules)
    (name,) = rules
    assert moved == f'<b class="{name}">x</b><i class="{name} a">y</i> 1 < 2 <u>style="no"</u>'
    assert rules[name].endswith("{color:red}")


def test_a_second_inline_script_fails_the_build() -> None:
    with pytest.raises(RuntimeError, match="2 inline scripts"):
        policy.policy(["<script>a()</script>", "<script>b()</script>"])
