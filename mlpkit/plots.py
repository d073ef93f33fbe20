"""Figures in one style: call `use_style()` once; each function takes data and returns the Axes.

Figures stand on a solid white card, in the dark theme too: so their contrast is the one that
was tested, a heat map keeps its neutral middle, and the same picture prints. The colours differ
in lightness as well as in hue, so they survive grey print and colour blindness; lines and
markers differ in shape besides. Text of 13 pt on a width of 6.4 in is still 10 px on a page of
390 px. What every function takes as `**look` is in `Look`; a title states the finding.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from typing import Any, TypedDict, Unpack

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, ListedColormap, to_rgb
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from .checks import FloatArray, positive_int, real_array

Names = Sequence[str] | None
Classifier = Callable[[FloatArray], ArrayLike]


class Look(TypedDict, total=False):
    """Where to draw (by default on a new figure), and the title and the names of the axes."""

    ax: Axes
    title: str
    xlabel: str
    ylabel: str


INK = "#1a1a1a"
COLOURS = ("#101c4f", "#006651", "#bf5700")
MARKERS = "os^DvPX<>*"
LINES = ("-", "--", "-.", ":")
STYLE: dict[Any, Any] = {
    "figure.figsize": (6.4, 4.0),
    "figure.dpi": 120,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",  # comes with matplotlib, hence the same pixels everywhere
    "font.size": 13,
    "axes.titlesize": 14,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": mpl.rcsetup.cycler(color=COLOURS, linestyle=LINES[:3]),
    "legend.frameon": False,
    "lines.linewidth": 2.2,
    "lines.markersize": 7,
}
for _part in ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"):
    STYLE[_part] = INK


def use_style() -> None:
    """Draw every later figure of the session in the book's style."""
    mpl.rcParams.update(STYLE)


def colours(n: int) -> list[tuple[float, float, float]]:
    """Return n RGB colours from dark to light: the palette up to three, then blends of it."""
    if n <= len(COLOURS):
        return [to_rgb(c) for c in COLOURS[:n]]
    blend = LinearSegmentedColormap.from_list("blend", COLOURS)
    return [to_rgb(blend(i / (n - 1))) for i in range(n)]


def _axes(look: Look, height: float, **text: str) -> Axes:
    wanted: dict[str, Any] = {**text, **look}
    ax: Axes = wanted.pop("ax", None) or plt.subplots(figsize=(6.4, height))[1]
    ax.set(**wanted)
    return ax


def _names(name: str, names: Names, n: int) -> list[str]:
    found = [str(s) for s in (range(n) if names is None else names)]
    if len(found) != n:
        raise ValueError(f"{name} must hold {n} names, got {len(found)}")
    return found


def _labels(name: str, value: ArrayLike, n: int) -> FloatArray:
    array = real_array(name, value, ndim=1)
    if len(array) != n:
        raise ValueError(f"{name} must hold {n} labels, got {len(array)}")
    wrong = array[(array % 1 != 0) | (array < 0) | (array >= len(MARKERS))]
    if wrong.size:
        raise ValueError(f"{name} must be integers in 0…{len(MARKERS) - 1}, got {wrong[0]:g}")
    return array


def decision_regions(
    predict: Classifier,
    X: ArrayLike,
    labels: ArrayLike,
    class_names: Names = None,
    **look: Unpack[Look],
) -> Axes:
    """Draw the points X (n, 2) over the class that `predict` gives to each point of the plane.

    `predict` maps an array (m, 2) to m integers from 0; `labels` (n,) are the true ones. At most
    ten classes.
    """
    X = real_array("X", X, ndim=2)
    if X.shape[1] != 2:
        raise ValueError(f"X must have 2 columns, got shape {X.shape}")
    labels = _labels("labels", labels, len(X))
    low, high = X.min(axis=0), X.max(axis=0)
    margin = 0.08 * np.where(high > low, high - low, 1.0)
    x1, x2 = np.linspace(low - margin, high + margin, 300).T
    plane = np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)
    regions = _labels("predict(X)", predict(plane), len(plane)).reshape(300, 300)
    C = int(max(labels.max(), regions.max())) + 1
    names = _names("class_names", class_names, C)
    ax = _axes(look, 4.8, xlabel="$x_1$", ylabel="$x_2$")
    pale = ListedColormap([tuple(0.75 + 0.25 * np.array(c)) for c in colours(C)])
    # not smoothed: blending the labels 0 and 2 would paint a seam of class 1
    place: dict[str, Any] = {"extent": (*x1[[0, -1]], *x2[[0, -1]]), "origin": "lower"}
    ax.imshow(regions, pale, interpolation="nearest", aspect="auto", vmin=0, vmax=C - 1, **place)
    for k, colour in enumerate(colours(C)):
        if 0 < (regions == k).mean() < 1:
            ax.contour(x1, x2, regions == k, levels=[0.5], colors=INK, linewidths=0.8)
        x, y = X[labels == k].T
        ax.scatter(x, y, 40, color=colour, marker=MARKERS[k], ec="white", label=names[k])
    # 3.4 lines of text below the axes: under the numbers and the name of the axis
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, 0.0), "borderaxespad": 3.4}
    ax.legend(**place, ncols=min(C, 5), handletextpad=0)
    return ax


def _label_ends(ax: Axes, ends: list[tuple[float, str, Any]]) -> None:
    """Write each name beside the end of its line, a line of text (16 pt) apart from the next."""
    ax.autoscale_view()
    ends = sorted(ends, key=lambda end: end[0])
    rank = np.arange(len(ends))
    height = ax.get_window_extent().height * 72 / ax.figure.dpi
    to_axes = ax.transData + ax.transAxes.inverted()
    ideal = height * to_axes.transform([(1, y) for y, _, _ in ends])[:, 1]
    at = np.maximum.accumulate(ideal - 16 * rank) + 16 * rank
    shifts = np.minimum(at, height - 16 * rank[::-1]) - ideal
    look: dict[str, Any] = {"va": "center", "annotation_clip": False}
    for (y, name, colour), shift in zip(ends, shifts, strict=True):
        where = (1, y), (6, shift), ax.get_yaxis_transform(), "offset points"
        ax.annotate(name, *where, color=colour, **look)


def learning_curves(
    curves: Mapping[str, ArrayLike], *, log: bool = False, marker: str = "", **look: Unpack[Look]
) -> Axes:
    """Draw one line for each name in `curves`, with values (epochs,) or (runs, epochs).

    Several runs (seeds) become their median inside a band from the smallest to the largest.
    `log` makes the y axis logarithmic and needs positive values.
    """
    if not curves:
        raise ValueError("curves must hold at least one curve, got none")
    runs = {}
    for name, values in curves.items():
        run = runs[name] = np.atleast_2d(real_array(f"curves[{name!r}]", values))
        if run.ndim != 2:
            raise ValueError(f"curves[{name!r}] must have shape (runs, epochs), got {run.shape}")
        if log and run.min() <= 0:
            raise ValueError(f"curves[{name!r}] must be positive (log axis), got {run.min():g}")
    ax = _axes(look, 4.0, xlabel="epoch", ylabel="cost (nats)")
    ax.set_yscale("log" if log else "linear")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ends = []
    palette = zip(colours(len(runs)), cycle(LINES), strict=False)
    for (name, run), (colour, line) in zip(runs.items(), palette, strict=True):
        epochs, median = np.arange(1, run.shape[1] + 1), np.median(run, axis=0)
        ax.plot(epochs, median, line, color=colour, marker=marker)
        if len(run) > 1:
            ax.fill_between(epochs, run.min(0), run.max(0), color=colour, alpha=0.2, lw=0)
        ends.append((float(median[-1]), name, colour))
    _label_ends(ax, ends)
    return ax


def gradient_norms(norms_by_layer: Mapping[str, ArrayLike], **look: Unpack[Look]) -> Axes:
    """Draw the norm of the gradient in layers 1…L, one line for each name: (L,) or (runs, L)."""
    norm = r"gradient norm $\|\partial J/\partial W^{(\ell)}\|$"
    look = {"xlabel": r"layer $\ell$", "ylabel": norm, **look}
    return learning_curves(norms_by_layer, log=True, marker="o", **look)


def _heat_map(
    ax: Axes, values: FloatArray, limits: tuple[float, float], cells: list[str], names: list[str]
) -> None:
    """Colour the cells on a scale where 0 is white, and write into them."""
    ramp = [COLOURS[2], "white", COLOURS[0]] if limits[0] < 0 else ["white", COLOURS[0]]
    cmap = LinearSegmentedColormap.from_list("heat", ramp, N=1024)
    ax.imshow(values, cmap, aspect="auto", clim=limits)
    ax.set_xticks(range(len(names)), names, rotation=90 * (len("  ".join(names)) > 40))
    ax.set_yticks(range(len(names)), names)
    ax.tick_params(length=0)
    size = min(13, 600 / (len(names) * max(map(len, cells))))  # as wide as a cell
    for text, value, (i, j) in zip(cells, values.flat, np.ndindex(values.shape), strict=True):
        # there black and white both reach a contrast of 4.5; on the orange black always does
        colour = "black" if value < 0.611 * limits[1] else "white"
        ax.text(j, i, text, color=colour, fontsize=size, ha="center", va="center")


def _square(name: str, value: ArrayLike) -> FloatArray:
    array = real_array(name, value, ndim=2)
    if array.shape[0] != array.shape[1]:
        raise ValueError(f"{name} must be square, got shape {array.shape}")
    return array


def confusion_matrix(counts: ArrayLike, class_names: Names = None, **look: Unpack[Look]) -> Axes:
    """Draw `counts` (C, C), rows true and columns predicted, shaded by the share of the row."""
    counts = _square("counts", counts)
    wrong = counts[(counts < 0) | (counts % 1 != 0)]
    if wrong.size:
        raise ValueError(f"counts must be integers of at least 0, got {wrong[0]:g}")
    names = _names("class_names", class_names, len(counts))
    ax = _axes(look, 5.4, xlabel="predicted class", ylabel="true class")
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    _heat_map(ax, shares, (0, 1), [f"{v:.0f}" for v in counts.flat], names)
    return ax


def jacobian_heatmap(J: ArrayLike, names: Names = None, **look: Unpack[Look]) -> Axes:
    """Draw the Jacobian J (C, C) of softmax: row k is the probability, column j the logit."""
    J = _square("J", J)
    names = _names("names", names, len(J))
    ax = _axes(look, 4.8, xlabel="logit $z_j$", ylabel=r"probability $\hat{y}_k$")
    limit = float(np.abs(J).max()) or 1.0
    rounded = J.round(2) + 0.0  # turns −0.0 into 0.0
    _heat_map(ax, J, (-limit, limit), [f"{v:.2f}".replace("-", "−") for v in rounded.flat], names)
    return ax


def image_grid(
    images: ArrayLike, titles: Names = None, *, columns: int = 8, **look: Unpack[Look]
) -> Axes:
    """Draw grey images (n, height, width), large values dark, each under its own title."""
    images = real_array("images", images, ndim=3)
    n, height, width = images.shape
    names = [""] * n if titles is None else _names("titles", titles, n)
    columns, gap = min(positive_int("columns", columns), n), max(width // 8, 1)
    row = height + gap + (0 if titles is None else columns * width // 20)  # room for a title
    sheet = np.full((-(-n // columns) * row, columns * (width + gap)), np.nan)
    ax = _axes(look, 0.5 + 6.4 * sheet.shape[0] / sheet.shape[1])
    for i, (image, name) in enumerate(zip(images, names, strict=True)):
        bottom, left = (i // columns + 1) * row, i % columns * (width + gap)
        sheet[bottom - height : bottom, left : left + width] = image
        ax.text(left + width / 2, bottom - height - gap / 2, name, ha="center", va="bottom")
    ax.imshow(sheet, "gray_r", interpolation="nearest")
    ax.set_axis_off()
    return ax


def probability_bars(
    probs: ArrayLike,
    class_names: Names = None,
    *,
    highlight: int | None = None,
    **look: Unpack[Look],
) -> Axes:
    """Draw a bar with its value for each of `probs` (C,); `highlight` is a class to pick out."""
    probs = real_array("probs", probs, ndim=1)
    wrong = probs[(probs < 0) | (probs > 1)]
    if wrong.size:
        raise ValueError(f"probs must lie in 0…1, got {wrong[0]:g}")
    names, classes = _names("class_names", class_names, len(probs)), range(len(probs))
    if highlight is not None and highlight not in classes:
        raise ValueError(f"highlight must lie in 0…{len(probs) - 1}, got {highlight}")
    ax = _axes(look, 1.4 + 0.36 * len(probs), xlabel="probability")
    bars = ax.barh(classes, probs, color=[COLOURS[2 * (k == highlight)] for k in classes])
    ax.bar_label(bars, [f"{p:.3f}" for p in probs], padding=4)
    ax.set_yticks(classes, names)
    ax.set(xlim=(0, 1.12), xticks=np.linspace(0, 1, 6))
    ax.invert_yaxis()
    return ax
