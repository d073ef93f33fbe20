"""Two distributions: entropy, cross-entropy and Kullback-Leibler divergence as areas."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets

from mlpkit.information import cross_entropy, entropy, kl_divergence

from . import still
from .explorer import Explorer
from .traits import Checked, choice, class_names, distribution, names, optional


class TwoDistributions(Explorer):
    """Drag p and q; watch H, CE, KL both ways and what separates them.

    Parameters
    ----------
    p, q : sequences of 2 to 8 probabilities that sum to 1
        The true distribution and the predicted one. Source: S3-35 and S3-24 (default), S1-33.
    labels : sequence of str, optional
        One name a class.
    unit : {"bits", "nats"}
        Logarithm to base 2 or e.
    via : sequence of probabilities, optional
        A third distribution r: is KL(p‖r) + KL(r‖q) a detour? Source: S1-34.

    Attributes
    ----------
    entropies, cross_entropies, divergences : pairs of float, read only
        (H(p), H(q)), (CE(p, q), CE(q, p)) and (KL(p‖q), KL(q‖p)) in `unit`.

    Raises
    ------
    ValueError
        If an argument, or a trait set later, is not of these kinds, or p, q, labels and via
        differ in length. To change the number of classes, set all within
        ``with figure.hold_trait_notifications():``.

    Examples
    --------
    >>> figure = TwoDistributions(p=(0.25, 0.75), q=(0.5, 0.5), unit="nats")
    >>> [round(kl, 4) for kl in figure.divergences]
    [0.1308, 0.1438]
    """

    module: ClassVar[str] = "distributions"

    p = Checked(distribution(2, 8), (0.5, 0.5), "true probabilities")
    q = Checked(distribution(2, 8), (0.5, 0.5), "predicted probabilities")
    labels = Checked(names(2, 8), class_names(2), "one name a class")
    unit = Checked(choice("bits", "nats"), "bits", "bits or nats")
    via = Checked(optional(distribution(2, 8)), None, "a third distribution, or None")
    entropies = traitlets.Tuple(read_only=True, help="H(p) and H(q)")
    cross_entropies = traitlets.Tuple(read_only=True, help="CE(p, q) and CE(q, p)")
    divergences = traitlets.Tuple(read_only=True, help="KL(p‖q) and KL(q‖p)")

    def __init__(
        self,
        p: Sequence[float] = (0.3, 0.2, 0.2, 0.25, 0.05),
        q: Sequence[float] = (0.25, 0.45, 0.2, 0.09, 0.01),
        labels: Sequence[str] | None = None,
        unit: str = "bits",
        via: Sequence[float] | None = None,
    ) -> None:
        if labels is None:
            labels = class_names(np.size(p))
        super().__init__(p=p, q=q, labels=labels, unit=unit, via=via)

    @traitlets.validate("p", "q", "labels", "via")
    def _one_entry_a_class(self, proposal: Any) -> Any:
        return self._matched(proposal, "p", "q", "labels", "via")

    def derived(self) -> dict[str, Any]:
        """The three measures, both ways."""
        p, q, unit = self.p, self.q, self.unit
        pairs = [(p, q), (q, p)]
        return {
            "entropies": tuple(float(entropy(a, unit=unit)) for a in (p, q)),
            "cross_entropies": tuple(float(cross_entropy(*pair, unit=unit)) for pair in pairs),
            "divergences": tuple(float(kl_divergence(*pair, unit=unit)) for pair in pairs),
        }

    def still(self) -> str:
        """Entropies and cross-entropies as bars."""
        values = {
            "H(p)": self.entropies[0],
            "CE(p, q)": self.cross_entropies[0],
            "H(q)": self.entropies[1],
            "CE(q, p)": self.cross_entropies[1],
        }
        longest = max([1.0, *(v for v in values.values() if np.isfinite(v))])
        rows = [
            (name, min(1.0, v / longest), f"{still.fixed(v, 4)} {self.unit}")
            for name, v in values.items()
        ]
        return still.bars("Entropy and cross-entropy both ways as bars", rows)

    def describe(self) -> str:
        """Both distributions and both divergences."""
        shares = "; ".join(
            f"{label}: p {still.fixed(a, 4)}, q {still.fixed(b, 4)}"
            for label, a, b in zip(self.labels, self.p, self.q, strict=True)
        )
        forth, back = (still.fixed(kl, 4) for kl in self.divergences)
        return f"{shares}. KL(p‖q) is {forth} and KL(q‖p) is {back} {self.unit}."
