"""Softmax's Jacobian, and how the loss turns one of its rows into ŷ − y."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets

from mlpkit.activations import softmax, softmax_jacobian
from mlpkit.losses import SoftmaxCrossEntropy

from . import still
from .explorer import Explorer
from .traits import Checked, class_names, names, numbers, refuse, whole

_LIMIT = 1e6


class Jacobian(Explorer):
    """Drag logits; watch the matrix whose rows sum to zero, and ŷ − y of the true class.

    Parameters
    ----------
    logits : sequence of 2 to 6 floats, each from -1e6 to 1e6
        One logit z a class. Source: S3-10 (default).
    labels : sequence of str, optional
        One name a class.
    target : int
        Index of the true class, from 0.

    Attributes
    ----------
    probs : tuple of float, read only
        ŷ = softmax(logits).
    jacobian : tuple of tuples of float, read only
        ∂ŷ_k/∂z_j in row k, column j, by `mlpkit.activations.softmax_jacobian`. Source: S0-18.
    delta : tuple of float, read only
        ŷ − y, by `mlpkit.losses.SoftmaxCrossEntropy`.

    Raises
    ------
    ValueError
        If an argument, or a trait set later, is not of these kinds, or they do not fit together.
        To change the number of classes, set all within
        ``with figure.hold_trait_notifications():``.

    Examples
    --------
    >>> Jacobian(logits=(0.0, 0.0), target=1).delta
    (0.5, -0.5)
    """

    module: ClassVar[str] = "jacobian"

    logits = Checked(numbers(-_LIMIT, _LIMIT, 2, 6), (0.0, 0.0), "one logit a class")
    labels = Checked(names(2, 6), class_names(2), "one name a class")
    target = Checked(whole(0, 5), 0, "index of the true class")
    probs = traitlets.Tuple(read_only=True, help="softmax(logits)")
    jacobian = traitlets.Tuple(read_only=True, help="row k, column j: d probs[k] / d logits[j]")
    delta = traitlets.Tuple(read_only=True, help="probs minus the one-hot target")

    def __init__(
        self,
        logits: Sequence[float] = (-1.45, -7.82, -3.78),
        labels: Sequence[str] | None = None,
        target: int = 0,
    ) -> None:
        if labels is None:
            labels = class_names(np.size(logits))
        super().__init__(logits=logits, labels=labels, target=target)

    @traitlets.validate("logits", "labels", "target")
    def _fit_together(self, proposal: Any) -> Any:
        if proposal.trait.name == "target":
            if proposal.value >= len(self.logits):
                raise refuse("target", f"an index below {len(self.logits)}", proposal.value)
            return proposal.value
        self._matched(proposal, "logits", "labels")
        if self.target >= len(proposal.value):
            raise refuse("target", f"an index below {len(proposal.value)}", self.target)
        return proposal.value

    def derived(self) -> dict[str, Any]:
        """ŷ, its Jacobian and ŷ − y."""
        logits = np.array(self.logits)
        one_hot = np.eye(len(logits))[[self.target]]
        return {
            "probs": tuple(softmax(logits).tolist()),
            "jacobian": tuple(map(tuple, softmax_jacobian(logits).tolist())),
            "delta": tuple(SoftmaxCrossEntropy.delta(logits[None], one_hot)[0].tolist()),
        }

    def still(self) -> str:
        """The size of ŷ − y, class by class."""
        rows = [
            (label, abs(d), f"ŷ − y = {still.fixed(d, 4)}")
            for label, d in zip(self.labels, self.delta, strict=True)
        ]
        return still.bars("Size of each entry of ŷ − y as bars", rows)

    def describe(self) -> str:
        """The matrix, row by row."""
        rows = "; ".join(
            f"row {k + 1}: " + ", ".join(still.fixed(x, 4) for x in row)
            for k, row in enumerate(self.jacobian)
        )
        logits = ", ".join(still.fixed(z, 2) for z in self.logits)
        return (
            f"Jacobian of softmax at the logits {logits}. {rows}. Each row sums to 0. "
            f"The true class is {self.labels[self.target]}."
        )
