"""A computational graph drawn as the slides draw it: every box shows f ∣ f' and what came back.

Leaves stand at the top, the result at the bottom, so that it fits a phone. Lines and text take
the colour of the text around the picture, light or dark. Source: S2-10, S2-17 to S2-20.
"""

from html import escape

from .graph import Node, short, topological

MOST = 60
HEIGHT, GAP = 66, 40  # of a box and below it


def to_svg(root: Node, *, title: str = "Computational graph") -> str:
    """Return an SVG element with all nodes that `root` depends on, read out by its description.

    Show it with `IPython.display.HTML`. Raises ValueError for more than 60 nodes.
    """
    order = topological(root)
    if len(order) > MOST:
        raise ValueError(f"root must depend on at most {MOST} nodes, got {len(order)}")
    above = dict.fromkeys(order, 0)  # rows between a node and the root
    for node in reversed(order):
        for edge in node.edges:
            above[edge.parent] = max(above[edge.parent], above[node] + 1)
    rows = [[n for n in order if above[n] == a] for a in range(max(above.values()), -1, -1)]
    lines = [t for n in order for t in (_label(n), _value(n) + _slopes(n), _gradient(n))]
    box = 20 + 8 * max(map(len, lines))
    width, height = (box + 20) * max(map(len, rows)), (HEIGHT + GAP) * len(rows)
    place = {
        node: (width * (i + 0.5) / len(row), (HEIGHT + GAP) * r + GAP / 2)
        for r, row in enumerate(rows)
        for i, node in enumerate(row)
    }
    arrows = "".join(_arrow(*place[e.parent], *place[n]) for n in order for e in n.edges)
    boxes = "".join(_box(n, *place[n], box) for n in order)
    description = "; ".join(_sentence(n) for n in order)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" '
        f'width="{width}" style="max-width:100%;height:auto" fill="none" stroke="currentColor" '
        f'font-family="sans-serif" font-size="14" text-anchor="middle">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{arrows}{boxes}</svg>"
    )


def _label(node: Node) -> str:
    return " = ".join(filter(None, (node.name, node.op))) or "constant"


def _value(node: Node) -> str:
    return f"f {short(node.value)}" if node.edges else short(node.value)


def _slopes(node: Node) -> str:
    return "f′ " + " ; ".join(short(local) for local in node.local) if node.edges else ""


def _gradient(node: Node) -> str:
    return f"grad {short(node.grad)}"


def _sentence(node: Node) -> str:
    parents = " and ".join(_label(edge.parent) for edge in node.edges)
    made = f" of {parents}" if parents else ""
    return f"{_label(node)}{made}: value {short(node.value)}, gradient {short(node.grad)}"


def _text(x: float, y: float, text: str, weight: str = "normal") -> str:
    style = f'fill="currentColor" stroke="none" font-weight="{weight}"'
    return f'<text x="{x:g}" y="{y:g}" {style}>{escape(text)}</text>'


def _box(node: Node, x: float, y: float, width: float) -> str:
    left, third = x - width / 2, HEIGHT / 3
    rules = f"M{left:g} {y + third:g}h{width}m{-width} {third:g}h{width}"
    middle = _text(x, y + 38, _value(node))
    if node.edges:
        split = left + width * (len(_value(node)) + 1) / (len(_value(node) + _slopes(node)) + 2)
        rules += f"M{split:g} {y + third:g}v{third:g}"
        middle = _text((left + split) / 2, y + 38, _value(node))
        middle += _text((split + left + width) / 2, y + 38, _slopes(node))
    return (
        f'<rect x="{left:g}" y="{y:g}" width="{width}" height="{HEIGHT}" rx="6"/>'
        f'<path d="{rules}" opacity="0.5"/>{_text(x, y + 16, _label(node), "bold")}{middle}'
        + _text(x, y + 60, _gradient(node))
    )


def _arrow(x0: float, y0: float, x1: float, y1: float) -> str:
    y0 += HEIGHT
    return (
        f'<path d="M{x0:g} {y0:g}C{x0:g} {y0 + 24:g} {x1:g} {y1 - 24:g} {x1:g} {y1 - 6:g}"/>'
        f'<path d="M{x1 - 4:g} {y1 - 8:g}l4 8l4 -8z" fill="currentColor"/>'
    )
