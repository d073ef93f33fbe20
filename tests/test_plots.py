"""Figures: what they say, that they can be read, and that the same data give the same pixels."""

import io
import itertools

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.contour import ContourSet

from mlpkit import plots

RNG = np.random.default_rng(0)
CENTRES = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])
X = np.repeat(CENTRES, 10, axis=0) + RNG.normal(size=(30, 2))
LABELS = np.repeat([0, 1, 2], 10)
P = np.array([0.7, 0.2, 0.1])
ANIMALS = ["cat", "dog", "chicken"]


def nearest(Q):
    return ((Q[:, None] - CENTRES) ** 2).sum(-1).argmin(1)


FIGURES = {
    "decision_regions": lambda **look: plots.decision_regions(nearest, X, LABELS, ANIMALS, **look),
    "learning_curves": lambda **look: plots.learning_curves(
        {"one": np.exp(-np.arange(9.0)), "many": RNG_CURVES}, **look
    ),
    "gradient_norms": lambda **look: plots.gradient_norms({"relu": [0.1, 0.2, 0.3]}, **look),
    "confusion_matrix": lambda **look: plots.confusion_matrix(
        [[8, 1, 0], [2, 7, 0], [5, 0, 5]], ANIMALS, **look
    ),
    "jacobian_heatmap": lambda **look: plots.jacobian_heatmap(
        np.diag(P) - np.outer(P, P), ANIMALS, **look
    ),
    "image_grid": lambda **look: plots.image_grid(
        np.arange(48.0).reshape(3, 4, 4), ["a", "b", "c"], **look
    ),
    "probability_bars": lambda **look: plots.probability_bars(P, ANIMALS, highlight=2, **look),
}
RNG_CURVES = np.exp(-np.arange(9.0) / 3) + 0.1 * np.random.default_rng(1).random((5, 9))


@pytest.fixture(autouse=True)
def _style():
    with mpl.rc_context():
        plots.use_style()
        yield
        plt.close("all")


def png(ax: Axes) -> bytes:
    buffer = io.BytesIO()
    ax.figure.savefig(buffer, format="png")
    return buffer.getvalue()


def pixels(ax: Axes) -> np.ndarray:
    return plt.imread(io.BytesIO(png(ax)))[..., :3]


def texts(ax: Axes) -> list[str]:
    return [t.get_text() for t in ax.findobj(mpl.text.Text) if t.get_text()]


# ---- colour


def linear(colour) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one, other) -> float:
    """WCAG 2: (L + 0.05) of the lighter over that of the darker."""
    low, high = sorted(float(linear(c) @ (0.2126, 0.7152, 0.0722)) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB
VISION = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def lab(rgb) -> np.ndarray:
    """CIE L*a*b*, white point D65, of a linear RGB colour."""
    xyz = TO_XYZ @ np.clip(rgb, 0, 1) / (0.95047, 1, 1.08883)
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_contrast_of_known_pairs():
    assert contrast("black", "white") == pytest.approx(21)
    assert contrast("#777777", "white") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", [plots.INK, *plots.COLOURS])
def test_text_in_every_colour_reaches_4_5_on_the_card(colour):
    assert contrast(colour, plots.STYLE["figure.facecolor"]) >= 4.5


@pytest.mark.parametrize("one, other", list(itertools.combinations(plots.COLOURS, 2)))
def test_colours_differ_for_every_eye_and_in_grey(one, other):
    assert contrast(one, other) >= 1.5  # grey print keeps only this
    for name, matrix in VISION.items():
        distance = np.linalg.norm(lab(matrix @ linear(one)) - lab(matrix @ linear(other)))
        assert distance >= 25, name


def test_more_colours_are_distinct_and_keep_the_ends():
    ten = plots.colours(10)
    assert len(set(ten)) == 10
    np.testing.assert_allclose([ten[0], ten[-1]], [to_rgb(plots.COLOURS[0]), to_rgb("#bf5700")])


FINE = np.concatenate([np.linspace(0, 1, 100), np.linspace(0.6, 0.62, 44)]).reshape(12, 12)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.jacobian_heatmap(FINE),
        lambda: plots.jacobian_heatmap(-FINE),
        lambda: plots.confusion_matrix([[k, 1000 - k] + [0] * 98 for k in range(560, 660)]),
    ],
)
def test_text_in_cells_reaches_4_5_at_every_shade(draw):
    ax = draw()
    image = ax.images[0]
    shades = image.to_rgba(image.get_array())
    seen = {(t.get_color(), tuple(shades[t.get_position()[::-1]][:3])) for t in ax.texts}
    assert min(contrast(*pair) for pair in seen) >= 4.5


# ---- what every figure says


@pytest.mark.parametrize("name", FIGURES)
def test_title_and_axes_are_labelled_and_callers_may_rename(name):
    ax = FIGURES[name](title="A finding", xlabel="x (m)", ylabel="y (s)")
    assert {"A finding", "x (m)", "y (s)"} <= set(texts(ax))
    assert ax.get_title(loc="left") == "A finding"
    plain = FIGURES[name]()
    if name != "image_grid":
        assert plain.get_xlabel()
    if name not in ("image_grid", "probability_bars"):
        assert plain.get_ylabel()


@pytest.mark.parametrize("name", FIGURES)
def test_text_is_ten_pixels_on_a_phone(name):
    """6.4 in shrink to the 362 px that a page of 390 px leaves."""
    ax = FIGURES[name](title="A finding")
    assert ax.figure.get_size_inches()[0] == 6.4
    sizes = {t.get_fontsize() for t in ax.findobj(mpl.text.Text) if t.get_text()}
    assert min(sizes) / 72 * 362 / 6.4 >= 10


@pytest.mark.parametrize("name", FIGURES)
def test_same_data_same_bytes(name):
    first = png(FIGURES[name](title="A finding"))
    assert png(FIGURES[name](title="A finding")) == first
    assert png(FIGURES[name](title="Another")) != first


@pytest.mark.parametrize("name", FIGURES)
def test_card_is_solid_white_and_nothing_is_cut(name):
    image = pixels(FIGURES[name](title="A finding"))
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    assert (border == 1).all()


@pytest.mark.parametrize("name", FIGURES)
def test_draws_on_the_axes_it_is_given(name):
    figure, (left, right) = plt.subplots(1, 2)
    assert FIGURES[name](ax=right) is right
    assert right.figure is figure and not left.has_data()
    assert plt.get_fignums() == [figure.number]


def test_use_style_wins_over_what_the_session_had():
    first = png(FIGURES["learning_curves"]())
    with mpl.rc_context({"font.size": 30, "axes.titlesize": 3, "lines.linewidth": 9}):
        assert png(FIGURES["learning_curves"]()) != first
        plots.use_style()
        assert png(FIGURES["learning_curves"]()) == first


# ---- one by one


def test_regions_have_the_tint_of_their_class_and_points_their_marker():
    ax = plots.decision_regions(nearest, X, LABELS, ANIMALS)
    image = ax.images[0]
    assert image.origin == "lower"
    x0, x1, y0, y1 = image.get_extent()
    grid = np.asarray(image.get_array())
    for k, (x, y) in enumerate(CENTRES):
        column = int((x - x0) / (x1 - x0) * 299)
        assert grid[int((y - y0) / (y1 - y0) * 299), column] == k
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ANIMALS
    shapes = {
        p.get_paths()[0].vertices.tobytes() for p in ax.collections if p.get_label() in ANIMALS
    }
    assert len(shapes) == 3


def test_regions_leave_a_margin_around_the_points_and_draw_their_boundaries():
    ax = plots.decision_regions(nearest, X, LABELS)
    low, high = X.min(0), X.max(0)
    margin = 0.08 * (high - low)
    expected = np.stack([low - margin, high + margin], axis=1).ravel()
    np.testing.assert_allclose(ax.images[0].get_extent(), expected)
    lines = [c for c in ax.collections if isinstance(c, ContourSet)]
    points = [c for c in ax.collections if not isinstance(c, ContourSet)]
    assert len(lines) == 3
    for k, drawn in enumerate(points):
        np.testing.assert_array_equal(drawn.get_offsets(), X[10 * k : 10 * k + 10])


def test_one_class_only_draws_without_boundary():
    ax = plots.decision_regions(lambda Q: np.zeros(len(Q)), [[1.0, 1.0]], [0])
    assert len(ax.images) == 1 and len(ax.collections) == 1
    np.testing.assert_allclose(ax.images[0].get_extent(), [0.92, 1.08, 0.92, 1.08])


def test_lines_of_a_plain_plot_differ_in_colour_and_dashes():
    lines = [plt.plot([1, 2])[0] for _ in range(3)]
    assert [line.get_color() for line in lines] == list(plots.COLOURS)
    assert [line.get_linestyle() for line in lines] == list(plots.LINES[:3])


HEIGHTS = {
    "decision_regions": 4.8,
    "learning_curves": 4.0,
    "gradient_norms": 4.0,
    "confusion_matrix": 5.4,
    "jacobian_heatmap": 4.8,
    "image_grid": 0.5 + 6.4 * 5 / 15,  # three images of four by four with a gap of one
    "probability_bars": 1.4 + 0.36 * 3,
}


@pytest.mark.parametrize("name", FIGURES)
def test_size_of_the_figure(name):
    assert tuple(FIGURES[name]().figure.get_size_inches()) == pytest.approx((6.4, HEIGHTS[name]))


@pytest.mark.parametrize("log", [False, True])
def test_name_of_a_line_stands_at_the_height_of_its_end(log):
    ax = plots.learning_curves({"a": [5.0, 2.0], "b": [5.0, 0.5]}, log=log)
    ax.figure.canvas.draw()
    assert ax.get_yscale() == ("log" if log else "linear")
    assert all(tick == round(tick) for tick in ax.get_xticks())
    for text, y in zip(sorted(ax.texts, key=lambda t: t.get_text()), (2.0, 0.5), strict=True):
        box = text.get_window_extent()
        assert (box.y0 + box.y1) / 2 == pytest.approx(ax.transData.transform((2, y))[1], abs=3)
        assert box.x0 > ax.get_window_extent().x1


def test_median_inside_the_band_and_names_beside_the_ends():
    ax = plots.learning_curves({"runs": RNG_CURVES}, title="t")
    (line,), (band,) = ax.lines, ax.collections
    np.testing.assert_allclose(line.get_ydata(), np.median(RNG_CURVES, axis=0))
    edges = band.get_paths()[0].vertices
    for epoch in range(1, 10):
        ys = edges[edges[:, 0] == epoch, 1]
        assert ys.min() == RNG_CURVES[:, epoch - 1].min()
        assert ys.max() == RNG_CURVES[:, epoch - 1].max()
    assert [t.get_text() for t in ax.texts] == ["runs"]


@pytest.mark.parametrize("end", [1.0, 2.0, 9.0])
def test_names_of_lines_that_end_together_do_not_overlap(end):
    ax = plots.learning_curves({name: [3.0, 2.0, end] for name in "abcde"})
    ax.figure.canvas.draw()
    boxes = sorted((t.get_window_extent() for t in ax.texts), key=lambda box: box.y0)
    assert all(low.y1 <= high.y0 for low, high in itertools.pairwise(boxes))
    assert boxes[-1].y0 < ax.get_window_extent().y1


def test_cells_show_the_counts_with_true_classes_in_rows():
    ax = plots.confusion_matrix([[8, 1], [2, 3]], ["no", "yes"])
    cells = {t.get_position(): t.get_text() for t in ax.texts}
    assert cells == {(0, 0): "8", (1, 0): "1", (0, 1): "2", (1, 1): "3"}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")
    np.testing.assert_allclose(ax.images[0].get_array(), [[8 / 9, 1 / 9], [2 / 5, 3 / 5]])


def test_ten_classes_of_a_thousand_stay_readable_and_inside_their_cells():
    ax = plots.confusion_matrix(np.full((10, 10), 1135))
    ax.figure.canvas.draw()
    cell = ax.get_window_extent().width / 10
    assert max(t.get_window_extent().width for t in ax.texts) < cell
    assert min(t.get_fontsize() for t in ax.texts) / 72 * 362 / 6.4 >= 10


def test_many_classes_shrink_their_text_to_the_cell():
    ax = plots.jacobian_heatmap(np.full((15, 15), -0.25))
    ax.figure.canvas.draw()
    cell = ax.get_window_extent().width / 15
    assert 0.7 * cell < max(t.get_window_extent().width for t in ax.texts) < cell


def test_jacobian_is_white_at_zero_and_prints_no_negative_zero():
    ax = plots.jacobian_heatmap([[0.0, -0.001], [0.2, -0.2]])
    assert [t.get_text() for t in ax.texts] == ["0.00", "0.00", "0.20", "−0.20"]
    assert ax.images[0].to_rgba(np.array([0.0]))[0][:3] == pytest.approx((1, 1, 1), abs=0.005)
    plots.jacobian_heatmap(np.zeros((2, 2)))  # nothing to scale by


def test_images_stand_in_their_places():
    images = np.arange(1.0, 13).reshape(3, 2, 2)
    sheet = plots.image_grid(images, columns=2).images[0].get_array()
    assert sheet.shape == (6, 6)
    np.testing.assert_array_equal(sheet[1:3, 0:2], images[0])
    np.testing.assert_array_equal(sheet[1:3, 3:5], images[1])
    np.testing.assert_array_equal(sheet[4:6, 0:2], images[2])
    assert np.isnan(np.asarray(sheet.filled(np.nan))[4:6, 3:5]).all()


def test_bars_have_their_values_and_the_picked_class_its_colour():
    ax = plots.probability_bars(P, ANIMALS, highlight=1)
    assert [bar.get_width() for bar in ax.patches] == list(P)
    assert {"0.700", "0.200", "0.100", *ANIMALS} <= set(texts(ax))
    odd = [to_rgb(bar.get_facecolor()) == to_rgb(plots.COLOURS[2]) for bar in ax.patches]
    assert odd == [False, True, False]
    np.testing.assert_allclose(ax.get_xticks(), [0, 0.2, 0.4, 0.6, 0.8, 1])


def test_layers_are_points_and_classes_stand_in_one_row():
    assert plots.gradient_norms({"relu": [0.1, 0.2]}).lines[0].get_marker() == "o"
    ax = plots.decision_regions(nearest, X, LABELS, ANIMALS)
    ax.figure.canvas.draw()
    assert len({t.get_window_extent().y0 for t in ax.get_legend().get_texts()}) == 1


def test_a_batch_of_probabilities_is_refused():
    with pytest.raises(ValueError, match="probs must have 1 dimensions"):
        plots.probability_bars([[0.5, 0.5]])
