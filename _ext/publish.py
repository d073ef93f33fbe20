"""The one step after Sphinx: its folder in, a light site out.

All style sheets become one, without the rules that no page uses; all classic scripts become one;
fonts keep the characters that are shown; every name carries a hash of its content. Sphinx's own
folder stays as it is, so that the next build can go on from it.
"""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

from fonts import icon_characters, math_characters, subset
from toolchain import node

STYLES = re.compile(r"<!--styles-->(.*?)<!--/styles-->", re.DOTALL)
SCRIPTS = re.compile(r"<!--scripts-->(.*?)<!--/scripts-->", re.DOTALL)
LINKED = re.compile(r'(?:href|src)="([^"]+)"')
IMPORT = re.compile(r'@import "([^"]+)";')
URL = re.compile(r"""url\(["']?(?!data:|#)([^"')]+)["']?\)""")
MODULES = Path("_static/explorers")  # ES modules, which load themselves under hashed names
MATH_FONT = "math/STIXTwoMath.woff2"
ICON_FONT = "vendor/fontawesome/webfonts/fa-solid-900.woff2"
FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")


def publish(plain: Path, site: Path) -> None:
    """Make ``site`` anew from Sphinx's ``plain`` folder; the old one stands until the new is whole."""
    new = site.with_name(site.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(plain, new, ignore=shutil.ignore_patterns("_static", ".buildinfo*", "objects.inv"))
    shutil.copytree(plain / MODULES, new / MODULES)
    pages = {path.relative_to(new): path.read_text("utf-8") for path in sorted(new.rglob("*.html"))}

    scripts = ";\n".join(path.read_text("utf-8") for path in _linked(pages, SCRIPTS, plain))
    script = _write(new / "_static/book.js", scripts.encode())
    css = "".join(_flat(path, plain / "_static") for path in _linked(pages, STYLES, plain))
    modules = [path.read_text("utf-8") for path in (plain / MODULES).glob("*.js")]  # name classes too
    css = _purge(css, "\n".join([*pages.values(), scripts, *modules]))
    css, fonts = _subset_fonts(css, plain / "_static", new / "_static", list(pages.values()))
    style = _write(new / "_static/book.css", css.encode())

    for path, page in pages.items():
        root = "../" * (len(path.parts) - 1) + "_static/"
        head = [
            f'<link rel="preload" as="font" type="font/woff2" crossorigin href="{root}{name}">'
            for name, markup in fonts.items()
            if markup in page
        ]
        head.append(f'<link rel="stylesheet" href="{root}{style}">')
        page = STYLES.sub("\n    ".join(head), page)
        page = SCRIPTS.sub(f'<script defer src="{root}{script}"></script>', page)
        (new / path).write_text(page, "utf-8")
        for name in re.findall(rf'(?:href|src)="{re.escape(root)}([^"]+)"', page):
            if not (new / "_static" / name).exists():
                shutil.copy(plain / "_static" / name, new / "_static" / name)
    _write_front_page(new)

    shutil.rmtree(site, ignore_errors=True)
    new.rename(site)


def _linked(pages: dict[Path, str], region: re.Pattern[str], folder: Path) -> list[Path]:
    """Files named in that region of the pages' heads, in the order in which they are loaded."""
    found: dict[Path, None] = {}
    for path, page in pages.items():
        for block in region.findall(page):
            for link in LINKED.findall(block):
                found[(folder / path.parent / link).resolve()] = None
    return list(found)


def _flat(sheet: Path, static: Path) -> str:
    """A style sheet with its imports in place and its addresses relative to ``_static``."""
    text = IMPORT.sub(lambda m: _flat(sheet.parent / m[1], static), sheet.read_text("utf-8"))

    def address(match: re.Match[str]) -> str:
        target = (sheet.parent / match[1]).resolve()
        inside = target.is_relative_to(static.resolve()) and target.is_file()
        return f"url({target.relative_to(static.resolve()).as_posix()})" if inside else match[0]

    return URL.sub(address, text) + "\n"


def _purge(css: str, content: str) -> str:
    return subprocess.run(
        [node(), Path(__file__).with_name("purge.mjs")],
        input=json.dumps({"css": css, "content": content}),
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout


def _subset_fonts(
    css: str, plain: Path, new: Path, pages: list[str]
) -> tuple[str, dict[str, str]]:
    """The sheet with its fonts cut to size, and for each font the markup that needs it."""
    characters = {MATH_FONT: math_characters(pages), ICON_FONT: icon_characters(css)}
    markup = {MATH_FONT: "<math", ICON_FONT: "<i class="}
    written: dict[str, str] = {}

    def face(match: re.Match[str]) -> str:
        font = next(name for name in URL.findall(match[0]) if name.endswith(".woff2"))
        if font not in characters:
            return ""  # Font Awesome's regular and brand faces: the book shows solid icons
        name = _write(new / Path(font).name, subset(plain / font, characters[font]))
        written[name] = markup[font]
        return re.sub(r"src\s*:[^;}]*", f'src:url({name}) format("woff2")', match[0])

    css = FONT_FACE.sub(face, css)
    if len(written) != len(characters):
        raise RuntimeError(f"fonts that the style sheets should load: {[*characters]}")
    return css, written


def _write(path: Path, content: bytes) -> str:
    """Write a file with a hash of its content in its name; gives the name."""
    name = f"{path.stem}-{hashlib.sha256(content).hexdigest()[:10]}{path.suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name(name).write_bytes(content)
    return name


def _write_front_page(site: Path) -> None:
    """The root page itself instead of the redirect to it that Jupyter Book writes."""
    index = site / "index.html"
    if redirect := re.search(r"url=([\w-]+\.html)", index.read_text("utf-8")):
        index.write_bytes((site / redirect[1]).read_bytes())
