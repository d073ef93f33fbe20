"""Time one training step of mlpkit beside its rivals and beside the bare matrix products.

Data of MNIST's shape, float32, ReLU, softmax cross-entropy, plain SGD, shuffled mini-batches. A
step is everything between two updates: picking the rows, forward, loss, backward, update. All
contestants run in turn in one process with their default threads, round after round, so that a
disturbance meets all of them. A contestant's figure is its best round: what else happens on the
machine can only add time. The median is stored beside it and shows how much that was.

    python benchmarks/train_step.py                          # the whole grid, about half an hour
    python benchmarks/train_step.py --points 10x30 64x128 --rounds 3 --out ""

Contestants that are not installed are left out.
"""

import argparse
import importlib.util
import itertools
import json
import os
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from machine import machine

from mlpkit import MLP, one_hot, sgd

BATCHES = (1, 10, 32, 64, 128, 256, 512)
HIDDENS = (30, 100, 128, 512, 800)
THREE_LAYERS = (64, (128, 64))
EPOCHS = 3
RATE = 0.01
Run = Callable[[], object]  # trains for EPOCHS epochs


def contestants(X: np.ndarray, labels: np.ndarray, batch: int, hidden: tuple[int, ...]):
    """Return name → a function that trains for EPOCHS epochs from where it stands."""
    runs = {"mlpkit": ours, "floor": floor_matmul, "floor_dot": floor_dot, "sklearn": sklearn}
    if importlib.util.find_spec("torch"):
        runs |= {"torch": torch_eager, "torch_compiled": torch_compiled}
    if importlib.util.find_spec("jax"):
        runs |= {"jax_jit": jax_jit, "jax_scan": jax_scan}
    return {name: make(X, labels, batch, hidden) for name, make in runs.items()}


def ours(X, labels, batch, hidden) -> Run:
    net = MLP((X.shape[1], *hidden, 10), activation="relu", rng=0, dtype=np.float32)
    Y, rng = one_hot(labels, 10, dtype=np.float32), np.random.default_rng(0)
    return lambda: sgd(net, X, Y, epochs=EPOCHS, batch_size=batch, learning_rate=RATE, rng=rng)


def floor(product, X, batch, hidden) -> Run:
    """The matrix products of a step and nothing else, into arrays that exist already."""
    sizes = (X.shape[1], *hidden, 10)
    steps = EPOCHS * (len(X) // batch)
    W = [np.zeros((o, i), np.float32) for i, o in itertools.pairwise(sizes)]
    dW = [np.zeros_like(w) for w in W]
    A = [X[:batch], *(np.zeros((batch, o), np.float32) for o in sizes[1:])]
    D = [np.zeros_like(a) for a in A[1:]]

    def run() -> None:
        for _ in range(steps):
            for a, w, z in zip(A, W, A[1:], strict=False):
                product(a, w.T, out=z)
            for layer in reversed(range(len(W))):
                product(D[layer].T, A[layer], out=dW[layer])
                if layer:
                    product(D[layer], W[layer], out=D[layer - 1])

    return run


def floor_matmul(X, labels, batch, hidden) -> Run:
    return floor(np.matmul, X, batch, hidden)


def floor_dot(X, labels, batch, hidden) -> Run:
    return floor(np.dot, X, batch, hidden)


def sklearn(X, labels, batch, hidden) -> Run:
    from sklearn.neural_network import MLPClassifier

    def run() -> None:
        MLPClassifier(
            hidden,
            solver="sgd",
            alpha=0,
            batch_size=batch,
            learning_rate_init=RATE,
            momentum=0,
            max_iter=EPOCHS,
            n_iter_no_change=EPOCHS + 1,
            random_state=0,
        ).fit(X, labels)

    return run


def torch_model(X, hidden):
    import torch

    torch.manual_seed(0)
    layers: list[torch.nn.Module] = []
    for n_in, n_out in itertools.pairwise((X.shape[1], *hidden)):
        layers += [torch.nn.Linear(n_in, n_out), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers, torch.nn.Linear(hidden[-1], 10))


def torch_run(X, labels, batch, loss, parameters) -> Run:
    import torch

    data, targets = torch.from_numpy(X), torch.from_numpy(labels)
    optimiser = torch.optim.SGD(parameters, lr=RATE)

    def run() -> None:
        for _ in range(EPOCHS):
            for rows in torch.randperm(len(data)).split(batch):
                optimiser.zero_grad()
                loss(data[rows], targets[rows]).backward()
                optimiser.step()

    return run


def torch_eager(X, labels, batch, hidden) -> Run:
    import torch

    model, cost = torch_model(X, hidden), torch.nn.CrossEntropyLoss()
    return torch_run(X, labels, batch, lambda x, t: cost(model(x), t), model.parameters())


def torch_compiled(X, labels, batch, hidden) -> Run:
    import torch

    torch._dynamo.reset()
    model, cost = torch_model(X, hidden), torch.nn.CrossEntropyLoss()
    loss = torch.compile(lambda x, t: cost(model(x), t), dynamic=False)
    return torch_run(X, labels, batch, loss, model.parameters())


def jax_parts(X, labels, batch, hidden):
    import jax
    import jax.numpy as jnp

    rng = np.random.default_rng(0)
    params = [
        (jnp.asarray(rng.normal(0, (2 / i) ** 0.5, (o, i)), jnp.float32), jnp.zeros(o))
        for i, o in itertools.pairwise((X.shape[1], *hidden, 10))
    ]

    def cost(params, x, t):
        for W, b in params[:-1]:
            x = jax.nn.relu(x @ W.T + b)
        W, b = params[-1]
        logq = jax.nn.log_softmax(x @ W.T + b)
        return -jnp.take_along_axis(logq, t[:, None], axis=1).mean()

    def step(params, rows):
        value, gradients = jax.value_and_grad(cost)(params, data[rows], targets[rows])
        return jax.tree.map(lambda p, g: p - RATE * g, params, gradients), value

    data, targets = jnp.asarray(X), jnp.asarray(labels)
    return params, step, rng


def jax_jit(X, labels, batch, hidden) -> Run:
    import jax

    params, step, rng = jax_parts(X, labels, batch, hidden)
    step = jax.jit(step, donate_argnums=0)

    def run() -> None:
        nonlocal params
        for _ in range(EPOCHS):
            for rows in rng.permutation(len(X)).reshape(-1, batch):
                params, _ = step(params, rows)
        jax.block_until_ready(params)

    return run


def jax_scan(X, labels, batch, hidden) -> Run:
    import jax

    params, step, rng = jax_parts(X, labels, batch, hidden)
    epoch = jax.jit(lambda params, order: jax.lax.scan(step, params, order), donate_argnums=0)

    def run() -> None:
        nonlocal params
        for _ in range(EPOCHS):
            params, _ = epoch(params, rng.permutation(len(X)).reshape(-1, batch))
        jax.block_until_ready(params)

    return run


def measure(batch: int, hidden: tuple[int, ...], rounds: int) -> dict[str, dict[str, float]]:
    """Return microseconds per step of every contestant, best and median."""
    steps = max(20, min(500, 4_000_000 // (batch * sum(hidden) + 2000)))
    rng = np.random.default_rng(0)
    X = rng.random((steps * batch, 784), dtype=np.float32)
    labels = rng.integers(0, 10, len(X))
    times: dict[str, list[float]] = {}
    runs = contestants(X, labels, batch, hidden)
    for run in runs.values():
        run()  # compiles, allocates, warms up
    for _ in range(rounds):
        for name, run in runs.items():
            time.sleep(0.02)  # the threads of the one before stop spinning
            start = time.perf_counter()
            run()
            times.setdefault(name, []).append(time.perf_counter() - start)
    per_step = 1e6 / (EPOCHS * steps)
    return {
        name: {"best": min(t) * per_step, "median": statistics.median(t) * per_step}
        for name, t in times.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", nargs="*", help="BATCHxHIDDEN, such as 10x30 or 64x128-64")
    parser.add_argument("--rounds", type=int, default=7)
    default_out = Path(__file__).parent / "results" / "train_step.json"
    parser.add_argument("--out", default=str(default_out), help='where to write; "" for nowhere')
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", category=UserWarning)  # sklearn: did not converge
    os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"  # no pool of compilers beside the others
    points = [(b, (h,)) for b in BATCHES for h in HIDDENS] + [THREE_LAYERS]
    if arguments.points:
        split = [point.split("x") for point in arguments.points]
        points = [(int(b), tuple(int(h) for h in hidden.split("-"))) for b, hidden in split]
    out = Path(arguments.out) if arguments.out else None
    results = {}
    if arguments.points and out and out.exists():  # measured again, the others kept
        stored = json.loads(out.read_text())["points"]
        results = {(point["batch"], tuple(point["hidden"])): point for point in stored}
    for batch, hidden in points:
        times = measure(batch, hidden, arguments.rounds)
        results[batch, hidden] = {
            "batch": batch,
            "hidden": hidden,
            **{
                kind: {name: round(t[kind], 1) for name, t in times.items()}
                for kind in ("best", "median")
            },
        }
        own = times["mlpkit"]["best"]
        ratios = "  ".join(f"{name} {t['best'] / own:.2f}" for name, t in times.items())
        print(f"{batch:4d} x {hidden}: {own:.0f} µs   others / mlpkit: {ratios}", flush=True)
        if out:
            out.parent.mkdir(exist_ok=True)
            report = {"machine": machine(), "epochs": EPOCHS, "points": list(results.values())}
            out.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
