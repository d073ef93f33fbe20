"""Links of the built site to other hosts that no longer lead anywhere: for the weekly check.

``python tools/outside_links.py [folder]`` prints the dead ones and the pages that have them.
"""

import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from bs4 import BeautifulSoup

REFUSES_PROGRAMS = {401, 403, 405, 429}  # the page is there, for people


def gather(site: Path) -> dict[str, list[str]]:
    """Address without its fragment to the pages that link it."""
    found = defaultdict(list)
    for page in sorted(site.rglob("*.html")):
        for link in BeautifulSoup(page.read_text("utf-8"), "html.parser").select("a[href^=http]"):
            found[link["href"].partition("#")[0]].append(page.relative_to(site).as_posix())
    return dict(found)


def fault(address: str) -> str:
    """What is wrong with an address; empty if it answers."""
    request = Request(address, headers={"User-Agent": "Mozilla/5.0 (link check of a course book)"})
    try:
        with urlopen(request, timeout=30):
            return ""
    except HTTPError as error:
        return "" if error.code in REFUSES_PROGRAMS else str(error.code)
    except (URLError, OSError) as error:
        return str(getattr(error, "reason", error))


def main(site: Path) -> int:
    links = gather(site)
    with ThreadPoolExecutor(8) as pool:
        dead = [pair for pair in zip(links, pool.map(fault, links), strict=True) if pair[1]]
    for address, words in dead:
        print(f"{address}: {words}; linked from {', '.join(sorted(set(links[address])))}")
    print(f"{len(links)} links to other hosts, {len(dead)} dead")
    return int(bool(dead))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "_build/html")))
