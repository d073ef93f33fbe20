"""Train 784-100-10 and 784-800-10 on the whole of MNIST with what the course teaches.

10,000 of the 60,000 training digits are split off for validation, and all settings are chosen
there, with one seed. With the chosen settings five networks are then trained on all 60,000. The
test digits are read once, after the last of them. ReLU, He's initial weights, mini-batches with
momentum, L2, a learning rate that falls as a cosine to 0; no distortion of images.

    python benchmarks/mnist.py                            # MLPKIT_MNIST names the folder
    python benchmarks/mnist.py --limit 2000 --epochs 2 --out ""     # does it run at all?
"""

import argparse
import itertools
import json
import math
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from machine import machine

from mlpkit import MLP, History, one_hot, sgd
from mlpkit.datasets import load_mnist

EPOCHS = {100: 40, 800: 20}  # by hidden width; the wide network needs fewer
SEEDS = (0, 1, 2, 3, 4)
BATCH = 64
N_VALIDATION = 10_000
GRID = {"learning_rate": (0.05, 0.1, 0.2), "l2": (3.0, 10.0), "momentum": (0.9,)}


def pixels(images: np.ndarray) -> np.ndarray:
    """Return (n, 784) in 0…1."""
    return images.reshape(len(images), -1).astype(np.float32) / 255


def cosine(highest: float, steps: int) -> Callable[[int], float]:
    return lambda step: highest * (1 + math.cos(math.pi * step / steps)) / 2


def train(hidden: int, settings: dict[str, float], epochs: int, seed: int, X, Y, validation=None):
    """Return the trained network, its history and the seconds that it took."""
    rng = np.random.default_rng(seed)
    net = MLP([784, hidden, 10], activation="relu", rng=rng, dtype=np.float32)
    steps = epochs * math.ceil(len(X) / BATCH)
    start = time.perf_counter()
    history = sgd(
        net,
        X,
        Y,
        epochs=epochs,
        batch_size=BATCH,
        learning_rate=cosine(settings["learning_rate"], steps),
        l2=settings["l2"],
        momentum=settings["momentum"],
        rng=rng,
        validation=validation,
    )
    return net, history, time.perf_counter() - start


def choose(hidden: int, epochs: int, X, Y) -> tuple[dict[str, float], list[dict], History]:
    """Return the settings with the best validation accuracy, all trials, and the best's history."""
    fit, held_out = (X[:-N_VALIDATION], Y[:-N_VALIDATION]), (X[-N_VALIDATION:], Y[-N_VALIDATION:])
    trials, best = [], (-1.0, {}, History())
    for values in itertools.product(*GRID.values()):
        settings = dict(zip(GRID, values, strict=True))
        _, history, seconds = train(hidden, settings, epochs, 0, *fit, validation=held_out)
        accuracy = history.validation_accuracy[-1]
        trials.append({**settings, "accuracy": accuracy, "seconds": round(seconds, 1)})
        print(f"  {hidden} hidden, {settings}: validation {accuracy:.4f}", flush=True)
        best = max(best, (accuracy, settings, history), key=lambda trial: trial[0])
    return best[1], trials, best[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, help="as many for both networks")
    parser.add_argument("--limit", type=int, help="use only so many digits beside the validation")
    default_out = Path(__file__).parent / "results" / "mnist.json"
    parser.add_argument("--out", default=str(default_out), help='where to write; "" for nowhere')
    arguments = parser.parse_args()

    data = load_mnist()
    order = np.random.default_rng(0).permutation(len(data.train_labels))
    if arguments.limit:
        order = order[: arguments.limit + N_VALIDATION]
    X, Y = pixels(data.train_images[order]), one_hot(data.train_labels[order], 10, dtype=np.float32)

    models = []
    for hidden in EPOCHS:
        epochs = arguments.epochs or EPOCHS[hidden]
        settings, trials, history = choose(hidden, epochs, X, Y)
        runs = [train(hidden, settings, epochs, seed, X, Y) for seed in SEEDS]
        models.append((hidden, epochs, settings, trials, history, runs))
    if arguments.limit:
        return  # a trial run is no reason to look at the test digits

    X_test = pixels(data.test_images)
    report = {"machine": machine(), "batch_size": BATCH, "models": []}
    for hidden, epochs, settings, trials, history, runs in models:
        accuracy = [float((net.predict(X_test) == data.test_labels).mean()) for net, _, _ in runs]
        mean, spread = statistics.mean(accuracy), statistics.stdev(accuracy)
        seconds = statistics.mean(seconds for _, _, seconds in runs)
        print(f"{hidden} hidden: test {mean:.4f} ± {spread:.4f} in {seconds:.0f} s", flush=True)
        report["models"].append(
            {
                "sizes": [784, hidden, 10],
                "epochs": epochs,
                "settings": settings,
                "trials": trials,
                "validation": {
                    "train_loss": [round(v, 6) for v in history.train_loss],
                    "validation_loss": [round(v, 6) for v in history.validation_loss],
                    "validation_accuracy": history.validation_accuracy,
                },
                "test_accuracy": accuracy,
                "mean": round(mean, 5),
                "spread": round(spread, 5),
                "seconds_per_network": round(seconds, 1),
            }
        )
    if arguments.out:
        path = Path(arguments.out)
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
