"""The book without a connection: a service worker that knows each file and the hash of its content.

A browser fetches again only what has changed, and drops what the book no longer has.
"""

import hashlib
import json
from pathlib import Path

WORKER = Path(__file__).parent.parent / "_assets/sw.js"
KEPT = {".html", ".css", ".js", ".woff2", ".png", ".svg"}  # notebooks and the PDF wait for a click
APART = ("_static/cards/", "lite/")  # for other sites; with a worker of its own


def write_worker(site: Path) -> None:
    """Write ``sw.js`` at the root of the site, where its scope is the whole book."""
    files = {}
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        if path.suffix in KEPT and name != WORKER.name and not name.startswith(APART):
            files[name] = hashlib.sha256(path.read_bytes()).hexdigest()[:10]
    template = WORKER.read_text("utf-8")
    empty = "const FILES = {};"
    assert empty in template
    filled = f"const FILES = {json.dumps(files, indent=1)};"
    (site / WORKER.name).write_text(template.replace(empty, filled), "utf-8")
