"""sgd against a loop that anyone can check by eye, and each of its promises."""

import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from sklearn.datasets import load_digits
from threadpoolctl import threadpool_limits

from mlpkit import ACTIVATIONS, HEADS, MLP, one_hot, sgd
from mlpkit import training as module

RNG = np.random.default_rng(0)
X = RNG.normal(size=(23, 3))
TARGETS = {
    "softmax": one_hot(RNG.integers(0, 4, 23), 4),
    "sigmoid": (RNG.random((23, 4)) < 0.4).astype(float),
    "identity": RNG.normal(size=(23, 4)),
}
Y = TARGETS["softmax"]


def network(output="softmax", activation="tanh", **options) -> MLP:
    return MLP([3, 5, 6, 4], output=output, activation=activation, rng=1, **options)


def plain_sgd(net, X, Y, *, epochs, batch_size, learning_rate, l2=0.0, momentum=0.0, rng):
    """The algorithm as the book prints it."""
    rng = np.random.default_rng(rng)
    velocity = [np.zeros_like(p) for p in (*net.weights, *net.biases)]
    losses, step, n = [], 0, len(X)
    for _ in range(epochs):
        order = rng.permutation(n) if batch_size < n else np.arange(n)
        total = 0.0
        for start in range(0, n, batch_size):
            rows = order[start : start + batch_size]
            total += net.loss(X[rows], Y[rows]) * len(rows)
            gradients = net.gradients(X[rows], Y[rows], l2, n_samples=n)
            for p, v, g in zip(
                (*net.weights, *net.biases),
                velocity,
                (*gradients.weights, *gradients.biases),
                strict=True,
            ):
                v[:] = momentum * v + learning_rate(step) * g
                p -= v
            step += 1
        losses.append(total / n)
    return losses


@pytest.mark.parametrize("output", HEADS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("batch_size", [1, 8, 23])
def test_every_kind_of_descent_is_the_plain_one(activation, output, batch_size):
    settings = {"epochs": 3, "batch_size": batch_size, "l2": 0.3, "momentum": 0.8, "rng": 4}

    def rate(step):
        return 0.05 / (1 + step)

    ours, plain = network(output, activation), network(output, activation)
    history = sgd(ours, X, TARGETS[output], learning_rate=rate, **settings)
    losses = plain_sgd(plain, X, TARGETS[output], learning_rate=rate, **settings)
    np.testing.assert_allclose(ours.parameters, plain.parameters, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(history.train_loss, losses, rtol=1e-12)
    steps = -(-23 // batch_size) * 3
    np.testing.assert_allclose(history.learning_rate[-1], rate(steps - 1))
    assert len(history.learning_rate) == 3


def test_defaults_are_mini_batches_of_32_at_a_rate_of_a_tenth():
    X, Y = np.vstack([globals()["X"]] * 3), np.vstack([globals()["Y"]] * 3)
    ours, plain = network(), network()
    history = sgd(ours, X, Y, epochs=2, rng=4)
    plain_sgd(plain, X, Y, epochs=2, batch_size=32, learning_rate=lambda step: 0.1, rng=4)
    np.testing.assert_allclose(ours.parameters, plain.parameters, rtol=1e-12, atol=1e-14)
    assert history.learning_rate == [0.1, 0.1]
    assert history.validation_loss == history.validation_accuracy == []


def test_full_batch_needs_no_shuffling():
    first, second, third = network(), network(), network()
    sgd(first, X, Y, epochs=4, batch_size=None, rng=1)
    sgd(second, X, Y, epochs=4, batch_size=None, rng=2)
    sgd(third, X, Y, epochs=4, batch_size=1000, rng=3)
    np.testing.assert_array_equal(first.parameters, second.parameters)
    np.testing.assert_array_equal(first.parameters, third.parameters)


@pytest.mark.parametrize("output", HEADS)
def test_the_mean_loss_of_many_samples_is_added_up_in_chunks(output, monkeypatch):
    def losses():
        net = network(output)
        return sgd(net, X, TARGETS[output], epochs=2, batch_size=8, rng=0).train_loss

    whole = losses()
    monkeypatch.setattr(module, "CHUNK", 5)
    np.testing.assert_allclose(losses(), whole, rtol=1e-13)


def test_the_same_seed_gives_the_same_network():
    nets = [network() for _ in range(3)]
    histories = [
        sgd(net, X, Y, epochs=3, batch_size=4, rng=seed)
        for net, seed in zip(nets, (7, 7, 8), strict=True)
    ]
    np.testing.assert_array_equal(nets[0].parameters, nets[1].parameters)
    assert histories[0] == histories[1] != histories[2]
    assert (nets[0].parameters != nets[2].parameters).all()


def test_a_generator_continues_where_it_stands():
    rng, ours, plain = np.random.default_rng(7), network(), network()
    sgd(ours, X, Y, epochs=2, batch_size=4, rng=rng)
    sgd(ours, X, Y, epochs=1, batch_size=4, rng=rng)
    sgd(plain, X, Y, epochs=3, batch_size=4, rng=7)
    np.testing.assert_array_equal(ours.parameters, plain.parameters)


def test_each_epoch_sees_each_sample_once_in_a_new_order(monkeypatch):
    seen = []
    original = module._batches

    def spy(X, Y, order, batch_size):
        for rows, X_batch, Y_batch in original(X, Y, order, batch_size):
            seen.append(X_batch.copy())
            yield rows, X_batch, Y_batch

    monkeypatch.setattr(module, "_batches", spy)
    sgd(network(), X, Y, epochs=2, batch_size=8, rng=0)
    assert [len(batch) for batch in seen] == [8, 8, 7, 8, 8, 7]
    first, second = np.vstack(seen[:3]), np.vstack(seen[3:])
    assert (first != second).any()
    for epoch in (first, second):
        np.testing.assert_array_equal(np.sort(epoch, axis=0), np.sort(X, axis=0))


def test_the_penalty_spares_the_biases_and_does_not_change_with_the_batch():
    """With a loss that pulls at nothing, only the weights shrink, by 1 − ηλ/N a step."""
    net = MLP([2, 2], output="identity", rng=0)
    net.biases[0][:] = 3
    X, Y = np.zeros((10, 2)), np.full((10, 2), 3.0)
    before = net.weights[0].copy()
    sgd(net, X, Y, epochs=1, batch_size=2, learning_rate=0.5, l2=4.0, rng=0)
    np.testing.assert_allclose(net.weights[0], before * (1 - 0.5 * 4 / 10) ** 5)
    np.testing.assert_array_equal(net.biases[0], 3)


def test_validation_figures_are_taken_after_the_epoch():
    net = network()
    history = sgd(net, X, Y, epochs=2, rng=0, validation=(X[:9], Y[:9]), l2=5.0)
    assert len(history.validation_loss) == len(history.validation_accuracy) == 2
    assert history.validation_loss[-1] == net.loss(X[:9], Y[:9])
    right = (net.predict(X[:9]) == Y[:9].argmax(axis=1)).mean()
    assert history.validation_accuracy[-1] == right
    assert type(history.validation_accuracy[-1]) is float


def test_validation_accuracy_of_labels_is_a_share_of_labels():
    net, Y = network("sigmoid"), TARGETS["sigmoid"]
    history = sgd(net, X, Y, epochs=1, rng=0, validation=(X, Y))
    assert history.validation_accuracy == [(net.predict(X) == Y).mean()]


def test_values_have_no_accuracy():
    net, Y = network("identity"), TARGETS["identity"]
    history = sgd(net, X, Y, epochs=2, rng=0, validation=(X, Y))
    assert history.validation_accuracy == [] and len(history.validation_loss) == 2


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_stays(dtype):
    net = network(dtype=dtype)
    history = sgd(net, X, Y, epochs=1, batch_size=5, momentum=0.5, l2=1, rng=0)
    assert net.parameters.dtype == dtype
    assert {type(v) for v in (*history.train_loss, *history.learning_rate)} == {float}


def test_the_data_are_left_alone():
    X0, Y0 = X.copy(), Y.copy()
    sgd(network(), X, Y, epochs=2, batch_size=None, rng=0)
    sgd(network(), X, Y, epochs=2, batch_size=4, rng=0)
    np.testing.assert_array_equal(X, X0)
    np.testing.assert_array_equal(Y, Y0)


@pytest.mark.parametrize("batch_size", [4, None])
def test_a_loss_that_is_not_finite_stops_the_run_and_says_what_to_try(batch_size):
    net = MLP([3, 20, 4], output="identity", activation="relu", rng=0)
    with pytest.raises(FloatingPointError, match=r"in epoch \d+: try a smaller learning_rate"):
        sgd(
            net,
            X,
            TARGETS["identity"],
            epochs=200,
            batch_size=batch_size,
            learning_rate=50.0,
            rng=0,
        )


def test_a_last_step_that_overflows_is_noticed_too():
    net = MLP([1, 1], output="identity", rng=0)
    with pytest.raises(FloatingPointError) as caught:
        sgd(net, [[1e200]], [[0.0]], epochs=1, learning_rate=1e200, rng=0)
    assert str(caught.value) == (
        "the loss stopped being finite in epoch 1: try a smaller learning_rate, less momentum, "
        "smaller first weights, or inputs scaled to about ±1"
    )


def test_progress_shows_epochs_and_loss(capsys):
    history = sgd(network(), X, Y, epochs=3, rng=0, progress=True)
    shown = capsys.readouterr().err
    assert "3/3" in shown and "epoch/s" in shown
    assert f"loss={history.train_loss[-1]:.4f}" in shown
    sgd(network(), X, Y, epochs=3, rng=0)
    assert capsys.readouterr().err == ""


def test_tqdm_is_needed_only_for_progress():
    code = (
        "import sys; sys.modules['tqdm'] = None\n"
        "import mlpkit\n"
        "net = mlpkit.MLP([1, 2], rng=0)\n"
        "mlpkit.sgd(net, [[1.0]], [[1, 0]], epochs=1, rng=0)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_memory_does_not_grow_with_the_samples():
    """Beside the data, whose size is known: fewer than 64 MB more for 60 times the samples."""

    def peak(n):
        X, Y = np.zeros((n, 784), np.float32), np.zeros((n, 10), np.float32)
        Y[:, 0] = 1
        net = MLP([784, 5, 10], rng=0, dtype=np.float32)
        tracemalloc.start()
        with threadpool_limits(1):  # threads gain nothing here and lose much on a busy machine
            sgd(net, X, Y, epochs=1, batch_size=512, rng=0, validation=(X, Y))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(60_000) - peak(1_000) < 64e6


def test_it_learns_digits():
    """The reference run of the book: at least 97 % of 397 digits never seen."""
    digits = load_digits()
    X, Y = digits.data / 16, one_hot(digits.target, 10)
    net = MLP([64, 32, 32, 10], rng=0)
    order = np.random.default_rng(0).permutation(len(X))
    train, test = order[:1400], order[1400:]
    history = sgd(net, X[train], Y[train], epochs=40, learning_rate=0.5, rng=0)
    assert history.train_loss[-1] < 0.01 < 1 < history.train_loss[0]
    assert (net.predict(X[test]) == digits.target[test]).mean() > 0.97
