"""The scikit-learn classifier: scikit-learn's own checks, and the tools that it must work in."""

import os

import joblib
import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris, make_multilabel_classification
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from mlpkit.encoding import one_hot
from mlpkit.estimator import MLPClassifier
from mlpkit.mlp import MLP
from mlpkit.training import sgd

IRIS_X, IRIS_Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[IRIS_Y]
SCALED = (IRIS_X - IRIS_X.mean(0)) / IRIS_X.std(0)


def small(**changes):
    settings = {
        "hidden_sizes": (8,),
        "epochs": 20,
        "learning_rate": 0.05,
        "random_state": 0,
        **changes,
    }
    return MLPClassifier(**settings)


@parametrize_with_checks(
    [
        MLPClassifier(),
        MLPClassifier((10, 10), activation="tanh", batch_size=None, learning_rate=0.1, epochs=200),
    ]
)
def test_scikit_learn(estimator, check):
    check(estimator)


# ---- what it computes


def test_is_the_network_that_sgd_trains():
    design = {"activation": "tanh", "init": 0.3}
    course = {"epochs": 7, "batch_size": 20, "learning_rate": 0.05, "l2": 0.5, "momentum": 0.3}
    model = small(**design, **course).fit(SCALED, NAMES)
    rng = np.random.default_rng(np.random.RandomState(0).randint(2**31))
    net = MLP([4, 8, 3], rng=rng, **design)
    history = sgd(net, SCALED, one_hot(IRIS_Y, 3), rng=rng, **course)
    np.testing.assert_array_equal(model.net_.parameters, net.parameters)
    assert model.loss_curve_ == history.train_loss
    np.testing.assert_array_equal(model.predict_proba(SCALED), net.predict_proba(SCALED))
    assert model.predict(SCALED).tolist() == model.classes_[net.predict(SCALED)].tolist()


def test_whole_numbers_are_inputs_too():
    model = small().fit([[0], [1], [2], [3]], [0, 0, 1, 1])
    assert model.net_.parameters.dtype == np.float64
    assert model.predict([[0], [3]]).tolist() == [0, 1]


def test_learns_iris_and_returns_the_labels_as_given():
    model = small().fit(SCALED, NAMES)
    assert model.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    assert model.score(SCALED, NAMES) > 0.95
    assert set(model.predict(SCALED)) <= set(NAMES)


def test_label_sets_make_a_sigmoid_network():
    X, Y = make_multilabel_classification(100, 6, n_classes=4, random_state=0)
    X = (X - X.mean(0)) / X.std(0)
    model = small(epochs=60).fit(X, Y)
    probs = model.predict_proba(X)
    assert model.net_.output == "sigmoid" and probs.shape == (100, 4)
    np.testing.assert_array_equal(model.predict(X), probs >= 0.5)
    constant = np.maximum(Y.mean(0), 1 - Y.mean(0)).mean()
    assert (model.predict(X) == Y).mean() > constant + 0.1
    sparse = small(epochs=60).fit(X, csr_array(Y))
    np.testing.assert_array_equal(sparse.predict_proba(X), probs)


def test_float32_trains_in_float32():
    model = small().fit(SCALED.astype(np.float32), NAMES)
    assert model.net_.parameters.dtype == np.float32
    assert model.predict_proba(SCALED.astype(np.float32)).dtype == np.float32


def test_same_seed_same_network_other_seed_other_network():
    fits = [small(random_state=s).fit(SCALED, NAMES).net_.parameters for s in (1, 1, 2)]
    assert (fits[0] == fits[1]).all() and (fits[0] != fits[2]).any()


# ---- where it works


def test_pipeline_and_cross_validation():
    model = make_pipeline(StandardScaler(), small())
    assert cross_val_score(model, IRIS_X, NAMES, cv=3).min() > 0.9


def test_calibration():
    model = CalibratedClassifierCV(small(), cv=3).fit(SCALED, NAMES)
    probs = model.predict_proba(SCALED)
    np.testing.assert_allclose(probs.sum(1), 1)
    assert model.score(SCALED, NAMES) > 0.9


def search(**settings):
    grid = {"hidden_sizes": [(2,), (8,)], "l2": [0.0, 20.0]}
    return GridSearchCV(small(epochs=5), grid, cv=3, **settings)


def test_search_in_processes_is_the_search():
    alone = search().fit(SCALED, NAMES)
    spread = search(n_jobs=2).fit(SCALED, NAMES)
    np.testing.assert_array_equal(
        alone.cv_results_["mean_test_score"], spread.cv_results_["mean_test_score"]
    )
    assert alone.best_params_ == spread.best_params_


def test_saved_by_joblib(tmp_path):
    model = small().fit(SCALED, NAMES)
    joblib.dump(model, tmp_path / "model")
    loaded = joblib.load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict_proba(SCALED), model.predict_proba(SCALED))
    # biases and weights are still views of the parameters
    loaded.net_.parameters[:] = 0
    assert not any(W.any() for W in loaded.net_.weights)


def test_search_on_a_dask_cluster_of_two_processes():
    distributed = pytest.importorskip("distributed")
    here = os.getpid()

    def where(model, X, y):
        return os.getpid()

    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        workers = set(client.run(os.getpid).values())
        with joblib.parallel_config(backend="dask"):
            spread = search().fit(SCALED, NAMES)
            places = cross_val_score(small(epochs=1), SCALED, NAMES, scoring=where, cv=6)
    assert len(workers) == 2 and here not in workers
    assert {int(place) for place in places} <= workers
    alone = search().fit(SCALED, NAMES)
    np.testing.assert_array_equal(
        alone.cv_results_["mean_test_score"], spread.cv_results_["mean_test_score"]
    )
    assert alone.best_params_ == spread.best_params_


# ---- bad input


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"hidden_sizes": (0,)}, r"hidden_sizes\[0\] must be an integer of at least 1, got 0"),
        ({"hidden_sizes": 3}, "hidden_sizes must be a sequence, got 3"),
        ({"activation": "swish"}, "activation must be one of .*, got 'swish'"),
        ({"epochs": 0}, "epochs must be an integer of at least 1, got 0"),
        ({"learning_rate": -1.0}, "learning_rate must be a positive finite number, got -1.0"),
        ({"momentum": 1.0}, "momentum must be less than 1"),
    ],
)
def test_wrong_parameters_are_reported_by_fit_and_not_before(changes, message):
    model = clone(small(**changes))
    with pytest.raises(ValueError, match=message):
        model.fit(SCALED, NAMES)


@pytest.mark.parametrize("method", ["predict", "predict_proba"])
def test_unfitted(method):
    with pytest.raises(NotFittedError, match="MLPClassifier instance is not fitted yet"):
        getattr(MLPClassifier(), method)(SCALED)


@pytest.mark.parametrize(
    "y, message",
    [
        (IRIS_Y + 0.5, "Unknown label type: continuous"),
        (
            np.stack([IRIS_Y, IRIS_Y], 1),
            r"y should be a 1d array, got an array of shape \(150, 2\)",
        ),
        (2 * one_hot(IRIS_Y, 3).astype(int), "Y must lie between 0 and 1"),
        (IRIS_Y[:-1], "inconsistent numbers of samples"),
    ],
)
def test_wrong_labels(y, message):
    with pytest.raises(ValueError, match=message):
        small().fit(SCALED, y)


def test_divergence_says_what_to_try():
    with pytest.raises(FloatingPointError, match="smaller learning_rate"):
        small(learning_rate=1e9, activation="identity").fit(100 * SCALED, NAMES)
