"""The whole book as one PDF: ``python _ext/pdf.py`` writes ``_build/book.pdf``.

Sphinx makes one page of the book, Chromium prints it, tagged and with bookmarks. Scripts are off,
so that each explorer is its still picture, in words.
"""

import sys
from pathlib import Path

import yaml
from build import sphinx
from playwright.sync_api import sync_playwright
from toolchain import ROOT, find_chromium

FOOTER = (
    '<div style="width:100%;text-align:center;font-size:8px"><span class="pageNumber"></span></div>'
)


def print_page(page: Path, pdf: Path) -> None:
    """Print an HTML file with our print style sheet."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        view = browser.new_context(java_script_enabled=False, offline=True).new_page()
        view.set_default_timeout(0)
        view.goto(page.as_uri())
        view.pdf(
            path=pdf, format="A4", tagged=True, outline=True, print_background=True,
            prefer_css_page_size=True, display_header_footer=True,
            header_template="<span></span>", footer_template=FOOTER,
        )  # fmt: skip
        browser.close()


def main(book: Path) -> int:
    single = book / "_build/single"
    if sphinx(book, single, "--builder", "singlehtml"):
        return 1
    pdf = book / "_build/book.pdf"
    root = yaml.safe_load((book / "_toc.yml").read_text("utf-8"))["root"]
    print_page(single / f"_build/singlehtml/{root}.html", pdf)
    print(f"The PDF is {pdf}, {pdf.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT).resolve()))
