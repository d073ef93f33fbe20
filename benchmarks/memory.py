"""Seconds and memory of one epoch against the number of samples: linear and flat.

Each size runs in a process of its own, so that its peak is its own. The memory above the data is
the peak resident size less that of a process which only holds the data.

    python benchmarks/memory.py
"""

import argparse
import json
import multiprocessing
import resource
import time
from pathlib import Path

import numpy as np
from machine import machine

from mlpkit import MLP, one_hot, sgd

SAMPLES = (1_000, 5_000, 10_000, 30_000, 60_000)
SIZES, BATCH, ROUNDS = (784, 128, 10), 64, 9


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def epoch(samples: int, train: bool) -> tuple[float, float]:
    """Return seconds of the best epoch and the peak in MB."""
    rng = np.random.default_rng(0)
    X = rng.random((samples, SIZES[0]), dtype=np.float32)
    Y = one_hot(rng.integers(0, 10, samples), 10, dtype=np.float32)
    net = MLP(SIZES, activation="relu", rng=0, dtype=np.float32)
    net.logits(X[:BATCH])  # BLAS allocates its buffers
    seconds = []
    for _ in range(ROUNDS if train else 0):
        start = time.perf_counter()
        sgd(net, X, Y, epochs=1, batch_size=BATCH, learning_rate=0.01, rng=0)
        seconds.append(time.perf_counter() - start)
    return min(seconds, default=0.0), peak_mb()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default_out = Path(__file__).parent / "results" / "memory.json"
    parser.add_argument("--out", default=str(default_out), help='where to write; "" for nowhere')
    arguments = parser.parse_args()
    rows = []
    for samples in SAMPLES:
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            _, data_mb = pool.apply(epoch, (samples, False))
            seconds, mb = pool.apply(epoch, (samples, True))
        rows.append({"samples": samples, "seconds": seconds, "extra_mb": round(mb - data_mb, 1)})
        print(
            f"{samples:6d} samples: {seconds:.3f} s an epoch, {mb - data_mb:.1f} MB above the data"
        )
    if arguments.out:
        report = {"machine": machine(), "sizes": SIZES, "batch_size": BATCH, "rows": rows}
        Path(arguments.out).write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
