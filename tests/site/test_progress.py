"""The reader's progress: kept in the browser, shown on the front page, erased there."""

from pathlib import Path

from browser import opened
from pages import SOFTMAX, every_chapter, parse
from playwright.sync_api import Browser

RIGHT = {"Yes", "Right", "Partly"}  # the first words that progress.js knows


@every_chapter
def test_every_question_has_one_right_answer(book: Path, path: str) -> None:
    section = parse(book / path).find(id="check-yourself")
    if section is None:
        assert path == "chapters/12_homework.html"  # which asks otherwise
        return
    questions: list[list[str]] = []
    for fold in section.find_all("details", recursive=False):
        if fold.find_previous_sibling().name != "details":
            questions.append([])
        questions[-1].append(fold.select_one(".sd-summary-content").get_text().split()[0])
    assert len(questions) >= 3
    for words in questions:
        assert sum(word.strip(".,:") in RIGHT for word in words) == 1, words


def test_progress_is_kept_shown_and_erased(chromium: Browser, site: str) -> None:
    with opened(chromium, site, SOFTMAX) as (page, log):
        folds = page.locator("#check-yourself > details")
        texts = folds.locator(".sd-summary-content").all_text_contents()
        right = next(i for i, text in enumerate(texts) if text.strip().startswith("Yes"))
        folds.nth((right + 1) % 3).locator("summary").click()
        folds.nth(right).locator("summary").click()
        page.get_by_label("I have read this chapter").check()
        page.goto(f"{site}/index.html")
        line = page.locator("#chapters li", has=page.locator(f"a[href='{SOFTMAX}']"))
        assert line.locator(".progress-mark").inner_text() == "✓ read, 1 of 3 self-checks passed"
        assert page.locator(".progress-mark").count() == 1
        assert "Chapters read: 1." in page.locator(".progress-status").inner_text()
        page.get_by_role("button", name="Erase my progress").click()
        assert page.locator(".progress-mark").count() == 0
        page.goto(f"{site}/{SOFTMAX}")
        assert not page.get_by_label("I have read this chapter").is_checked()
        assert not log.trouble


def test_a_wrong_answer_passes_nothing(chromium: Browser, site: str) -> None:
    with opened(chromium, site, SOFTMAX) as (page, _):
        folds = page.locator("#check-yourself > details")
        texts = folds.locator(".sd-summary-content").all_text_contents()
        for i, text in enumerate(texts):
            if not text.strip().startswith("Yes"):
                folds.nth(i).locator("summary").click()
        page.goto(f"{site}/index.html")
        assert page.locator(".progress-mark").count() == 0
