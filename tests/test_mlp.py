"""MLP: gradients against four oracles, initial weights, predictions, the file it saves to."""

import copy
import itertools
import os
import pickle
import zipfile

import mpmath
import numpy as np
import pytest
import sympy as sp

from mlpkit import ACTIVATIONS, HEADS, MLP, complex_step_gradient
from mlpkit import mlp as module

N, D, C = 5, 3, 4
RNG = np.random.default_rng(0)
X = RNG.normal(size=(N, D))
TARGETS = {
    "softmax": RNG.dirichlet(np.ones(C), N),
    "sigmoid": RNG.random((N, C)),
    "identity": RNG.normal(size=(N, C)),
}
EVERY = list(itertools.product(ACTIVATIONS, HEADS, range(1, 7), (0.0, 0.7)))


def network(activation="tanh", output="softmax", depth=3, **options) -> MLP:
    """A network whose biases are not zero, with `depth` weight matrices."""
    sizes = [D, *(4 + layer % 3 for layer in range(depth - 1)), C]
    net = MLP(sizes, activation=activation, output=output, rng=1, init=0.6, **options)
    for b in net.biases:
        b[:] = np.random.default_rng(2).normal(0, 0.3, b.shape)
    return net


def flat(gradients) -> np.ndarray:
    return np.concatenate([g.ravel() for g in (*gradients.weights, *gradients.biases)])


# ---- gradients


@pytest.mark.parametrize("activation, output, depth, l2", EVERY)
def test_gradients_are_the_complex_step(activation, output, depth, l2):
    net, probe = network(activation, output, depth), network(activation, output, depth)
    Y = TARGETS[output]

    def loss(parameters):
        probe.parameters = parameters
        return probe.loss(X, Y, l2)

    truth = complex_step_gradient(loss, net.parameters)
    error = np.abs(flat(net.gradients(X, Y, l2)) - truth).max()
    assert error <= 1e-12 * np.abs(truth).max()


@pytest.mark.parametrize("activation, output, depth, l2", EVERY)
def test_gradients_are_pytorchs(activation, output, depth, l2):
    torch = pytest.importorskip("torch")
    F = torch.nn.functional
    net, y = network(activation, output, depth), torch.tensor(TARGETS[output])
    weights = [torch.tensor(W, requires_grad=True) for W in net.weights]
    biases = [torch.tensor(b, requires_grad=True) for b in net.biases]
    phi = {
        "identity": lambda z: z,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
    }[activation]
    z = torch.tensor(X)
    for layer, (W, b) in enumerate(zip(weights, biases, strict=True)):
        z = F.linear(phi(z) if layer else z, W, b)
    cost = {
        "softmax": lambda: F.cross_entropy(z, y),
        "sigmoid": lambda: F.binary_cross_entropy_with_logits(z, y, reduction="sum") / N,
        "identity": lambda: F.mse_loss(z, y, reduction="sum") / (2 * N),
    }[output]()
    cost = cost + l2 / (2 * N) * sum((W**2).sum() for W in weights)
    cost.backward()
    assert net.loss(X, TARGETS[output], l2) == pytest.approx(cost.item(), rel=1e-12)
    truth = torch.cat([p.grad.ravel() for p in (*weights, *biases)]).numpy()
    error = np.abs(flat(net.gradients(X, TARGETS[output], l2)) - truth).max()
    assert error <= 1e-12 * np.abs(truth).max()


SYMBOLIC = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + sp.exp(-z)),
    "tanh": sp.tanh,
    "relu": lambda z: sp.Piecewise((z, z > 0), (0, True)),
}


@pytest.mark.parametrize("output", HEADS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_are_sympys(activation, output):
    """The textbook formula of J, differentiated exactly, evaluated with 30 digits."""
    net = MLP([2, 2, 2], activation=activation, output=output, rng=0, init=1.0)
    theta = sp.symbols(f"t:{net.parameters.size}", real=True)
    layers = net.split(np.array(theta, dtype=object))
    points = [(sp.Rational(1, 3), sp.Rational(-5, 4)), (sp.Rational(7, 5), sp.Rational(1, 2))]
    targets = [(1, 0), (sp.Rational(1, 4), sp.Rational(3, 4))]
    lam, J = sp.Rational(2, 5), 0
    for x, y in zip(points, targets, strict=True):
        hidden = [SYMBOLIC[activation](z) for z in layers.weights[0] @ x + layers.biases[0]]
        z = layers.weights[1] @ hidden + layers.biases[1]
        if output == "softmax":
            terms = [
                -t * sp.log(sp.exp(z_k) / sum(map(sp.exp, z))) for t, z_k in zip(y, z, strict=True)
            ]
        elif output == "sigmoid":
            q = [1 / (1 + sp.exp(-z_k)) for z_k in z]
            terms = [-t * sp.log(a) - (1 - t) * sp.log(1 - a) for t, a in zip(y, q, strict=True)]
        else:
            terms = [(z_k - t) ** 2 / 2 for t, z_k in zip(y, z, strict=True)]
        J += sum(terms) / 2
    J += lam / 4 * sum(w**2 for W in layers.weights for w in W.ravel())
    with mpmath.workdps(40):
        exact = sp.lambdify(theta, [J, *(sp.diff(J, t) for t in theta)], "mpmath", cse=True)
        loss, *truth = (float(v) for v in exact(*map(mpmath.mpf, net.parameters.tolist())))
    X, Y = np.array(points, float), np.array(targets, float)
    assert net.loss(X, Y, 0.4) == pytest.approx(loss, rel=4e-15)
    np.testing.assert_allclose(flat(net.gradients(X, Y, 0.4)), truth, rtol=1e-13, atol=1e-15)


def test_penalty_counts_the_samples_it_is_told():
    net, Y = network(), TARGETS["softmax"]
    squares = sum((W**2).sum() for W in net.weights)
    assert net.loss(X, Y, 3.0) - net.loss(X, Y) == pytest.approx(3 / (2 * N) * squares)
    assert net.loss(X, Y, 3.0, 50) - net.loss(X, Y) == pytest.approx(3 / 100 * squares)
    plain, told = net.gradients(X, Y), net.gradients(X, Y, 3.0, 50)
    for W, without, with_penalty in zip(net.weights, plain.weights, told.weights, strict=True):
        np.testing.assert_allclose(with_penalty - without, 3 / 50 * W, rtol=1e-12, atol=1e-16)
    for without, with_penalty in zip(plain.biases, told.biases, strict=True):
        np.testing.assert_array_equal(with_penalty, without)


def test_gradients_have_the_shapes_of_their_parameters_and_live_apart():
    net = network()
    gradients = net.gradients(X, TARGETS["softmax"])
    assert [g.shape for g in gradients.weights] == [W.shape for W in net.weights]
    assert [g.shape for g in gradients.biases] == [b.shape for b in net.biases]
    again = net.gradients(X + 1, TARGETS["softmax"])
    assert not np.shares_memory(gradients.weights[0], again.weights[0])
    assert not np.shares_memory(gradients.weights[0], net.parameters)


def test_relus_derivative_at_zero_is_zero():
    """Every pre-activation is 0: only the output bias has a gradient."""
    net = MLP([1, 3, 2], activation="relu", rng=0)
    gradients = net.gradients([[0.0]], [[1, 0]])
    np.testing.assert_allclose(gradients.biases[1], [-0.5, 0.5])
    assert not any(g.any() for g in (*gradients.weights, gradients.biases[0]))


# ---- forward and teaching views


@pytest.mark.parametrize("output", HEADS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_and_deltas_of_single_samples(activation, output):
    net, Y = network(activation, output), TARGETS[output]
    A = net.activations(X)
    np.testing.assert_array_equal(A[0], X)
    for a, W, b, below in zip(A[1:-1], net.weights, net.biases, A, strict=False):
        np.testing.assert_allclose(a, ACTIVATIONS[activation].function(below @ W.T + b))
    np.testing.assert_allclose(net.logits(X), A[-2] @ net.weights[-1].T + net.biases[-1])
    np.testing.assert_array_equal(A[-1], net.predict_proba(X))
    D = net.deltas(X, Y)
    assert [d.shape for d in D] == [(N, size) for size in net.sizes[1:]]
    np.testing.assert_allclose(D[-1], A[-1] - Y, atol=1e-15)
    for gradient, d, a in zip(net.gradients(X, Y).weights, D, A, strict=False):
        np.testing.assert_allclose(gradient, d.T @ a / N, atol=1e-15)
    for i in range(N):
        for d, single in zip(D, net.deltas(X[i : i + 1], Y[i : i + 1]), strict=True):
            np.testing.assert_allclose(d[i], single[0], atol=1e-15)


def test_predict_for_each_output():
    net = network(output="softmax")
    np.testing.assert_array_equal(net.predict(X), net.predict_proba(X).argmax(axis=1))
    net = network(output="sigmoid")
    labels = net.predict(X)
    np.testing.assert_array_equal(labels, net.predict_proba(X) >= 0.5)
    assert labels.dtype == np.int64 and 0 < labels.mean() < 1
    net = network(output="identity")
    np.testing.assert_array_equal(net.predict(X), net.logits(X))


def test_a_probability_of_one_half_counts_as_a_label():
    net = MLP([1, 1], output="sigmoid", init=0, rng=0)
    assert net.predict([[3.0]]).tolist() == [[1]]


def test_many_rows_go_forward_in_chunks(monkeypatch):
    net = network()
    whole = net.logits(np.vstack([X] * 5))
    monkeypatch.setattr(module, "CHUNK", 4)
    np.testing.assert_allclose(net.logits(np.vstack([X] * 5)), whole, rtol=1e-14)


# ---- construction


@pytest.mark.parametrize(
    "init, std",
    [
        ("he", (2 / 400) ** 0.5),
        ("glorot", (2 / 700) ** 0.5),
        ("lecun", (1 / 400) ** 0.5),
        (0.3, 0.3),
    ],
)
def test_scales_of_the_weights(init, std):
    (W,) = MLP([400, 300], init=init, rng=0).weights
    assert W.std() == pytest.approx(std, rel=0.01)
    assert abs(W.mean()) < 4 * std / W.size**0.5


@pytest.mark.parametrize(
    "activation, init",
    [("relu", "he"), ("tanh", "glorot"), ("sigmoid", "glorot"), ("identity", "lecun")],
)
def test_default_scale_goes_with_the_activation(activation, init):
    default = MLP([3, 4, 2], activation=activation, rng=0)
    named = MLP([3, 4, 2], activation=activation, rng=0, init=init)
    np.testing.assert_array_equal(default.parameters, named.parameters)


def test_the_seed_decides_and_breaks_the_symmetry():
    first, second, other = (MLP([3, 4, 2], rng=seed).parameters for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, second)
    assert (first[:20] != other[:20]).all()
    assert len(np.unique(first[:20])) == 20
    assert not first[20:].any()  # biases
    generator = np.random.default_rng(5)
    np.testing.assert_array_equal(MLP([3, 4, 2], rng=generator).parameters, first)
    assert (MLP([3, 4, 2], rng=generator).parameters != first).any()


def test_defaults():
    net = MLP([3, 2], rng=0)
    assert (net.activation, net.output, net.dtype) == ("tanh", "softmax", np.float64)
    assert net.sizes == (3, 2)
    assert repr(MLP([784, 30, 10], rng=0)) == "MLP(784-30-10, tanh, softmax, float64)"


@pytest.mark.parametrize("dtype", [np.float32, np.float64, "float32", "float64"])
def test_dtype_is_kept_everywhere(dtype):
    net = MLP([D, 4, C], rng=0, dtype=dtype)
    Y = TARGETS["softmax"]
    gradients = net.gradients(X, Y, 0.5)
    arrays = [*net.weights, *net.biases, *gradients.weights, *gradients.biases]
    arrays += [net.logits(X), net.predict_proba(X), *net.activations(X), *net.deltas(X, Y)]
    assert {a.dtype for a in arrays} == {np.dtype(dtype)} == {net.dtype}
    assert type(net.loss(X, Y, 0.5)) is float


def test_float32_gradients_are_close_to_float64():
    net, single = network(), network(dtype=np.float32)
    Y = TARGETS["softmax"]
    np.testing.assert_allclose(flat(single.gradients(X, Y)), flat(net.gradients(X, Y)), atol=1e-6)


def test_weights_are_views_and_cannot_be_rebound():
    net = network()
    net.weights[1][:] = 7
    net.biases[0][2] = 5
    assert (net.parameters == 7).sum() == net.weights[1].size
    assert (net.parameters == 5).sum() == 1
    with pytest.raises(TypeError):
        net.weights[0] = np.zeros_like(net.weights[0])
    with pytest.raises(AttributeError):
        net.weights = []


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_copies_are_whole_and_apart(copied):
    net = network()
    twin = copied(net)
    twin.weights[0][:] = 0
    assert net.weights[0].all()
    assert not twin.logits(np.zeros((1, D))).any() or twin.biases[0].any()
    np.testing.assert_array_equal(twin.parameters[: net.weights[0].size], 0)


# ---- file


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_saved_network_comes_back(tmp_path, dtype):
    net = network("relu", "sigmoid", dtype=dtype)
    net.save(tmp_path / "net.npz")
    back = MLP.load(str(tmp_path / "net.npz"))
    assert (back.sizes, back.activation, back.output, back.dtype) == (
        net.sizes,
        "relu",
        "sigmoid",
        dtype,
    )
    np.testing.assert_array_equal(back.parameters, net.parameters)
    assert [p.name for p in tmp_path.iterdir()] == ["net.npz"]  # nothing half-written left


def test_the_file_names_its_version_and_needs_no_pickle(tmp_path):
    network().save(tmp_path / "net.npz")
    with np.load(tmp_path / "net.npz", allow_pickle=False) as file:
        assert sorted(file.files) == ["activation", "format", "output", "parameters", "sizes"]
        assert file["format"] == "mlpkit.MLP 1"


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "net.npz"
    network().save(path)
    before = path.read_bytes()

    def full_disk(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(ValueError, match="No space left on device"):
        network("relu").save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_file_is_refused_wherever_it_is_cut(tmp_path):
    path = tmp_path / "net.npz"
    network().save(path)
    whole = path.read_bytes()
    for end in range(0, len(whole), 97):
        path.write_bytes(whole[:end])
        with pytest.raises(ValueError, match="path must be a whole file of"):
            MLP.load(path)


def test_an_altered_number_is_refused(tmp_path):
    path = tmp_path / "net.npz"
    network().save(path)
    whole = bytearray(path.read_bytes())
    place = whole.find(network().parameters[:1].tobytes())
    whole[place] ^= 1
    path.write_bytes(whole)
    with pytest.raises(ValueError, match="path must be a whole file of"):
        MLP.load(path)


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        MLP.load(tmp_path / "none.npz")


@pytest.mark.parametrize(
    "change",
    [
        {"format": "mlpkit.MLP 2"},
        {"parameters": np.zeros(1)},
        {"parameters": np.zeros(5, dtype=np.int64)},
        {"activation": "gelu"},
        {"sizes": np.array([3.0, 4.0])},
    ],
)
def test_another_content_is_refused(tmp_path, change):
    path = tmp_path / "net.npz"
    network().save(path)
    with np.load(path) as file:
        content = dict(file) | change
    np.savez(path, **content)
    with pytest.raises(ValueError, match="path must be a whole file of"):
        MLP.load(path)


@pytest.mark.parametrize(
    "change, cause",
    [({"format": "mlpkit.MLP 2"}, "format mlpkit.MLP 2"), ({"parameters": [1.0]}, "1 parameters")],
)
def test_the_cause_of_a_refusal_is_kept(tmp_path, change, cause):
    path = tmp_path / "net.npz"
    network().save(path)
    with np.load(path) as file:
        np.savez(path, **dict(file) | change)
    with pytest.raises(ValueError) as caught:
        MLP.load(path)
    assert str(caught.value.__cause__) == cause


class Trap:
    """An object whose pickle makes a folder when it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_a_pickle_inside_is_not_run(tmp_path):
    path, sprung = tmp_path / "net.npz", tmp_path / "sprung"
    network().save(path)
    with np.load(path) as file:
        np.savez(path, **dict(file) | {"format": np.array([Trap(str(sprung))], dtype=object)})
    with pytest.raises(ValueError, match="path must be a whole file of"):
        MLP.load(path)
    assert not sprung.exists()


def test_a_foreign_archive_is_refused(tmp_path):
    path = tmp_path / "other.npz"
    np.savez(path, a=np.ones(3))
    with pytest.raises(ValueError, match="path must be a whole file of"):
        MLP.load(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(ValueError, match="path must be a whole file of"):
        MLP.load(path)
    np.save(tmp_path / "array.npy", np.ones(3))
    with pytest.raises(ValueError, match="path must be a whole file of"):
        MLP.load(tmp_path / "array.npy")


def test_the_penalty_of_float32_weights_is_summed_in_double_precision():
    net = MLP([784, 30, 10], rng=0, dtype=np.float32)
    X, Y = np.zeros((1, 784)), np.eye(10)[:1]
    squares = sum(np.square(W.astype(np.float64)).sum() for W in net.weights)
    assert np.isclose(net.loss(X, Y, l2=2e6) - net.loss(X, Y), 1e6 * squares, rtol=1e-12)


def test_samples_and_targets_are_taken_in_the_network_s_dtype():
    net = MLP([2, 3], rng=0, dtype=np.float32)
    X, Y = net.check(np.zeros((1, 2)), np.eye(3)[:1])
    assert (X.dtype, Y.dtype) == (np.float32, np.float32)
