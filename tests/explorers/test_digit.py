"""Draw a digit: the stored network, pure functions against NumPy and mlpkit, the page."""

import gzip
import hashlib
import json
import os

import numpy as np
import pytest
from browser import ROOT
from kit import Guard, assert_close, call

from mlpkit.activations import softmax
from mlpkit.datasets import load_mnist
from mlpkit.explorers import DrawDigit, still
from mlpkit.explorers.digit import network, prepare, stored, stroke
from mlpkit.explorers.modules import FOLDER

RECORD = json.loads((ROOT / "benchmarks/results/digit.json").read_text())
SEVEN = [(7, 6), (20, 6), (15, 14), (12, 23)]


def drawings(count: int = 1000, seed: int = 0) -> list[np.ndarray]:
    """Random ways of the pen; single cells; noise; ink in the corners; nothing."""
    rng = np.random.default_rng(seed)
    found = [np.zeros((28, 28), int), np.full((28, 28), 255)]
    for i in range(count - 2):
        way = rng.uniform(-2, 30, (rng.integers(1, 9), 2))
        drawing = stroke(way.tolist())
        if i % 5 == 1:
            drawing = np.where(rng.random((28, 28)) < 0.1, rng.integers(0, 256, (28, 28)), 0)
        elif i % 5 == 2:
            drawing = np.zeros((28, 28), int)
            drawing[tuple(rng.integers(0, 28, 2))] = rng.integers(1, 256)
        elif i % 5 == 3:
            drawing[rng.integers(28)] = 0
        found.append(drawing)
    return found


# ---- the stored network


def test_the_stored_network_is_small_and_is_the_one_that_was_measured():
    text = (FOLDER / "digit_network.js").read_text("utf-8")
    file = RECORD["file"]
    assert hashlib.sha256(text.encode()).hexdigest() == file["sha256"]
    assert len(text.encode()) == file["bytes"] <= 60_000
    assert len(gzip.compress(text.encode(), mtime=0)) <= 60_000
    assert RECORD["machine"]["packages"]["numpy"] and RECORD["machine"]["processor"]
    assert {"float32", "int8"} < set(RECORD["test_accuracy"])
    assert RECORD["test_accuracy"]["int8"] >= 0.96
    for name, share in stored()["measured"].items():
        assert share == round(RECORD["measured"][name], 4)


def test_the_stored_network_has_the_format_that_it_says():
    record = stored()
    sizes = record["sizes"]
    assert sizes[0] == 28 * 28 and sizes[-1] == 10
    assert len(record["scales"]) == len(record["biases"]) == sum(sizes[1:])
    net = network()
    assert net.sizes == tuple(sizes) and net.activation == "relu"
    # every weight is a whole number of its row's scale, the largest is 127 of them
    rows = [row for W in net.weights for row in W]
    for row, scale in zip(rows, record["scales"], strict=True):
        whole = row / scale
        np.testing.assert_allclose(whole, whole.round(), atol=1e-9)
        assert abs(whole).max() == pytest.approx(127)


@pytest.mark.skipif("MLPKIT_MNIST" not in os.environ, reason="MLPKIT_MNIST: no folder with MNIST")
def test_accuracy_is_what_the_record_says():
    data = load_mnist()
    X = np.stack([prepare(image).ravel() for image in data.test_images])
    probs = softmax(network().logits(X.astype(np.float32)))
    right = probs.argmax(axis=1) == data.test_labels
    assert right.mean() == pytest.approx(RECORD["test_accuracy"]["int8"], abs=1e-4)
    answered = probs.max(axis=1) >= stored()["threshold"]
    assert 1 - answered.mean() == pytest.approx(RECORD["measured"]["refused"], abs=1e-4)
    assert 1 - right[answered].mean() == pytest.approx(RECORD["measured"]["wrong"], abs=1e-4)


# ---- preparation and pen


def by_cumulative_sums(pixels: np.ndarray) -> np.ndarray:
    """The same picture by another way: ink below a point, interpolated, then differences."""
    ink = pixels / 255
    if not ink.any():
        return ink
    r, c = np.nonzero(ink)
    scale = 20 / max(r.max() - r.min() + 1, c.max() - c.min() + 1)
    y, x = (np.average(k + 0.5, weights=ink[r, c]) for k in (r, c))
    below = np.pad(ink, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    new = (np.arange(29) - 14.5) / scale
    down = np.stack([np.interp(new + y, range(29), column) for column in below.T], axis=1)
    both = np.stack([np.interp(new + x, range(29), row) for row in down])
    return np.diff(np.diff(both, axis=0), axis=1) * scale**2


def test_preparation_agrees_with_another_way_to_compute_it():
    for pixels in drawings():
        np.testing.assert_allclose(prepare(pixels), by_cumulative_sums(pixels), atol=1e-11)


def test_preparation_fits_the_ink_into_20_cells_and_balances_it():
    cells = np.arange(28) + 0.5
    for pixels in drawings(200, seed=1)[1:]:
        image = prepare(pixels)
        scale = 20 / max(np.ptp(axis) + 1 for axis in np.nonzero(pixels))
        whole = pixels.sum() / 255 * scale**2
        if not np.isclose(image.sum(), whole, rtol=1e-12):
            continue  # so lopsided that some ink falls off the edge, as in MNIST itself
        for axis in (0, 1):
            # a cell's ink counts at its centre here, wherever in the cell it came to lie
            assert np.average(cells, weights=image.sum(axis=axis)) == pytest.approx(14.5, abs=0.05)
        rows, columns = np.nonzero(image > 1e-12)
        assert max(np.ptp(rows), np.ptp(columns)) in (19, 20)  # cut at cells' edges or within
        assert image.min() >= 0 and image.max() <= 1 + 1e-12


@pytest.mark.skipif("MLPKIT_MNIST" not in os.environ, reason="MLPKIT_MNIST: no folder with MNIST")
def test_digits_of_mnist_hardly_change():
    """They were prepared so already, but shifted by whole pixels."""
    images = load_mnist().test_images[:1000]
    prepared = np.stack([prepare(image) for image in images])
    others = abs(images / 255 - np.roll(images, 1, axis=0) / 255).mean()
    assert abs(prepared - images / 255).mean() < 0.5 * others
    cells = np.arange(28) + 0.5
    middle = np.average(cells, weights=(images / 255).sum(axis=(0, 1)))
    assert abs(middle - 14.5) < 0.05


def test_module_agrees_with_python():
    pixels = drawings()
    found = call("digit", *(["prepare", p.ravel().tolist()] for p in pixels))
    images = [prepare(p).ravel() for p in pixels]
    np.testing.assert_allclose(found, images, rtol=1e-12, atol=1e-13)
    net = network()
    W, V = net.weights
    logits = call("digit", *(["digitLogits", image.tolist()] for image in images))
    for z, x in zip(logits, images, strict=True):
        # what the terms of each sum amount to, before they cancel
        size = abs(V) @ (abs(W) @ x + abs(net.biases[0])) + abs(net.biases[1])
        assert (abs(z - net.logits(x[None])[0]) <= 1e-12 * size).all()
    probs = [softmax(net.logits(x[None]))[0].tolist() for x in images]
    tasks = zip(pixels, probs, strict=True)
    answers = call("digit", *(["answerOf", p.ravel().tolist(), q] for p, q in tasks))
    assert answers == [DrawDigit(p).answer for p in pixels]
    assert None in answers and len(set(answers)) > 3


def test_weights_are_unpacked_as_python_unpacks_them():
    [parameters] = call("digit", ["unpack", stored()])
    assert_close([list(parameters.values())], [network().parameters])


def test_pen_draws_the_same_in_python_and_in_the_module():
    rng = np.random.default_rng(2)
    pixels = [p.ravel() for p in drawings(seed=3)]
    ends = rng.uniform(-3, 31, (1000, 2, 2)).tolist()
    ends[0][1] = ends[0][0]  # a touch
    tasks = zip(pixels, ends, strict=True)
    found = call("digit", *(["stroke", p.tolist(), *two] for p, two in tasks))
    tasks = zip(pixels, ends, strict=True)
    assert found == [stroke(two, p).ravel().tolist() for p, two in tasks]


def test_pen_covers_what_supersampling_says():
    path = [(8.3, 7.1), (19.2, 16.4)]
    drawn = stroke(path)
    fine = (np.arange(28 * 20) + 0.5) / 20
    x, y = np.meshgrid(fine, fine)
    (x0, y0), (x1, y1) = path
    t = np.clip(
        ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2), 0, 1
    )
    covered = np.hypot(x0 + t * (x1 - x0) - x, y0 + t * (y1 - y0) - y) <= 1.1
    share = covered.reshape(28, 20, 28, 20).mean(axis=(1, 3))
    assert abs(drawn / 255 - share).max() < 0.2 and abs(drawn.sum() / 255 - share.sum()) < 1


# ---- the figure in Python


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pixels": [1, 2]}, "pixels: expected 28 × 28 integers from 0 to 255"),
        ({"pixels": np.full((28, 28), 0.5)}, "pixels: expected 28 × 28 integers"),
        ({"pixels": np.full((28, 28), 256)}, "pixels: expected 28 × 28 integers"),
        ({"pixels": "ink"}, "pixels: expected 28 × 28 integers"),
        ({"temperature": 0}, "temperature: expected a number from 0.1 to 10"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        DrawDigit(**arguments)


def test_figure_can_be_observed():
    figure, seen = DrawDigit(), []
    assert figure.answer == 3
    figure.observe(lambda change: seen.append(change.new), "answer")
    figure.pixels = stroke(SEVEN)
    figure.pixels = np.zeros((28, 28))
    assert seen == [7, None]
    assert sum(figure.probs) == pytest.approx(1)  # softmax cannot keep silent


def test_temperature_changes_probabilities_but_no_answer():
    figure = DrawDigit(stroke(SEVEN))
    sharp = max(figure.probs)
    figure.temperature = 10
    assert max(figure.probs) < 0.5 < sharp and figure.answer == 7


# ---- on a page without a kernel


def shown(guard: Guard, nth: int = 0) -> list[str]:
    return guard.page.locator("figure").nth(nth).locator(".digit-bars .ex-number").all_inner_texts()


def grey(guard: Guard, canvas: int) -> np.ndarray:
    """Opacities of the canvas' cells."""
    data = guard.page.locator("canvas").nth(canvas).evaluate(
        "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 == 3)"
    )  # fmt: skip
    return np.reshape(data, (28, 28))


def agrees(guard: Guard) -> DrawDigit:
    """The page shows what Python computes of the drawing that it shows."""
    figure = DrawDigit(grey(guard, 0))
    assert shown(guard) == [still.probability(p) for p in figure.probs]
    np.testing.assert_allclose(grey(guard, 1), 255 * figure.image, atol=0.501)
    said = guard.page.locator(".digit-answer").first.inner_text()
    if figure.answer is None:
        assert said.startswith("I do not know" if any(figure.pixels) else "Nothing is drawn")
    else:
        assert said.startswith(f"I read {figure.answer},")
    return figure


@pytest.mark.parametrize("by", ["mouse", "touch"])
def test_a_digit_is_drawn(open_page, by):
    guard = open_page("digit", has_touch=True)
    assert agrees(guard).answer == 3
    guard.page.get_by_role("button", name="Clear").first.click()
    assert agrees(guard).answer is None
    pad = guard.page.get_by_role("application").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    cell = (box["width"] - 2) / 28
    way = [(box["x"] + 1 + cell * x, box["y"] + 1 + cell * y) for x, y in SEVEN]
    if by == "mouse":
        guard.page.mouse.move(*way[0])
        guard.page.mouse.down()
        for point in way[1:]:
            guard.page.mouse.move(*point)
        guard.page.mouse.up()
        guard.page.mouse.move(*way[0])  # the pen is up again
    else:
        session = guard.page.context.new_cdp_session(guard.page)
        for kind, points in [("Start", way[:1]), *(("Move", [p]) for p in way[1:]), ("End", [])]:
            touch = {"type": f"touch{kind}", "touchPoints": [{"x": x, "y": y} for x, y in points]}
            session.send("Input.dispatchTouchEvent", touch)
    figure = agrees(guard)
    assert figure.answer == 7
    expected = stroke(SEVEN)
    assert abs(np.reshape(figure.pixels, (28, 28)) - expected).mean() < 4  # fractions of a cell
    assert shown(guard, 1) == [still.probability(p) for p in DrawDigit().probs]


def test_a_digit_is_drawn_with_keys(open_page):
    guard = open_page("digit")
    guard.page.get_by_role("button", name="Clear").first.click()
    pad = guard.page.get_by_role("application").first
    pad.focus()
    keys = ["ArrowLeft"] * 6 + [" "] + ["ArrowRight"] * 11
    keys += ["Shift+ArrowDown", "ArrowLeft", "ArrowDown", "ArrowLeft"] * 3 + ["Escape", "ArrowUp"]
    for key in keys:
        pad.press(key)
    points, at = [(8.5, 6.5)], np.array([8.5, 6.5])
    moves = {
        "ArrowRight": (1, 0),
        "Shift+ArrowDown": (0, 4),
        "ArrowLeft": (-1, 0),
        "ArrowDown": (0, 1),
    }
    for key in keys[7:-2]:
        at = at + moves[key]
        points.append(tuple(at))
    figure = agrees(guard)
    np.testing.assert_array_equal(np.reshape(figure.pixels, (28, 28)), stroke(points))
    assert figure.answer == 7
    status = guard.page.locator("figure >> nth=0").get_by_role("status")
    status.get_by_text("Pen up").wait_for()
    pad.press("Tab")
    assert guard.page.evaluate("document.activeElement !== document.body")


def test_nothing_is_admitted_and_presets_start_again(open_page):
    guard = open_page("digit")
    figure = guard.page.locator("figure").first
    answers = {}
    for name in ("seven", "four or nine", "a dot", "a scribble", "the letter H", "Clear"):
        figure.get_by_role("button", name=name, exact=True).click()
        answers[name] = agrees(guard).answer
    assert answers["seven"] == 7 and answers["four or nine"] is None
    assert answers["the letter H"] == 4  # what the rule gets wrong
    assert answers["a dot"] is answers["a scribble"] is answers["Clear"] is None
    figure.get_by_role("button", name="Start again").click()
    assert agrees(guard).answer == 3


def test_temperature_on_the_page(open_page):
    guard = open_page("digit")
    answer = guard.page.locator(".digit-answer").first
    plain = f"I read 3, with {still.probability(max(DrawDigit().probs))} at T\u00a0=\u00a01"
    assert answer.inner_text() == plain + "."
    guard.page.get_by_label("temperature T").first.press("End")
    warm = [still.probability(p) for p in DrawDigit(temperature=10).probs]
    assert shown(guard) == warm
    assert answer.inner_text() == f"{plain}, and {warm[3]} at T\u00a0=\u00a010.00."


def test_weights_are_one_file_of_the_site(open_page):
    names = [url.rsplit("/", 1)[1] for url in open_page("digit").requests]
    assert len([name for name in names if name.startswith("digit_network-")]) == 1
