"""Train the network of the explorer "draw a digit" on MNIST, and store it in whole numbers.

784-50-10 learns 50,000 training digits, each once as MNIST has it and once bent as hands bend
it, and drawings of nothing, whose target is one tenth for every digit. The other 10,000 training
digits choose the threshold below which the explorer says that it does not know. Then every
weight is rounded to one of 255 multiples of its row's scale, and the test digits are read.

    python benchmarks/digit.py                         # MLPKIT_MNIST names the folder
    python benchmarks/digit.py --limit 2000 --dry      # does it run at all? writes nothing
"""

import argparse
import gzip
import hashlib
import json
import math
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL
import scipy
from machine import machine
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import affine_transform

from mlpkit import MLP, one_hot, sgd, softmax
from mlpkit.datasets import load_mnist
from mlpkit.explorers.digit import prepare, stroke
from mlpkit.explorers.modules import FOLDER

HIDDEN = 50
SETTINGS = {"epochs": 30, "batch_size": 64, "learning_rate": 0.1, "l2": 3.0, "momentum": 0.9}
N_NOTHING = {"dots": 2500, "noise": 2500, "scribbles": 18_000, "dashes": 2500}
REFUSED = 0.04  # share of validation digits that the threshold gives up
NETWORK = FOLDER / "digit_network.js"
RECORD = Path(__file__).parent / "results" / "digit.json"
LETTERS = "AEFHKMNPRTVWXY"  # those that look like no digit
FONTS = ("DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono")

# one way to write each digit with the explorer's pen, in cells
WAYS = {
    0: [[(14, 5), (9, 8), (8, 14), (9, 20), (14, 23), (19, 20), (20, 14), (19, 8), (14, 5)]],
    1: [[(14, 5), (14, 23)]],
    2: [[(9, 9), (11, 6), (15, 5), (19, 8), (18, 12), (9, 23), (20, 23)]],
    3: [[(9, 7), (14, 5), (18, 8), (13, 13), (18, 17), (17, 21), (13, 23), (8, 21)]],
    4: [[(10, 5), (8, 15), (20, 15)], [(16, 9), (16, 23)]],
    5: [[(19, 5), (10, 5), (10, 13), (15, 12), (19, 15), (18, 21), (13, 23), (8, 21)]],
    6: [[(16, 5), (10, 11), (9, 19), (13, 23), (18, 20), (17, 15), (13, 14), (9, 18)]],
    7: [[(8, 6), (20, 6), (13, 23)]],
    8: [[(14, 13), (10, 9), (14, 5), (18, 9), (14, 13), (9, 18), (14, 23), (19, 18), (14, 13)]],
    9: [[(18, 10), (14, 13), (10, 9), (14, 5), (18, 8), (18, 14), (16, 23)]],
}


# ---- pictures: what the pad may hold


def bent(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The digit turned by up to 15 degrees, sheared and stretched a little."""
    angle, shear = rng.uniform(-0.26, 0.26), rng.uniform(-0.2, 0.2)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    matrix = turn @ np.array([[1, 0], [shear, 1]]) @ np.diag(rng.uniform(0.85, 1.2, 2))
    moved = affine_transform(image.astype(float), matrix, 13.5 - matrix @ [13.5, 13.5], order=1)
    return np.where(moved < 16, 0, moved)  # a breath of grey would widen the ink's rectangle


def written(digit: int, rng: np.random.Generator) -> np.ndarray:
    """The digit written with the pen: its way turned, sheared, scaled, moved, and shaken."""
    angle, shear = rng.uniform(-0.2, 0.2), rng.uniform(-0.2, 0.2)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    matrix = rng.uniform(0.6, 1.1) * turn @ [[1, shear], [0, 1]] @ np.diag(rng.uniform(0.7, 1.2, 2))
    middle, drawing = rng.uniform(12, 16, 2), None
    for way in WAYS[digit]:
        points = (np.array(way) - 14) @ matrix.T + middle + rng.normal(0, 0.5, (len(way), 2))
        drawing = stroke(points.tolist(), drawing)
    return drawing


def dot(rng: np.random.Generator) -> np.ndarray:
    """One to three touches of the pen, close together."""
    points = rng.uniform(4, 24, 2) + rng.normal(0, rng.uniform(0, 1.5), (rng.integers(1, 4), 2))
    return stroke(points.tolist())


def noise(rng: np.random.Generator) -> np.ndarray:
    """Single cells of any grey."""
    return rng.integers(0, 256, (28, 28)) * (rng.random((28, 28)) < rng.uniform(0.02, 0.6))


def scribble(rng: np.random.Generator) -> np.ndarray:
    """A way to and fro: corners anywhere in a rectangle, or a wandering line."""
    count = rng.integers(7, 26)
    if rng.random() < 0.5:
        return stroke(
            rng.uniform(*np.sort(rng.uniform(2, 26, (2, 2)), axis=0), (count, 2)).tolist()
        )
    steps = np.cumsum(rng.normal(0, 0.6, (count, 1)) * 3 + rng.normal(0, 3, (count, 2)), axis=0)
    return stroke(np.clip(14 + steps - steps.mean(axis=0), 2, 26).tolist())


def dash(rng: np.random.Generator) -> np.ndarray:
    """A line that lies rather than stands."""
    half = rng.uniform(3, 11) * np.array([1, rng.uniform(-0.4, 0.4)])
    return stroke([tuple(14 - half), tuple(14 + half)])


def crosses(rng: np.random.Generator) -> np.ndarray:
    """Two to four straight lines across each other."""
    drawing = None
    for angle in rng.uniform(0, math.pi) + math.pi * np.arange(rng.integers(2, 5)) / 3:
        way = rng.uniform(6, 11) * np.array([math.cos(angle), math.sin(angle)])
        middle = 14 + rng.uniform(-3, 3, 2)
        drawing = stroke([tuple(middle - way), tuple(middle + way)], drawing)
    return drawing


def letter(rng: np.random.Generator) -> np.ndarray:
    """A printed capital that looks like no digit."""
    family = font_manager.FontProperties(family=FONTS[rng.integers(len(FONTS))])
    font = ImageFont.truetype(font_manager.findfont(family), int(rng.integers(14, 25)))
    picture = Image.new("L", (28, 28))
    text = LETTERS[rng.integers(len(LETTERS))]
    ImageDraw.Draw(picture).text((14, 14), text, fill=255, font=font, anchor="mm")
    return np.array(picture)


def pair(rng: np.random.Generator, images: np.ndarray) -> np.ndarray:
    """Two digits side by side, each at half its size."""
    halves = images[rng.integers(len(images), size=2)].reshape(2, 14, 2, 14, 2).mean(axis=(2, 4))
    return np.pad(np.hstack(halves), ((7, 7), (0, 0)))


Draw = Callable[[np.random.Generator], np.ndarray]
MET: dict[str, Draw] = {"dots": dot, "noise": noise, "scribbles": scribble, "dashes": dash}


def inputs(drawings: list[np.ndarray]) -> np.ndarray:
    """Prepared as the page prepares them, (n, 784)."""
    rows = np.stack([prepare(np.rint(drawing)).ravel() for drawing in drawings])
    return rows.astype(np.float32)


def many(draw: Draw, count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return inputs([draw(rng) for _ in range(count)])


# ---- the network: trained, rounded, measured


def train(X: np.ndarray, Y: np.ndarray, settings: dict[str, float], seed: int = 0) -> MLP:
    net = MLP([784, HIDDEN, 10], activation="relu", rng=seed, dtype=np.float32)
    steps = settings["epochs"] * math.ceil(len(X) / settings["batch_size"])
    highest = settings["learning_rate"]
    cosine = {"learning_rate": lambda step: highest * (1 + math.cos(math.pi * step / steps)) / 2}
    sgd(net, X, Y, rng=seed, **{**settings, **cosine})
    return net


def rounded(net: MLP) -> dict[str, object]:
    """Each weight as an int8 times its row's scale."""
    scales = [float(f"{abs(row).max() / 127:.6g}") for W in net.weights for row in W]
    rows = [row for W in net.weights for row in W]
    whole = np.concatenate([np.rint(row / s) for row, s in zip(rows, scales, strict=True)])
    return {
        "sizes": list(net.sizes),
        "weights": b64encode(whole.astype(np.int8).tobytes()).decode(),
        "scales": scales,
        "biases": [float(f"{b:.6g}") for layer in net.biases for b in layer],
    }


def restored(stored: dict[str, object]) -> MLP:
    """The network that `mlpkit.explorers.digit.network` will read."""
    net = MLP(stored["sizes"], activation="relu", rng=0)
    whole = np.frombuffer(b64decode(stored["weights"]), np.int8)
    rows = np.repeat(stored["scales"], [W.shape[1] for W in net.weights for _ in W])
    net.parameters[:] = [*(whole * rows), *stored["biases"]]
    return net


def top(net: MLP, X: np.ndarray) -> np.ndarray:
    return softmax(net.logits(X)).max(axis=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--limit", type=int, help="train on so many digits only")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    arguments = parser.parse_args()

    data = load_mnist()
    order = np.random.default_rng(0).permutation(60_000)
    fit, held = order[:50_000][: arguments.limit], order[50_000:]
    images, labels = data.train_images, data.train_labels
    rng = np.random.default_rng(1)
    X = [inputs(list(images[fit])), inputs([bent(image, rng) for image in images[fit]])]
    X += [many(MET[name], n, seed) for seed, (name, n) in enumerate(N_NOTHING.items())]
    Y = [one_hot(labels[fit], 10, dtype=np.float32)] * 2
    Y.append(np.full((sum(map(len, X[2:])), 10), 0.1, dtype=np.float32))

    start = time.perf_counter()
    net = train(np.concatenate(X), np.concatenate(Y), SETTINGS)
    seconds = time.perf_counter() - start
    stored = rounded(net)
    small = restored(stored)

    X_held = inputs(list(images[held]))
    threshold = round(float(np.quantile(top(small, X_held), REFUSED)), 2)
    held_accuracy = [float((n.predict(X_held) == labels[held]).mean()) for n in (net, small)]
    print(f"validation accuracy {held_accuracy}, threshold {threshold}, {seconds:.0f} s")

    X_test, y_test = inputs(list(data.test_images)), data.test_labels
    probs = softmax(small.logits(X_test))
    right, answered = probs.argmax(axis=1) == y_test, probs.max(axis=1) >= threshold
    unmet: dict[str, Draw] = {
        "letters": letter,
        "crosses": crosses,
        "pairs of digits": lambda rng: pair(rng, data.test_images),
    }
    pens = np.repeat(np.arange(10), 100)
    pen_rng = np.random.default_rng(200)
    X_pen = inputs([written(digit, pen_rng) for digit in pens])
    pen_said = small.predict(X_pen)
    answers = {
        name: float((top(small, many(draw, 1000, 100 + i)) >= threshold).mean())
        for i, (name, draw) in enumerate({**MET, **unmet}.items())
    }
    measured = {
        "refused": float(1 - answered.mean()),
        "wrong": float(1 - right[answered].mean()),
        "nonsense": float(np.mean([answers[name] for name in MET])),
        "unseen": float(np.mean([answers[name] for name in unmet])),
    }
    stored |= {"threshold": threshold, "measured": {k: round(v, 4) for k, v in measured.items()}}
    text = (
        "// Made by benchmarks/digit.py, which says how; not to be edited.\n"
        f"export const DIGIT_NETWORK = {json.dumps(stored)};\n"
    )
    record = {
        "machine": machine() | {"pillow": PIL.__version__, "scipy": scipy.__version__},
        "settings": {"hidden": HIDDEN, "drawings of nothing": N_NOTHING, **SETTINGS},
        "file": {
            "name": NETWORK.name,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "bytes": len(text.encode()),
            "gzip": len(gzip.compress(text.encode(), mtime=0)),
        },
        "validation_accuracy": dict(zip(("float32", "int8"), held_accuracy, strict=True)),
        "test_accuracy": {
            "float32": float((net.predict(X_test) == y_test).mean()),
            "int8": float(right.mean()),
            "int8, of MNIST's own pixels": float(
                (small.predict(data.test_images.reshape(-1, 784) / 255) == y_test).mean()
            ),
        },
        "mean_top_probability": round(float(probs.max(axis=1).mean()), 4),
        "threshold": threshold,
        "measured": measured,
        "answered_of_1000_drawings_that_are_no_digit": answers,
        "pen": {
            "accuracy": float((pen_said == pens).mean()),
            "refused": float((top(small, X_pen) < threshold).mean()),
            "by digit": [float((pen_said == pens)[pens == k].mean()) for k in range(10)],
        },
        "seconds": round(seconds, 1),
    }
    print(json.dumps(record, indent=1))
    if not arguments.dry:
        NETWORK.write_text(text)
        RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
