"""Draw a digit: prepared as MNIST's were, read by a network that may also say: I do not know."""

import json
from base64 import b64decode
from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from mlpkit.activations import softmax
from mlpkit.mlp import MLP

from . import still
from .explorer import Explorer
from .modules import source
from .traits import Checked, number, refuse

SIDE, BOX = 28, 20
MIDDLE = 14.5  # MNIST balances its digits in cell 14, counted from 0, whose centre this is
_BRUSH = 1.1  # radius of the pen, in cells
_THREE = [(8, 7), (12, 5), (17, 5), (19, 8), (17, 12), (13, 13)]
_THREE += [(17, 14), (20, 18), (18, 22), (13, 23), (8, 21)]


def stroke(path: Sequence[tuple[float, float]], pixels: ArrayLike | None = None) -> NDArray[Any]:
    """Return the drawing (28, 28) of int, 0 paper to 255 ink, after the pen has gone along `path`.

    Points are (x, y) in cells, x to the right and y down, from the upper left corner. `pixels`
    is what was there before. The round pen's edge is soft: grey is what it covers of a cell.
    """
    drawn = np.zeros((SIDE, SIDE), int) if pixels is None else np.reshape(pixels, (SIDE, SIDE))
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5
    for (x0, y0), (x1, y1) in zip(path, [*path[1:], path[-1]], strict=True):
        dx, dy = x1 - x0, y1 - y0
        along = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy or 1)
        along = np.clip(along, 0, 1)
        away = np.sqrt((x0 + along * dx - x) ** 2 + (y0 + along * dy - y) ** 2)
        ink = np.floor(255 * np.clip(_BRUSH + 0.5 - away, 0, 1) + 0.5)
        drawn = np.maximum(drawn, ink.astype(int))
    return drawn


def prepare(pixels: ArrayLike) -> NDArray[np.float64]:
    """Return the drawing as MNIST's digits were prepared: (28, 28) of floats from 0 to 1.

    The drawing (28, 28) is scaled until its ink just fits into 20 × 20, and shifted until the
    ink's centre of mass is the centre of cell (14, 14). Grey is shared out by area. Nothing stays
    nothing. Source: S3-02.
    """
    ink: NDArray[np.float64] = np.asarray(pixels, dtype=np.float64).reshape(SIDE, SIDE) / 255
    if not ink.any():
        return ink
    lengths = [np.ptp(np.flatnonzero(ink.any(axis=axis))) + 1 for axis in (0, 1)]
    scale = BOX / max(lengths)
    rows, columns = (_covered(ink.sum(axis=axis), scale) for axis in (1, 0))
    prepared: NDArray[np.float64] = rows @ ink @ columns.T
    return prepared


def _covered(mass: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    """How much of each new cell each old one covers, along one axis."""
    old = np.arange(SIDE)
    centre = (mass * (old + 0.5)).sum() / mass.sum()
    edges = (np.arange(SIDE + 1) - MIDDLE) / scale + centre  # of new cells, in the old drawing
    low = np.maximum(edges[:-1, None], old)
    high = np.minimum(edges[1:, None], old + 1)
    covered: NDArray[np.float64] = np.maximum(0.0, high - low) * scale
    return covered


@cache
def stored() -> dict[str, Any]:
    """What the weights' file holds: sizes, int8 weights, scales, biases, threshold, measurements.

    `benchmarks/digit.py` makes it; explorer and page read the same file.
    """
    text = source("digit_network.js")
    found: dict[str, Any] = json.loads(text[text.index("{") : text.rindex("}") + 1])
    return found


@cache
def network() -> MLP:
    """The stored network: each weight is its int8 times the scale of its row."""
    record = stored()
    net = MLP(record["sizes"], activation="relu", rng=0)
    whole = np.frombuffer(b64decode(record["weights"]), np.int8)
    rows = np.repeat(record["scales"], [W.shape[1] for W in net.weights for _ in W])
    net.parameters[:] = [*(whole * rows), *record["biases"]]
    return net


class DrawDigit(Explorer):
    """Draw; see what the network sees, what it answers, and when it says that it does not know.

    Parameters
    ----------
    pixels : array of 28 × 28 integers from 0 (paper) to 255 (ink)
        The drawing; `stroke` makes one. A three unless given.
    temperature : float from 0.1 to 10
        T in softmax(z / T).

    Attributes
    ----------
    image : array (28, 28) of float
        The drawing as the network sees it, by `prepare`.
    probs : tuple of 10 floats, read only
        ŷ of the digits 0 to 9 at this temperature, by `mlpkit.MLP`.
    answer : int or None, read only
        The most probable digit. None when nothing is drawn, or when the largest probability at
        temperature 1 is below the threshold that was chosen on validation digits.

    Raises
    ------
    ValueError
        If an argument, or a trait set later, is not of these kinds.

    Examples
    --------
    >>> DrawDigit().answer
    3
    >>> DrawDigit(stroke([(14, 14)])).answer is None  # a dot
    True
    """

    module: ClassVar[str] = "digit"
    long: ClassVar[tuple[str, ...]] = ("pixels",)

    pixels = Checked(lambda name, value: _pixels(name, value), (0,) * SIDE**2, "grey, row by row")
    temperature = Checked(number(0.1, 10), 1.0, "T in softmax(z / T)")
    probs = traitlets.Tuple(read_only=True, help="softmax(z / T) of the digits 0 to 9")
    answer = traitlets.Any(None, read_only=True, help="the digit, or None for: not known")

    def __init__(self, pixels: ArrayLike | None = None, temperature: float = 1.0) -> None:
        super().__init__(
            pixels=stroke(_THREE) if pixels is None else pixels, temperature=temperature
        )

    @property
    def image(self) -> NDArray[np.float64]:
        """The drawing as the network sees it."""
        return prepare(self.pixels)

    def derived(self) -> dict[str, Any]:
        """Probabilities and answer."""
        logits = network().logits(self.image.reshape(1, -1))[0]
        sure = any(self.pixels) and softmax(logits).max() >= stored()["threshold"]
        return {
            "probs": tuple(softmax((logits - logits.max()) / self.temperature).tolist()),
            "answer": int(logits.argmax()) if sure else None,
        }

    def still(self) -> str:
        """The drawing, the prepared picture, a bar a digit."""
        rows = [(str(k), p, still.probability(p)) for k, p in enumerate(self.probs)]
        drawn = np.reshape(self.pixels, (SIDE, SIDE)) / 255
        return (
            f"{_picture('The drawing', drawn)}{_picture('The prepared picture', self.image)}"
            f"{still.bars('Probabilities of the ten digits as bars', rows)}"
        )

    def describe(self) -> str:
        """The answer and every probability."""
        said = "does not know" if self.answer is None else f"answers {self.answer}"
        digits = "; ".join(f"{k} has {still.probability(p)}" for k, p in enumerate(self.probs))
        return (
            f"A drawing of 28 × 28 cells, and the same prepared as MNIST's digits: scaled into "
            f"20 × 20, centred by its ink. The network {said}. Probabilities at temperature "
            f"{self.temperature:g}: {digits}."
        )


def _pixels(name: str, value: Any) -> tuple[int, ...]:
    try:
        found = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        found = np.array(np.nan)
    fits = found.shape in ((SIDE, SIDE), (SIDE**2,))
    if not fits or not np.isin(found, range(256)).all():
        raise refuse(name, "28 × 28 integers from 0 to 255", value)
    return tuple(found.astype(int).ravel().tolist())


def _picture(title: str, image: NDArray[Any]) -> str:
    """A small SVG of cells in five shades."""
    shades = np.floor(5 * image + 0.5).astype(int)
    paths = []
    for shade in range(1, 6):
        cells = "".join(f"M{c} {r}h1v1h-1z" for r, c in np.argwhere(shades == shade))
        if cells:
            paths.append(f'<path fill-opacity="{shade / 5:g}" d="{cells}"/>')
    return (
        f'<svg viewBox="0 0 {SIDE} {SIDE}" width="140" height="140" role="img" '
        f'aria-label="{title}, {SIDE} by {SIDE} cells" fill="currentColor">'
        f'<rect width="{SIDE}" height="{SIDE}" fill="none" stroke="currentColor" '
        f'stroke-width="0.3"/>{"".join(paths)}</svg>'
    )
