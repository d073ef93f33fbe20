"""``{measured} NAME``: a table made from the recorded results in benchmarks/results, never typed.

Each function below turns one file into rows; the machine and the command stand under its table.
"""

import json
from collections.abc import Callable
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from tables import origin, words_table
from toolchain import ROOT

RESULTS = ROOT / "benchmarks" / "results"
Table = tuple[list[str], list[list[str]]]  # head, rows


def train_step(data: dict[str, Any]) -> Table:
    """Time of the others over ours: above 1, mlpkit is faster."""
    titles = {"sklearn": "scikit-learn", "torch": "PyTorch", "torch_compiled": "compiled"}
    titles |= {"jax_jit": "JAX per step", "jax_scan": "JAX scan", "floor": "products alone"}
    rows = []
    for point in data["points"]:
        best = point["best"]
        best["floor"] = min(best["floor"], best["floor_dot"])  # np.matmul is slow at one row
        hidden = "-".join(map(str, point["hidden"]))
        ratios = [f"{best[name] / best['mlpkit']:.2f}" for name in titles]
        rows.append([str(point["batch"]), hidden, f"{best['mlpkit']:.0f}", *ratios])
    return ["batch", "hidden", "mlpkit, µs", *titles.values()], rows


def exactness(data: dict[str, Any]) -> Table:
    """The largest error of each function over all logits."""
    worst: dict[tuple[str, str], dict[str, Any]] = {}
    for row in data["rows"]:
        kept = worst.setdefault((row["function"], row["dtype"]), dict(row))
        for library in ("mlpkit", "scipy", "torch"):
            if row[library] is not None:
                kept[library] = max(kept[library], row[library])
    head, rows = exactness_by_logits({"rows": list(worst.values())})
    return head[:2] + head[3:], [row[:2] + row[3:] for row in rows]


def exactness_by_logits(data: dict[str, Any]) -> Table:
    columns = ["function", "dtype", "logits", "mlpkit", "scipy", "torch"]
    rows = [
        [row[c] if isinstance(row[c], str) else _ulp(row[c]) for c in columns]
        for row in data["rows"]
    ]
    return ["function", "type", "logits", "mlpkit", "SciPy", "PyTorch"], rows


def _ulp(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1f}" if value < 1e4 else f"{value:.0e}"


def mnist(data: dict[str, Any]) -> Table:
    head = ["network", "η", "λ", "μ", "test accuracy, five seeds", "spread", "s a network"]
    rows = []
    for model in data["models"]:
        s = model["settings"]
        rows.append(
            [
                "-".join(map(str, model["sizes"])),
                *(f"{s[key]:g}" for key in ("learning_rate", "l2", "momentum")),
                f"{100 * model['mean']:.2f} %",
                f"{100 * model['spread']:.2f} %",
                f"{model['seconds_per_network']:.0f}",
            ]
        )
    return head, rows


def memory(data: dict[str, Any]) -> Table:
    head = ["samples", "seconds an epoch", "µs a sample", "memory above the data, MB"]
    rows = [
        [
            f"{row['samples']:,}",
            f"{row['seconds']:.3f}",
            f"{1e6 * row['seconds'] / row['samples']:.1f}",
            f"{row['extra_mb']:.0f}",
        ]
        for row in data["rows"]
    ]
    return head, rows


def build(data: dict[str, Any]) -> Table:
    head = ["chapters", "clean build, s", "after one change, s", "nothing changed, s", "site, MB"]
    keys = ("chapters", "clean", "one_changed", "unchanged", "megabytes")
    return head, [[f"{row[key]:g}" for key in keys] for row in data["rows"]]


def explorers(data: dict[str, Any]) -> Table:
    """Of each explorer the control that costs most; its best round."""
    head = [
        "explorer",
        "control",
        "frames a second",
        "late frames",
        "ms a move",
        "ready, ms",
        "by a jump",
    ]
    rows = []
    for name, found in sorted(data["explorers"].items()):
        control, run = max(found["drags"].items(), key=lambda item: item[1]["work_a_move_ms"])
        late = f"{run['late_frames']} of {run['frames']}"
        numbers = [run["frames_a_second"], late, run["work_a_move_ms"]]
        waits = [found["ready"].get(key) for key in ("after_load_ms", "after_jump_ms")]
        # below 0: some live before the page has loaded
        ready = ["–" if wait is None else f"{max(0, wait):.0f}" for wait in waits]
        rows.append([name, control, *map(str, numbers), *ready])
    return head, rows


# name → maker, file and command
TABLES: dict[str, tuple[Callable[[dict[str, Any]], Table], str, str]] = {
    "train_step": (train_step, "train_step", "make bench"),
    "memory": (memory, "memory", "make bench"),
    "mnist": (mnist, "mnist", "make mnist"),
    "build": (build, "build", "python benchmarks/build.py"),
    "explorers": (explorers, "explorers", "make frames"),
    "explorers_slower": (explorers, "explorers_slower", "make frames"),
    "exactness": (exactness, "exactness", "python tests/exactness_table.py"),
    "exactness_by_logits": (exactness_by_logits, "exactness", "python tests/exactness_table.py"),
}


class Measured(SphinxDirective):
    """The table of one file of results, with how it was made."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        if name not in TABLES:
            raise self.error(f"measured must be one of {', '.join(TABLES)}, got {name}")
        make, file, command = TABLES[name]
        path = RESULTS / f"{file}.json"
        self.env.note_dependency(str(path))
        data = json.loads(path.read_text("utf8"))
        return [words_table(*make(data)), origin(data["machine"], command)]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("measured", Measured)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
