"""NumPy package behind the course book *From One-Hot to Backprop*."""

from .activations import (
    ACTIVATIONS,
    identity,
    identity_derivative,
    log_softmax,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    softmax_jacobian,
    tanh,
    tanh_derivative,
)
from .encoding import from_multi_hot, from_one_hot, multi_hot, one_hot
from .gradcheck import check_gradients, complex_step_gradient, numerical_gradient
from .information import cross_entropy, entropy, kl_divergence
from .losses import HEADS, SigmoidCrossEntropy, SoftmaxCrossEntropy, SquaredError
from .mlp import MLP, Gradients
from .training import History, sgd

__all__ = [
    "ACTIVATIONS",
    "HEADS",
    "MLP",
    "Gradients",
    "History",
    "SigmoidCrossEntropy",
    "SoftmaxCrossEntropy",
    "SquaredError",
    "check_gradients",
    "complex_step_gradient",
    "cross_entropy",
    "entropy",
    "from_multi_hot",
    "from_one_hot",
    "identity",
    "identity_derivative",
    "kl_divergence",
    "log_softmax",
    "multi_hot",
    "numerical_gradient",
    "one_hot",
    "relu",
    "relu_derivative",
    "sgd",
    "sigmoid",
    "sigmoid_derivative",
    "softmax",
    "softmax_jacobian",
    "tanh",
    "tanh_derivative",
]
