"""Still pictures for where scripts do not run: SVG text in the page's own colours."""

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from html import escape

_WIDTH, _ROW, _LEFT, _RIGHT = 480, 26, 110, 150


def fixed(x: float, digits: int) -> str:
    """`digits` decimals as ui.js writes them: a true minus sign, no negative zero."""
    if math.isinf(x):
        return "∞" if x > 0 else "−∞"
    text = str(Decimal(abs(x)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))
    return f"−{text}" if x < 0 and float(text) != 0 else text


def probability(p: float) -> str:
    """A probability as ui.js writes it: four decimals, and 0 or 1 only when exact."""
    if p in (0, 1):
        return str(int(p))
    if p >= 0.99995:
        return ">0.9999"
    if p >= 0.00005:
        return fixed(p, 4)
    digits, exponent = f"{p:.1e}".split("e")
    return f"{digits}e{fixed(int(exponent), 0)}"


def bars(title: str, rows: Sequence[tuple[str, float, str]]) -> str:
    """An SVG of labelled horizontal bars; a row is label, share of the full width, text."""
    height = _ROW * len(rows)
    full = _WIDTH - _LEFT - _RIGHT
    parts = []
    for i, (label, share, text) in enumerate(rows):
        y = i * _ROW
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y + 18}" text-anchor="end">{escape(label)}</text>'
            f'<rect x="{_LEFT}" y="{y + 4}" width="{full * share:.2f}" height="18"/>'
            f'<text x="{_LEFT + full + 8}" y="{y + 18}">{escape(text)}</text>'
        )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" role="img" '
        f'aria-label="{escape(title)}" font-size="15" fill="currentColor">{"".join(parts)}</svg>'
    )
