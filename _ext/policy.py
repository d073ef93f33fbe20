"""A strict content security policy: no inline style, and one inline script, known by its hash.

Each page carries it in a meta element, so that it holds on hosts that let nobody set headers.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable
from html import unescape

MARK = "<!--policy-->"  # where layout.html wants it: before the first script
INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
STYLED = re.compile(r'<[a-z][^<>]* style="[^"]*"[^<>]*>')
STYLE = re.compile(r' style="([^"]*)"')


def policy(pages: Iterable[str]) -> str:
    """The policy under which all these pages work."""
    scripts = {script for page in pages for script in INLINE.findall(page)}
    if len(scripts) > 1:
        raise RuntimeError(
            f"{len(scripts)} inline scripts, of which only layout.html's own is allowed: "
            "has a theme changed?"
        )
    hashes = [b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    return "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src 'self'", *(f"'sha256-{digest}'" for digest in hashes)]),
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
        ]
    )


def header(rules: str) -> str:
    """As a header the policy also forbids frames on other sites, which a meta element cannot."""
    return f"{rules}; frame-ancestors 'none'"


def meta(rules: str) -> str:
    return f'<meta http-equiv="Content-Security-Policy" content="{rules}">'


def move_styles(page: str, rules: dict[str, str]) -> str:
    """The page with a class for each style attribute; what the classes mean goes to ``rules``."""

    def classed(match: re.Match[str]) -> str:
        tag = match[0]
        style = unescape(STYLE.search(tag)[1]).strip().rstrip(";")
        name = "s" + hashlib.sha256(style.encode()).hexdigest()[:6]
        # an attribute outweighs every selector without an id, so its class must too
        rules[name] = f".{name}:not(#_){{{style}}}"
        tag = STYLE.sub("", tag)
        if ' class="' in tag:
            return tag.replace(' class="', f' class="{name} ', 1)
        return re.sub(r"^<[\w-]+", rf'\g<0> class="{name}"', tag)

    return STYLED.sub(classed, page)
