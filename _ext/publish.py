"""The one step after Sphinx: its folder in, a light site out.

All style sheets become one, without the rules that no page uses; all classic scripts become one,
most of which waits until the page is drawn; fonts keep the characters that are shown; every name
carries a hash of its content. What other commands have made beside the book, such as its PDF, goes
in and is linked. Sphinx's own folder stays as it is, so that the next build can go on from it.
"""

import hashlib
import json
import re
import shutil
import subprocess
from base64 import b64encode
from pathlib import Path
from urllib.parse import unquote, urlsplit

import policy
from address import SITE
from fonts import icon_characters, math_characters, subset
from offline import write_worker
from toolchain import COMMIT_MARK, find_commit, find_node

# the lists that layout.html prints
STYLES = re.compile(r"<!--styles-->(.*?)<!--/styles-->", re.DOTALL)
SCRIPTS = re.compile(r"<!--scripts-->(.*?)<!--/scripts-->", re.DOTALL)
# what other scripts need at once; the rest runs after the first frame, each as a task of its own,
# so that no task keeps the reader waiting
EARLY = {"documentation_options.js", "doctools.js", "sphinx_highlight.js", "design-tabs.js"}
LATE = "requestAnimationFrame(() => setTimeout(() => {\n%s\n}))"
# The theme asks each of these boxes whether it scrolls, for which the browser must lay out the
# whole page at once; book.js asks each box when it is first laid out
BOXES = '["pre",".nboutput > .output_area",".cell_output > .output",".jp-RenderedHTMLCommon",".pst-scrollable-table-container"]'  # noqa: E501
# names, punctuation and space in code have the colour of the code around them
UNCOLOURED = re.compile(r'<span class="[npw]">([^<]*)</span>')
TAG = re.compile(r"<[a-zA-Z][^>]*>")
LINKED = re.compile(r'(?:href|src)="([^"]+)"')
CANONICAL = re.compile(r'<link rel="canonical" href="([^"]+)"')

IMPORT = re.compile(r'@import "([^"]+)";')
URL = re.compile(r"""url\(["']?(?!data:|#)([^"')]+)["']?\)""")
FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
MATH_FONT = "math/STIXTwoMath.woff2"
ICON_FONT = "vendor/fontawesome/webfonts/fa-solid-900.woff2"
MODULES = Path("_static/explorers")  # ES modules, which load themselves under hashed names
CARDS = Path("_static/cards")  # pictures for other sites, known to them by absolute addresses

# what other commands leave in _build; a page shows <!--pdf-->…<!--/pdf--> where it is there
EXTRAS = {"pdf": "book.pdf", "lite": "lite"}
ADDRESS = re.compile(r'(\b(?:href|src|action|data-content_root)=")(?!#|/|[a-z]+:)(?:\./)?')

Pages = dict[Path, str]  # path below the site → HTML


def publish(plain: Path, site: Path) -> None:
    """Make ``site`` anew from Sphinx's folder ``plain``; the old site stands until then."""
    new = site.with_name(site.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    leave = shutil.ignore_patterns("_*", ".buildinfo*", "objects.inv")
    shutil.copytree(plain, new, ignore=leave)
    shutil.copytree(plain / MODULES, new / MODULES, ignore=shutil.ignore_patterns("*.css"))
    pages = {path.relative_to(new): path.read_text("utf-8") for path in new.rglob("*.html")}

    scripts = ";\n".join(_script(path) for path in _linked(pages, SCRIPTS, plain))
    if scripts.count(BOXES) != 1:
        raise RuntimeError("the theme no longer asks which boxes scroll as it did: see BOXES")
    scripts = scripts.replace(BOXES, '[":not(*)"]')
    modules = [path.read_text("utf-8") for path in (plain / MODULES).glob("*.js")]
    css = "".join(_flat(path, plain / "_static") for path in _linked(pages, STYLES, plain))
    rules: dict[str, str] = {}
    pages = {path: policy.move_styles(page, rules) for path, page in pages.items()}
    # the words of the prose are no names
    tags = [tag for page in pages.values() for tag in TAG.findall(page)]
    css = _purge(css, "\n".join([*tags, scripts, *modules]))
    css += "".join(rules[name] + "\n" for name in sorted(rules))
    css = _tighten(css)
    css, font = _subset_fonts(css, plain / "_static", new / "_static", list(pages.values()))
    style = _write(new / "_static/book.css", css.encode())
    script = _write(new / "_static/book.js", scripts.encode())

    commit = find_commit()
    built = f"<p>At commit {commit}.</p>" if commit else ""
    strict = policy.policy(pages.values())
    extras = {name for name, file in EXTRAS.items() if _copy(site.parent / file, new / file)}
    if (plain / CARDS).exists():
        shutil.copytree(plain / CARDS, new / CARDS)
    for path, page in pages.items():
        root = "../" * (len(path.parts) - 1) + "_static/"
        head = f'<link rel="stylesheet" href="{root}{style}">'
        if "<math" in page:
            preload = 'rel="preload" as="font" type="font/woff2" crossorigin'
            head = f'<link {preload} href="{root}{font}">\n    {head}'
        page = STYLES.sub(lambda _, head=head: head, page)
        page = SCRIPTS.sub(f'<script defer src="{root}{script}"></script>', page)
        page = page.replace(policy.MARK, policy.meta(strict)).replace(COMMIT_MARK, built)
        for name in EXTRAS:
            shown = r"\1" if name in extras else ""
            page = re.sub(f"<!--{name}-->(.*?)<!--/{name}-->", shown, page, flags=re.DOTALL)
        page = UNCOLOURED.sub(r"\1", page)
        _copy_linked(page, plain, new, path.parent)
        if path.name == "404.html":
            page = ADDRESS.sub(rf"\g<1>{urlsplit(SITE).path or '/'}", page)
        (new / path).write_text(page, "utf-8")
    _write_front_page(new)
    _write_sitemap(new, pages)
    (new / "_headers").write_text(
        f"/*\n  Content-Security-Policy: {policy.header(strict)}\n", "utf-8"
    )
    write_worker(new)

    shutil.rmtree(site, ignore_errors=True)
    new.rename(site)


def _linked(pages: Pages, region: re.Pattern[str], folder: Path) -> list[Path]:
    """Files named in that region of the pages' heads, in the order in which they are loaded."""
    found: dict[Path, None] = {}
    for path, page in sorted(pages.items()):
        for link in LINKED.findall("".join(region.findall(page))):
            found[(folder / path.parent / link).resolve()] = None
    return list(found)


def _script(path: Path) -> str:
    text = path.read_text("utf-8")
    return text if path.name in EARLY else LATE % text


def _flat(sheet: Path, static: Path) -> str:
    """A style sheet with its imports in place and its addresses relative to ``static``."""
    text = IMPORT.sub(lambda m: _flat(sheet.parent / m[1], static), sheet.read_text("utf-8"))

    def address(match: re.Match[str]) -> str:
        target = (sheet.parent / match[1]).resolve()
        if not target.is_file():
            return match[0]
        return f"url({target.relative_to(static.resolve()).as_posix()})"

    return URL.sub(address, text) + "\n"


def _tighten(css: str) -> str:
    """Without comments and needless space, but for what stands in quotes."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"""("[^"]*"|'[^']*')|\s*([{};,])\s*|\s+""", lambda m: m[1] or m[2] or " ", css)


def _purge(css: str, content: str) -> str:
    """The sheet without the rules and variables whose names do not occur in the content."""
    return subprocess.run(
        [find_node(), Path(__file__).with_name("purge.mjs")],
        input=json.dumps({"css": css, "content": content}),
        stdout=subprocess.PIPE,
        check=True,
        encoding="utf-8",
    ).stdout


def _subset_fonts(css: str, plain: Path, new: Path, pages: list[str]) -> tuple[str, str]:
    """The sheet with its fonts cut to size, and the name of the math font's file."""
    math = _write(new / Path(MATH_FONT).name, subset(plain / MATH_FONT, math_characters(pages)))
    icons = b64encode(subset(plain / ICON_FONT, icon_characters(css))).decode()
    # the icons, 2 kB, travel with the sheet: one request less
    sources = {MATH_FONT: math, ICON_FONT: f"data:font/woff2;base64,{icons}"}

    def face(match: re.Match[str]) -> str:
        font = next(name for name in URL.findall(match[0]) if name.endswith(".woff2"))
        if font not in sources:
            return ""  # Font Awesome's regular and brand faces: the book shows solid icons
        return re.sub(r"src\s*:[^;}]*", f'src:url({sources.pop(font)}) format("woff2")', match[0])

    css = FONT_FACE.sub(face, css)
    if sources:
        raise RuntimeError(f"no style sheet loads {', '.join(sources)}: has a theme changed?")
    return css, math


def _copy_linked(page: str, plain: Path, new: Path, folder: Path) -> None:
    """Pictures, notebooks and scripts that the page names; Sphinx also keeps those of old pages."""
    for link in LINKED.findall(page):
        source, target = (root / folder / unquote(link) for root in (plain, new))
        if source.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def _copy(source: Path, target: Path) -> bool:
    """Copy a file or folder that may be there; was it?"""
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy(source, target)
    return source.exists()


def _write(path: Path, content: bytes) -> str:
    """Write a file with a hash of its content in its name; gives the name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    name = f"{path.stem}-{hashlib.sha256(content).hexdigest()[:10]}{path.suffix}"
    path.with_name(name).write_bytes(content)
    return name


def _write_front_page(site: Path) -> None:
    """The root page itself instead of the redirect to it that Jupyter Book writes."""
    index = site / "index.html"
    if redirect := re.search(r"url=([\w-]+\.html)", index.read_text("utf-8")):
        index.write_bytes((site / redirect[1]).read_bytes())


def _write_sitemap(site: Path, pages: Pages) -> None:
    """For search engines, which want absolute addresses: only where the book has one."""
    if not SITE:
        return
    found = [CANONICAL.search(page) for _, page in sorted(pages.items())]
    rows = "".join(f"<url><loc>{link[1]}</loc></url>\n" for link in found if link)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    (site / "sitemap.xml").write_text(f'{head}<urlset xmlns="{space}">\n{rows}</urlset>\n', "utf-8")
