"""Softmax explorer: logits are log-odds, and only their differences matter."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets

from mlpkit.activations import softmax

from . import still
from .explorer import Explorer
from .traits import Checked, class_names, names, number, numbers

_LIMIT = 1e6


class Softmax(Explorer):
    """Drag logits, temperature and a common shift; watch the probabilities.

    Parameters
    ----------
    logits : sequence of 2 to 12 floats, each from -1e6 to 1e6
        One logit z a class. Source: S0-06 (default), S3-10, S3-13.
    labels : sequence of str, optional
        One name a class; "class 1", "class 2", ... unless given.
    temperature : float, from 0.01 to 100
        T in softmax(z / T).
    shift : float, from -1e6 to 1e6
        c, added to every logit; no probability changes.

    Attributes
    ----------
    probs : tuple of float, read only
        softmax((logits + shift) / temperature), by `mlpkit.activations.softmax`.

    Raises
    ------
    ValueError
        If an argument, or a trait set later, is not of these kinds, or there are not as many
        labels as logits. To change the number of classes, set both within
        ``with figure.hold_trait_notifications():``.

    Examples
    --------
    >>> figure = Softmax(logits=(2.0, 0.0), labels=("cat", "dog"))
    >>> [round(p, 4) for p in figure.probs]
    [0.8808, 0.1192]
    """

    module: ClassVar[str] = "softmax"

    logits = Checked(numbers(-_LIMIT, _LIMIT, 2, 12), (0.0, 0.0), "one logit a class")
    labels = Checked(names(2, 12), ("class 1", "class 2"), "one name a class")
    temperature = Checked(number(0.01, 100), 1.0, "T in softmax(z / T)")
    shift = Checked(number(-_LIMIT, _LIMIT), 0.0, "added to every logit")
    probs = traitlets.Tuple(read_only=True, help="softmax((logits + shift) / temperature)")

    def __init__(
        self,
        logits: Sequence[float] = (1.3, 5.1, 2.2, 0.7, 1.1),
        labels: Sequence[str] | None = None,
        temperature: float = 1.0,
        shift: float = 0.0,
    ) -> None:
        if labels is None:
            labels = class_names(np.size(logits))
        super().__init__(logits=logits, labels=labels, temperature=temperature, shift=shift)

    @traitlets.validate("logits", "labels")
    def _one_entry_a_class(self, proposal: Any) -> Any:
        return self._matched(proposal, "logits", "labels")

    def derived(self) -> dict[str, Any]:
        """The probabilities."""
        logits = np.array(self.logits)
        # the largest logit goes first, as in softmax itself: z / T could lose digits
        probs = softmax((logits - logits.max()) / self.temperature)
        return {"probs": tuple(probs.tolist())}

    def still(self) -> str:
        """One bar a class."""
        rows = [
            (label, p, f"{still.probability(p)} (z = {still.fixed(z, 2)})")
            for label, z, p in zip(self.labels, self.logits, self.probs, strict=True)
        ]
        return still.bars("Softmax probabilities as bars", rows)

    def describe(self) -> str:
        """Every logit with its probability."""
        classes = "; ".join(
            f"{label}: logit {still.fixed(z, 2)}, probability {still.probability(p)}"
            for label, z, p in zip(self.labels, self.logits, self.probs, strict=True)
        )
        return (
            f"Softmax at temperature {self.temperature:g} turns logits into probabilities "
            f"that sum to 1. {classes}."
        )
