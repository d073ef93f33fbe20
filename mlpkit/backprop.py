"""One pass forward and back through an MLP, in place: what every training step does.

Forward, Z = A @ W.T + b and A = φ(Z), from A = X to the logits. Back, δ^(L) = ŷ − y, and for
each layer ∂J/∂W = δᵀA, ∂J/∂b = Σ_rows δ, then δ ← (δ W) ⊙ φ'(z) for the layer below.
Source: S0-31 to S0-33, S1-60, S2-48 to S2-56.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .activations import ACTIVATIONS
from .checks import FloatArray
from .losses import HEADS

if TYPE_CHECKING:
    from .mlp import MLP


def product(A: FloatArray, B: FloatArray, out: FloatArray) -> FloatArray:
    """Write A B to `out`; where that is stored by columns, as outᵀ = Bᵀ Aᵀ."""
    if out.flags.c_contiguous:
        np.dot(A, B, out=out)
    else:
        np.dot(B.T, A.T, out=out.T)
    return out


class Pass:
    """The arrays of a pass over n rows: allocated once, overwritten by every call.

    The parameters are views of the network's own. `np.dot` writes into them as `@` cannot, and
    costs a small product less overhead than `np.matmul`.
    """

    def __init__(self, net: MLP, n: int) -> None:
        dtype = net.parameters.dtype
        self.weights, self.biases = net.split(net.parameters)
        self.activations = [
            # with few samples by columns: Zᵀ = W Aᵀ takes half the time of Z = A Wᵀ
            np.empty((n, width), dtype, order="F" if n < width else "C")
            for width in net.sizes[1:]
        ]
        self.deltas = [np.empty_like(A) for A in self.activations]
        self.gradient = np.empty_like(net.parameters)
        self.weight_gradients, self.bias_gradients = net.split(self.gradient)
        self.ones = np.ones(n, dtype)
        self.phi = ACTIVATIONS[net.activation]
        self.head = HEADS[net.output]

    def forward(self, X: FloatArray) -> FloatArray:
        """Return the logits (n, C) of X (n, d)."""
        logits = self.activations[-1]
        A = X
        for W, b, Z in zip(self.weights, self.biases, self.activations, strict=True):
            product(A, W.T, out=Z)
            Z += b
            A = Z if Z is logits else self.phi.apply(Z, out=Z)
        return logits

    def backward(self, X: FloatArray, Y: FloatArray, scale: float) -> FloatArray:
        """Return `scale` × the gradient summed over the rows of the last `forward`.

        One vector, laid out like the network's parameters; 1/n makes it the gradient of the mean.
        The factor goes into δ, the smallest array. Overwrites the activations by their slopes.
        """
        D = self.head.apply(self.activations[-1], out=self.deltas[-1])
        D -= Y
        D *= scale
        for layer in reversed(range(len(self.weights))):
            A = self.activations[layer - 1] if layer else X
            np.dot(D.T, A, out=self.weight_gradients[layer])
            np.dot(self.ones, D, out=self.bias_gradients[layer])
            if layer:
                D = product(D, self.weights[layer], out=self.deltas[layer - 1])
                D *= self.phi.slope(A, out=A)
        return self.gradient
