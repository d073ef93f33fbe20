"""The network as a scikit-learn classifier: pipelines, searches, calibration, clusters."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse  # type: ignore[import-untyped]
from sklearn.base import BaseEstimator, ClassifierMixin  # type: ignore[import-untyped]
from sklearn.utils import check_random_state, column_or_1d  # type: ignore[import-untyped]
from sklearn.utils.multiclass import (  # type: ignore[import-untyped]
    check_classification_targets,
    type_of_target,
)
from sklearn.utils.validation import (  # type: ignore[import-untyped]
    check_is_fitted,
    validate_data,
)

from .checks import FloatArray, positive_int
from .encoding import one_hot
from .mlp import MLP
from .training import sgd


class MLPClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Classify with an `MLP` that `sgd` trains; inputs should be scaled to about ±1.

    Labels y (n,) of any kind make a softmax network for one class each, an indicator matrix
    y (n, C) of zeros and ones a sigmoid network for sets of labels. `hidden_sizes` are the widths
    of the hidden layers, `random_state` is scikit-learn's; everything else is explained at `MLP`
    and `sgd`, which raise ValueError for wrong values.

    After `fit`: `classes_`, the trained network `net_` and its training loss for each epoch,
    `loss_curve_`. Source: S1-51, S1-84.

    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["low", "low", "high", "high"]
    >>> MLPClassifier((4,), random_state=0).fit(X, y).predict([[0.5], [2.5]])
    array(['low', 'high'], dtype='<U4')

    A search over parameters spreads over the machines of a Dask cluster without a change::

        client = dask.distributed.Client("tcp://scheduler:8786")
        with joblib.parallel_config(backend="dask"):
            GridSearchCV(MLPClassifier(), {"l2": [0, 0.1, 1]}).fit(X, y)
    """

    def __init__(
        self,
        hidden_sizes: Sequence[int] = (100,),
        *,
        activation: str = "relu",
        init: str | float | None = None,
        epochs: int = 50,
        batch_size: int | None = 32,
        learning_rate: float = 0.01,
        l2: float = 0.0,
        momentum: float = 0.9,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.hidden_sizes = hidden_sizes
        self.activation = activation
        self.init = init
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.l2 = l2
        self.momentum = momentum
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train on X (n, d) and labels y (n,) or (n, C); float32 inputs train in float32."""
        inputs, targets = validate_data(
            self, X, y, dtype=[np.float64, np.float32], multi_output=True
        )
        check_classification_targets(targets)
        label_sets = type_of_target(targets) == "multilabel-indicator"
        if label_sets:
            Y = targets.toarray() if issparse(targets) else targets
            self.classes_ = np.arange(Y.shape[1])
        else:
            targets = column_or_1d(targets, warn=True)
            self.classes_, labels = np.unique(targets, return_inverse=True)
            Y = one_hot(labels, len(self.classes_))
        if not isinstance(self.hidden_sizes, Sequence):
            raise ValueError(f"hidden_sizes must be a sequence, got {self.hidden_sizes!r}")
        hidden = [positive_int(f"hidden_sizes[{i}]", n) for i, n in enumerate(self.hidden_sizes)]
        rng = np.random.default_rng(check_random_state(self.random_state).randint(2**31))
        self.net_ = MLP(
            [inputs.shape[1], *hidden, len(self.classes_)],
            activation=self.activation,
            output="sigmoid" if label_sets else "softmax",
            init=self.init,
            rng=rng,
            dtype=inputs.dtype,
        )
        self.loss_curve_ = sgd(
            self.net_,
            inputs,
            Y,
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            l2=self.l2,
            momentum=self.momentum,
            rng=rng,
        ).train_loss
        return self

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """Return the probability of each class, or of each label, (n, C)."""
        inputs = self._inputs(X)
        return self.net_.predict_proba(inputs)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the most probable classes (n,), or 0 and 1 for the labels (n, C)."""
        inputs = self._inputs(X)
        found = self.net_.predict(inputs)
        return found if self.net_.output == "sigmoid" else self.classes_[found]

    def _inputs(self, X: ArrayLike) -> Any:
        check_is_fitted(self)
        return validate_data(self, X, reset=False)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
