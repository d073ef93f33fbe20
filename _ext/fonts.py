"""Subset the two fonts to the characters that the pages show."""

import html
import re
import unicodedata
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

ITALIC = [0x210E, *range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C)]
ICONS = range(0xE000, 0xF900)  # where Font Awesome keeps its glyphs


def math_characters(pages: list[str]) -> set[int]:
    """Every character inside a formula; a single letter is drawn in italics, so that form too.

    A root is an element, and the browser draws its sign: no page prints that character.
    """
    formulas = [m for page in pages for m in re.findall(r"<math.*?</math>", page, re.DOTALL)]
    root = {"√"} if any(re.search(r"<m(sqrt|root)\b", m) for m in formulas) else set()
    used = root | {c for m in formulas for c in html.unescape(re.sub(r"<[^>]+>", "", m))}
    italic = {code for code in ITALIC if unicodedata.normalize("NFKC", chr(code)) in used}
    return {ord(c) for c in used} | italic | {0x20}


def icon_characters(css: str) -> set[int]:
    """The private-use characters that the style sheet inserts."""
    escapes = {int(code, 16) for code in re.findall(r"\\([0-9a-fA-F]{4,5})\b", css)}
    return {code for code in escapes | set(map(ord, css)) if code in ICONS}


def subset(font: Path, characters: set[int]) -> bytes:
    """The font as WOFF2, with these characters and what their layout needs."""
    options = Options(layout_features=["ccmp"], hinting=False)
    loaded = TTFont(font, recalcTimestamp=False)  # the same bytes on every build
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(loaded)
    loaded.flavor = "woff2"
    buffer = BytesIO()
    loaded.save(buffer)
    return buffer.getvalue()
