"""Multi-label: C independent sigmoids against one softmax on the same logits."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets

from mlpkit.activations import sigmoid, softmax
from mlpkit.losses import SigmoidCrossEntropy, SoftmaxCrossEntropy

from . import still
from .explorer import Explorer
from .traits import Checked, class_names, names, number, numbers, refuse

_LIMIT = 1e6


class MultiLabel(Explorer):
    """Drag logits, tick labels; compare what sigmoids and a softmax say, decide and learn.

    Parameters
    ----------
    logits : sequence of 2 to 6 floats, each from -1e6 to 1e6
        One logit z a class. Source: S1-86 (default, with its answer).
    targets : sequence of 0 and 1
        Which labels the sample has. Softmax is given each label's equal share of one.
    labels : sequence of str, optional
        One name a class.
    threshold : float from 0 to 1
        A class is predicted where ŷ is above it.

    Attributes
    ----------
    outputs : pair of tuples of float, read only
        ŷ of the sigmoids and of softmax.
    losses : pair of float, read only
        Their cross-entropies in nats; nan for softmax when no label is set. By `mlpkit.losses`.

    Raises
    ------
    ValueError
        If an argument, or a trait set later, is not of these kinds, or they differ in length.
        To change the number of classes, set all within
        ``with figure.hold_trait_notifications():``.

    Examples
    --------
    >>> round(MultiLabel((2.0, -1.0, 0.5), (1, 0, 1)).losses[0], 6)
    0.914267
    """

    module: ClassVar[str] = "multilabel"

    logits = Checked(numbers(-_LIMIT, _LIMIT, 2, 6), (0.0, 0.0), "one logit a class")
    targets = Checked(numbers(0, 1, 2, 6), (1.0, 0.0), "1 for each label that is set, else 0")
    labels = Checked(names(2, 6), class_names(2), "one name a class")
    threshold = Checked(number(0, 1), 0.5, "a class is predicted above it")
    outputs = traitlets.Tuple(read_only=True, help="probabilities of the sigmoids, of softmax")
    losses = traitlets.Tuple(read_only=True, help="their cross-entropies in nats")

    def __init__(
        self,
        logits: Sequence[float] = (2.0, -1.0, 0.5),
        targets: Sequence[int] = (1, 0, 1),
        labels: Sequence[str] | None = None,
        threshold: float = 0.5,
    ) -> None:
        if labels is None:
            labels = class_names(np.size(logits))
        super().__init__(logits=logits, targets=targets, labels=labels, threshold=threshold)

    @traitlets.validate("logits", "targets", "labels")
    def _one_entry_a_class(self, proposal: Any) -> Any:
        if proposal.trait.name == "targets" and not set(proposal.value) <= {0, 1}:
            raise refuse("targets", "only 0 and 1", proposal.value)
        return self._matched(proposal, "logits", "targets", "labels")

    def derived(self) -> dict[str, Any]:
        """ŷ and loss of both heads."""
        z, y = np.array([self.logits]), np.array([self.targets])
        shared = SoftmaxCrossEntropy.loss(z, y / y.sum()) if y.any() else float("nan")
        return {
            "outputs": (tuple(sigmoid(z)[0].tolist()), tuple(softmax(z)[0].tolist())),
            "losses": (SigmoidCrossEntropy.loss(z, y), shared),
        }

    def still(self) -> str:
        """Both heads' probabilities, class by class."""
        rows = [
            (f"{label} {mark}", p[i], still.probability(p[i]))
            for i, label in enumerate(self.labels)
            for mark, p in zip(("σ", "softmax"), self.outputs, strict=True)
        ]
        return still.bars("Probabilities of the sigmoids and of softmax as bars", rows)

    def describe(self) -> str:
        """Every class: target, logit, both probabilities."""
        classes = "; ".join(
            f"{label}: {'present' if y else 'absent'}, logit {still.fixed(z, 2)}, "
            f"sigmoid {still.probability(a)}, softmax {still.probability(b)}"
            for label, y, z, a, b in zip(
                self.labels, self.targets, self.logits, *self.outputs, strict=True
            )
        )
        return f"C sigmoids and one softmax on the same logits. {classes}."
