"""Wrong calls and the exact words they are answered with: the argument, what came, what was
expected. A row is a call and its ValueError's message.
"""

import gzip
import hashlib
import tempfile
from pathlib import Path

import numpy as np
import pytest

import mlpkit as m
from mlpkit import plots
from mlpkit.datasets import load_mnist
from mlpkit.estimator import MLPClassifier
from mlpkit.graph import Node
from mlpkit.picture import to_svg

NAN, INF = float("nan"), float("inf")
X, Y = np.zeros((4, 3)), np.eye(2)[[0, 1, 0, 1]]
NET = m.MLP([3, 2], rng=0)
LABELS = m.MLP([3, 2], output="sigmoid", rng=0)


def mlp(**changes):
    return m.MLP(**{"sizes": [3, 2], "rng": 0} | changes)


def train(X=X, Y=Y, **changes):
    return m.sgd(m.MLP([3, 2], rng=0), X, Y, **{"epochs": 1, "rng": 0} | changes)


def zeros(points):
    return np.zeros(len(points))


def mnist_that_starts_with(packed):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "train-images-idx3-ubyte.gz").write_bytes(packed)
        return load_mnist(folder)


def fit(**changes):
    return MLPClassifier(**{"epochs": 1} | changes).fit(X, [0, 1, 0, 1])


ROWS = {
    # encoding
    "float labels": (
        lambda: m.one_hot([0.0, 1.0], 2),
        "labels must be integers, got dtype float64",
    ),
    "bool labels": (lambda: m.one_hot([True, False], 2), "labels must be integers, got dtype bool"),
    "text labels": (lambda: m.one_hot(["cat", "dog"], 2), "labels must be integers, got dtype <U3"),
    "label too large": (
        lambda: m.one_hot([0, 1, 2], 2),
        "labels must lie in 0…1, got 2 at index 2",
    ),
    "label negative": (lambda: m.one_hot([0, -1], 2), "labels must lie in 0…1, got -1 at index 1"),
    "labels in a column": (
        lambda: m.one_hot([[0], [1]], 2),
        "labels must have shape (n,), got shape (2, 1)",
    ),
    "no labels": (lambda: m.one_hot([], 2), "labels must not be empty, got shape (0,)"),
    "no classes": (lambda: m.one_hot([0], 0), "n_classes must be an integer of at least 1, got 0"),
    "float class count": (
        lambda: m.one_hot([0], 2.0),
        "n_classes must be an integer of at least 1, got 2.0",
    ),
    "ragged one-hot": (
        lambda: m.from_one_hot([[1, 0], [1]]),
        "Y must be an array, got rows of different lengths",
    ),
    "two ones in a row": (
        lambda: m.from_one_hot([[1, 0], [1, 1]]),
        "Y must have exactly one 1 in each row, got 2 in row 1",
    ),
    "probabilities for one-hot": (
        lambda: m.from_one_hot([[0.9, 0.1]]),
        "Y must hold only 0 and 1, got 0.9 at index (0, 0)",
    ),
    "one-hot of one dimension": (
        lambda: m.from_one_hot([1, 0]),
        "Y must have 2 dimensions, got shape (2,)",
    ),
    "label set out of range": (
        lambda: m.multi_hot([{0}, {0, 5}], 3),
        "label_sets[1] must lie in 0…2, got 5 at index 1",
    ),
    "float in a label set": (
        lambda: m.multi_hot([{0.5}], 3),
        "label_sets[0] must be integers, got dtype float64",
    ),
    "labels instead of sets": (
        lambda: m.multi_hot([0, 1], 3),
        "label_sets must hold sets of labels, got [0, 1]",
    ),
    "multi-hot with no classes": (
        lambda: m.multi_hot([{0}], 0),
        "n_classes must be an integer of at least 1, got 0",
    ),
    "no label sets": (lambda: m.multi_hot([], 3), "label_sets must not be empty, got no set"),
    "two in multi-hot": (
        lambda: m.from_multi_hot([[0, 2]]),
        "Y must hold only 0 and 1, got 2 at index (0, 1)",
    ),
    # activations
    "sigmoid of NaN": (lambda: m.sigmoid([0.0, NAN]), "z must be finite, got nan at index (1,)"),
    "relu of infinity": (
        lambda: m.relu(np.array([[1.0, -INF]])),
        "z must be finite, got -inf at index (0, 1)",
    ),
    "tanh of text": (lambda: m.tanh("one"), "z must hold numbers, got dtype <U3"),
    "softmax of nothing": (lambda: m.softmax([]), "logits must not be empty, got shape (0,)"),
    "softmax of NaN": (
        lambda: m.softmax([[1.0, 2.0], [NAN, 0.0]]),
        "logits must be finite, got nan at index (1, 0)",
    ),
    "softmax of a number": (
        lambda: m.softmax(1.0),
        "axis must be an axis of logits, got -1 for shape ()",
    ),
    "softmax along no axis": (
        lambda: m.softmax([[1.0, 2.0]], axis=2),
        "axis must be an axis of logits, got 2 for shape (1, 2)",
    ),
    "log-softmax of infinity": (
        lambda: m.log_softmax([1.0, INF]),
        "logits must be finite, got inf at index (1,)",
    ),
    # information
    "unknown unit": (
        lambda: m.entropy([0.5, 0.5], unit="hartleys"),
        "unit must be one of 'nats', 'bits', got 'hartleys'",
    ),
    "unknown unit of KL": (
        lambda: m.kl_divergence([0.5, 0.5], [0.5, 0.5], unit="digits"),
        "unit must be one of 'nats', 'bits', got 'digits'",
    ),
    "complex step from NaN": (
        lambda: m.complex_step_gradient(sum, [NAN]),
        "x must be finite, got nan at index (0,)",
    ),
    "probability that is NaN": (
        lambda: m.entropy([0.5, NAN]),
        "p must be finite, got nan at index (1,)",
    ),
    "predicted probability that is infinite": (
        lambda: m.kl_divergence([0.5, 0.5], [INF, 0.5]),
        "q must be finite, got inf at index (0,)",
    ),
    "negative probability": (lambda: m.entropy([1.5, -0.5]), "p must not be negative, got -0.5"),
    "probabilities that sum to 0.9": (
        lambda: m.entropy([0.5, 0.4]),
        "p must sum to 1 along its last axis, got 0.9",
    ),
    "logits for a distribution": (
        lambda: m.cross_entropy([1, 0], [2.0, 1.0]),
        "q must sum to 1 along its last axis, got 3",
    ),
    "different class counts": (
        lambda: m.kl_divergence([1, 0], [0.5, 0.25, 0.25]),
        "p and q must have shapes that agree, got (2,), (3,)",
    ),
    "one class against three": (
        lambda: m.kl_divergence([1.0], [0.5, 0.25, 0.25]),
        "p and q must have as many classes, got (1,), (3,)",
    ),
    "different sample counts": (
        lambda: m.kl_divergence(np.full((2, 2), 0.5), np.full((3, 2), 0.5)),
        "p and q must have shapes that agree, got (2, 2), (3, 2)",
    ),
    "a number for a distribution": (
        lambda: m.entropy(1.0),
        "p must have shape (…, C), got a single number",
    ),
    # losses
    "targets of another width": (
        lambda: m.SoftmaxCrossEntropy.loss([[1.0, 2.0]], [[1, 0, 0]]),
        "Y must have shape (n, 2), got shape (1, 3)",
    ),
    "targets of another length": (
        lambda: m.SquaredError.loss([[1.0]], [[1.0], [2.0]]),
        "Y must have as many rows as logits, 1, got 2",
    ),
    "multi-hot targets for softmax": (
        lambda: m.SoftmaxCrossEntropy.delta([[1.0, 2.0]], [[1, 1]]),
        "Y must hold a distribution in each row for softmax, got sum 2 and least entry 1 in row 0",
    ),
    "negative targets for softmax": (
        lambda: m.SoftmaxCrossEntropy.loss([[0.0, 0.0]], [[2, -1]]),
        "Y must hold a distribution in each row for softmax, got sum 1 and least entry -1 in row 0",
    ),
    "a wrong row after a right one": (
        lambda: m.SoftmaxCrossEntropy.loss([[0.0, 0.0]] * 2, [[1, 0], [2, -1]]),
        "Y must hold a distribution in each row for softmax, got sum 1 and least entry -1 in row 1",
    ),
    "logits without rows": (
        lambda: m.SigmoidCrossEntropy.predict_proba([1.0, 2.0]),
        "logits must have 2 dimensions, got shape (2,)",
    ),
    "target above 1 for sigmoid": (
        lambda: m.SigmoidCrossEntropy.loss([[0.0]], [[1.5]]),
        "Y must lie between 0 and 1 for sigmoid, got 1.5 to 1.5",
    ),
    "logits of one sample without a row": (
        lambda: m.SoftmaxCrossEntropy.loss([1.0, 2.0], [1, 0]),
        "logits must have 2 dimensions, got shape (2,)",
    ),
    "NaN among the logits": (
        lambda: m.SigmoidCrossEntropy.delta([[NAN]], [[1]]),
        "logits must be finite, got nan at index (0, 0)",
    ),
    "NaN among the targets": (
        lambda: m.SquaredError.delta([[1.0]], [[NAN]]),
        "Y must be finite, got nan at index (0, 0)",
    ),
    # network
    "one layer size": (lambda: mlp(sizes=[3]), "sizes must list two or more layer widths, got [3]"),
    "a number for sizes": (lambda: mlp(sizes=3), "sizes must list two or more layer widths, got 3"),
    "a layer of no neurons": (
        lambda: mlp(sizes=[3, 0, 2]),
        "sizes[1] must be an integer of at least 1, got 0",
    ),
    "half a neuron": (
        lambda: mlp(sizes=[3, 2.5]),
        "sizes[1] must be an integer of at least 1, got 2.5",
    ),
    "unknown activation": (
        lambda: mlp(activation="gelu"),
        "activation must be one of 'identity', 'sigmoid', 'tanh', 'relu', got 'gelu'",
    ),
    "a number for activation": (
        lambda: mlp(activation=1),
        "activation must be one of 'identity', 'sigmoid', 'tanh', 'relu', got 1",
    ),
    "unknown output": (
        lambda: mlp(output="linear"),
        "output must be one of 'softmax', 'sigmoid', 'identity', got 'linear'",
    ),
    "unknown init": (
        lambda: mlp(init="xavier"),
        "init must be one of 'he', 'glorot', 'lecun', got 'xavier'",
    ),
    "negative init": (
        lambda: mlp(init=-0.1),
        "init must be a non-negative finite number, got -0.1",
    ),
    "no seed": (lambda: mlp(rng=None), "rng must be a numpy Generator or a seed, got None"),
    "negative seed": (lambda: mlp(rng=-1), "rng must be a numpy Generator or a seed, got -1"),
    "half precision": (
        lambda: mlp(dtype=np.float16),
        "dtype must be float32 or float64, got <class 'numpy.float16'>",
    ),
    "integer weights": (
        lambda: mlp(dtype=int),
        "dtype must be float32 or float64, got <class 'int'>",
    ),
    "inputs too narrow": (
        lambda: NET.predict(np.zeros((4, 2))),
        "X must have shape (n, 3), got shape (4, 2)",
    ),
    "one input without a row": (
        lambda: NET.predict_proba([1.0, 2.0, 3.0]),
        "X must have shape (n, 3), got shape (3,)",
    ),
    "no inputs": (lambda: NET.logits(np.zeros((0, 3))), "X must not be empty, got shape (0, 3)"),
    "NaN among the inputs": (
        lambda: NET.predict([[0.0, NAN, 0.0]]),
        "X must be finite, got nan at index (0, 1)",
    ),
    "inputs beyond float32": (
        lambda: mlp(dtype=np.float32).logits([[1e300, 0, 0]]),
        "X must be finite, got inf at index (0, 0)",
    ),
    "text among the inputs": (
        lambda: NET.predict([["a", "b", "c"]]),
        "X must hold numbers, got dtype <U1",
    ),
    "ragged inputs": (
        lambda: NET.predict([[1.0, 2.0, 3.0], [1.0]]),
        "X must be an array, got rows of different lengths",
    ),
    "labels instead of one-hot": (
        lambda: NET.loss(X, [0, 1, 0, 1]),
        "Y must have shape (n, 2), got shape (4,)",
    ),
    "fewer targets than inputs": (
        lambda: NET.gradients(X, Y[:3]),
        "Y must have as many rows as X, 4, got 3",
    ),
    "targets for more classes": (
        lambda: NET.deltas(X, np.eye(3)[[0, 1, 2, 0]]),
        "Y must have shape (n, 2), got shape (4, 3)",
    ),
    "labels beyond 1": (
        lambda: LABELS.loss(X, Y + 1),
        "Y must lie between 0 and 1 for sigmoid, got 1 to 2",
    ),
    "negative penalty": (
        lambda: NET.loss(X, Y, -0.1),
        "l2 must be a non-negative finite number, got -0.1",
    ),
    "NaN penalty": (
        lambda: NET.gradients(X, Y, NAN),
        "l2 must be a non-negative finite number, got nan",
    ),
    "penalty over no samples": (
        lambda: NET.loss(X, Y, 0.1, n_samples=0),
        "n_samples must be an integer of at least 1, got 0",
    ),
    "gradient of a penalty over no samples": (
        lambda: NET.gradients(X, Y, 0.1, n_samples=0),
        "n_samples must be an integer of at least 1, got 0",
    ),
    "save into no folder": (
        lambda: NET.save("no/such/folder/net.npz"),
        "path must be a writable file, got no/such/folder/net.npz: No such file or directory",
    ),
    "save into a file": (
        lambda: NET.save(Path(__file__) / "net.npz"),
        f"path must be a writable file, got {__file__}/net.npz: Not a directory",
    ),
    "load a Python file": (
        lambda: m.MLP.load(Path(__file__)),
        f"path must be a whole file of 'mlpkit.MLP 1', got {__file__}",
    ),
    # training
    "no epochs": (lambda: train(epochs=0), "epochs must be an integer of at least 1, got 0"),
    "half an epoch": (
        lambda: train(epochs=0.5),
        "epochs must be an integer of at least 1, got 0.5",
    ),
    "an empty batch": (
        lambda: train(batch_size=0),
        "batch_size must be an integer of at least 1, got 0",
    ),
    "a batch of True": (
        lambda: train(batch_size=True),
        "batch_size must be an integer of at least 1, got True",
    ),
    "rate of zero": (
        lambda: train(learning_rate=0),
        "learning_rate must be a positive finite number, got 0",
    ),
    "negative rate": (
        lambda: train(learning_rate=-0.1),
        "learning_rate must be a positive finite number, got -0.1",
    ),
    "infinite rate": (
        lambda: train(learning_rate=INF),
        "learning_rate must be a positive finite number, got inf",
    ),
    "rate as text": (
        lambda: train(learning_rate="fast"),
        "learning_rate must be a positive finite number, got 'fast'",
    ),
    "a schedule that falls below zero": (
        lambda: train(learning_rate=lambda step: -1.0),
        "learning_rate(0) must be a non-negative finite number, got -1.0",
    ),
    "a schedule that returns nothing": (
        lambda: train(learning_rate=lambda step: None),
        "learning_rate(0) must be a non-negative finite number, got None",
    ),
    "momentum of one": (lambda: train(momentum=1.0), "momentum must be less than 1, got 1"),
    "negative momentum": (
        lambda: train(momentum=-0.5),
        "momentum must be a non-negative finite number, got -0.5",
    ),
    "penalty as text": (
        lambda: train(l2="0.1"),
        "l2 must be a non-negative finite number, got '0.1'",
    ),
    "no generator": (lambda: train(rng=None), "rng must be a numpy Generator or a seed, got None"),
    "validation without targets": (
        lambda: train(validation=X),
        "validation must be a pair (X, Y), got ndarray",
    ),
    "validation of three arrays": (
        lambda: train(validation=(X, Y, X)),
        "validation must be a pair (X, Y), got tuple",
    ),
    "validation of another width": (
        lambda: train(validation=(X[:, :2], Y)),
        "validation: X must have shape (n, 3), got shape (4, 2)",
    ),
    "training targets of another length": (
        lambda: train(Y=Y[:2]),
        "Y must have as many rows as X, 4, got 2",
    ),
    "infinity among the training inputs": (
        lambda: train(X=np.full((4, 3), INF)),
        "X must be finite, got inf at index (0, 0)",
    ),
    # gradient checks
    "unknown method": (
        lambda: m.check_gradients(NET, X, Y, method="forward"),
        "method must be one of 'central', 'complex', got 'forward'",
    ),
    "tolerance of zero": (
        lambda: m.check_gradients(NET, X, Y, tolerance=0.0),
        "tolerance must be a positive finite number, got 0.0",
    ),
    "no entries": (
        lambda: m.check_gradients(NET, X, Y, max_entries=0),
        "max_entries must be an integer of at least 1, got 0",
    ),
    "step of zero": (
        lambda: m.numerical_gradient(np.sum, [1.0], step=0.0),
        "step must be a positive finite number, got 0.0",
    ),
    "a function of many values": (
        lambda: m.numerical_gradient(np.sin, [1.0, 2.0]),
        "f must return a single number, got shape (2,)",
    ),
    "a function that drops the complex part": (
        lambda: m.complex_step_gradient(lambda x: abs(x[0]), [1.0]),
        "f must carry complex numbers through, got the real value 1.0",
    ),
    "gradient at NaN": (
        lambda: m.numerical_gradient(np.sum, [NAN]),
        "x must be finite, got nan at index (0,)",
    ),
    # figures
    "regions of three coordinates": (
        lambda: plots.decision_regions(zeros, X, [0, 1, 0, 1]),
        "X must have 2 columns, got shape (4, 3)",
    ),
    "fewer labels than points": (
        lambda: plots.decision_regions(zeros, X[:, :2], [0, 1]),
        "labels must hold 4 labels, got 2",
    ),
    "half a label": (
        lambda: plots.decision_regions(zeros, X[:, :2], [0, 1, 0.5, 1]),
        "labels must be integers in 0…9, got 0.5",
    ),
    "an eleventh class": (
        lambda: plots.decision_regions(zeros, X[:, :2], [0, 1, 10, 1]),
        "labels must be integers in 0…9, got 10",
    ),
    "predict that returns probabilities": (
        lambda: plots.decision_regions(lambda Q: Q, X[:, :2], [0, 1, 0, 1]),
        "predict(X) must have 1 dimensions, got shape (90000, 2)",
    ),
    "predict that returns one label": (
        lambda: plots.decision_regions(lambda Q: [0], X[:, :2], [0, 1, 0, 1]),
        "predict(X) must hold 90000 labels, got 1",
    ),
    "too few class names": (
        lambda: plots.decision_regions(zeros, X[:, :2], [0, 1, 0, 1], ["cat"]),
        "class_names must hold 2 names, got 1",
    ),
    "no curves": (
        lambda: plots.learning_curves({}),
        "curves must hold at least one curve, got none",
    ),
    "curve that diverged": (
        lambda: plots.learning_curves({"sgd": [1.0, INF]}),
        "curves['sgd'] must be finite, got inf at index (1,)",
    ),
    "curve of three dimensions": (
        lambda: plots.learning_curves({"sgd": np.ones((2, 2, 2))}),
        "curves['sgd'] must have shape (runs, epochs), got (2, 2, 2)",
    ),
    "gradient norm of zero": (
        lambda: plots.gradient_norms({"relu": [0.0, 1.0]}),
        "curves['relu'] must be positive (log axis), got 0",
    ),
    "confusion that is not square": (
        lambda: plots.confusion_matrix([[1, 2]]),
        "counts must be square, got shape (1, 2)",
    ),
    "confusion as shares": (
        lambda: plots.confusion_matrix([[1.0, 0.0], [0.25, 0.75]]),
        "counts must be integers of at least 0, got 0.25",
    ),
    "negative count": (
        lambda: plots.confusion_matrix([[1, 0], [-1, 2]]),
        "counts must be integers of at least 0, got -1",
    ),
    "batch of Jacobians": (
        lambda: plots.jacobian_heatmap(np.ones((2, 3, 3))),
        "J must have 2 dimensions, got shape (2, 3, 3)",
    ),
    "flat images": (
        lambda: plots.image_grid(np.ones((2, 784))),
        "images must have 3 dimensions, got shape (2, 784)",
    ),
    "too few titles": (
        lambda: plots.image_grid(np.ones((2, 8, 8)), ["seven"]),
        "titles must hold 2 names, got 1",
    ),
    "no columns": (
        lambda: plots.image_grid(np.ones((2, 8, 8)), columns=0),
        "columns must be an integer of at least 1, got 0",
    ),
    "logits as probabilities": (
        lambda: plots.probability_bars([0.5, 1.5]),
        "probs must lie in 0…1, got 1.5",
    ),
    "highlight of no class": (
        lambda: plots.probability_bars([0.5, 0.5], highlight=2),
        "highlight must lie in 0…1, got 2",
    ),
    # graph
    "node of text": (lambda: Node("x"), "value must hold numbers, got dtype <U1"),
    "node of NaN": (lambda: Node([NAN]), "value must be finite, got nan at index (0,)"),
    "backward from an array": (
        lambda: Node([1.0, 2.0]).backward(),
        "backward must start at a scalar, got shape (2,)",
    ),
    "matrix times vector": (
        lambda: Node([[1.0]]) @ Node([1.0]),
        "@ must stand between two matrices, got shapes (1, 1) and (1,)",
    ),
    "a node as exponent": (
        lambda: Node(2.0) ** Node(3.0),
        "exponent must be a number, got Node(leaf, value=3, grad=0)",
    ),
    "picture of a large graph": (
        lambda: to_svg(sum([Node(1.0) for _ in range(31)], Node(0.0))),
        "root must depend on at most 60 nodes, got 63",
    ),
    # data
    "folder that is a number": (lambda: load_mnist(3), "folder must be a path, got 3"),
    "file that is no gzip": (
        lambda: mnist_that_starts_with(b"<html>"),
        "train-images-idx3-ubyte.gz must be the whole gzip file of MNIST: "
        "Not a gzipped file (b'<h')",
    ),
    "file that is cut": (
        lambda: mnist_that_starts_with(gzip.compress(b"digits", mtime=0)[:-9]),
        "train-images-idx3-ubyte.gz must be the whole gzip file of MNIST: "
        "Compressed file ended before the end-of-stream marker was reached",
    ),
    "file of another data set": (
        lambda: mnist_that_starts_with(gzip.compress(b"clothes", mtime=0)),
        "train-images-idx3-ubyte.gz must have the content of MNIST, SHA-256 "
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db, got "
        + hashlib.sha256(b"clothes").hexdigest(),
    ),
    # estimator
    "hidden size as a number": (
        lambda: fit(hidden_sizes=3),
        "hidden_sizes must be a sequence, got 3",
    ),
    "hidden layer of no width": (
        lambda: fit(hidden_sizes=(3, 0)),
        "hidden_sizes[1] must be an integer of at least 1, got 0",
    ),
    "estimator's unknown activation": (
        lambda: fit(activation="swish"),
        "activation must be one of 'identity', 'sigmoid', 'tanh', 'relu', got 'swish'",
    ),
    "estimator's labels 0 and 2": (
        lambda: MLPClassifier().fit(X, 2 * Y.astype(int)),
        "Y must lie between 0 and 1 for sigmoid, got 0 to 2",
    ),
    "estimator before fit": (
        lambda: MLPClassifier().predict(X),
        "This MLPClassifier instance is not fitted yet. Call 'fit' with appropriate arguments "
        "before using this estimator.",
    ),
    "estimator on other columns": (
        lambda: fit().predict(X[:, :2]),
        "X has 2 features, but MLPClassifier is expecting 3 features as input.",
    ),
}


@pytest.mark.parametrize("call, message", ROWS.values(), ids=ROWS)
def test_wrong_calls_are_answered_with_these_words(call, message):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == message
