"""Our ES modules: joined into one string for a live notebook, as hashed files for a site.

Modules import from their siblings by one line, ``import { a, b } from "./ui.js";``, and no two
modules give one name to different things. So joining needs no build step.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|function|class)", re.MULTILINE)


@cache
def source(file: str) -> str:
    """Text of one of this folder's files."""
    return (FOLDER / file).read_text("utf-8")


def needs(name: str) -> list[str]:
    """The modules that module `name` imports, directly or not, each after those it imports."""
    found: list[str] = []
    for sibling in _IMPORT.findall(source(f"{name}.js")):
        found += [n for n in [*needs(sibling), sibling] if n not in found]
    return found


def bundle(name: str) -> str:
    """Module `name` and all that it needs as one ES module: anywidget takes a single string."""
    parts = [_EXPORT.sub("", source(f"{sibling}.js")) for sibling in needs(name)]
    return _IMPORT.sub("", "\n".join([*parts, source(f"{name}.js")]))


def styles(name: str) -> str:
    """The shared style sheet and the explorer's own."""
    own = FOLDER / f"{name}.css"
    return source("explorer.css") + (source(own.name) if own.exists() else "")


def site_files() -> dict[str, tuple[str, str]]:
    """What a site serves: module (or ``"style"``) to file name and text.

    A name carries the hash of its text, in which the imports are already hashed names: a browser
    may keep such a file for ever.
    """
    names = sorted(path.stem for path in FOLDER.glob("*.js"))
    files: dict[str, tuple[str, str]] = {}
    for name in dict.fromkeys(n for top in names for n in [*needs(top), top]):
        text = source(f"{name}.js")
        for sibling in needs(name):
            text = text.replace(f'"./{sibling}.js"', f'"./{files[sibling][0]}"')
        files[name] = (_hashed(name, "js", text), text)
    sheets = ["explorer.css", *sorted(p.name for p in FOLDER.glob("*.css") if p.stem != "explorer")]
    style = "".join(source(sheet) for sheet in sheets)
    files["style"] = (_hashed("explorers", "css", style), style)
    return files


def _hashed(name: str, suffix: str, text: str) -> str:
    return f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:10]}.{suffix}"
