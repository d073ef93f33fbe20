"""Interactive figures: live ipywidgets in a notebook, and without a kernel on the site."""

from .depth import Depth, gradient_powers
from .digit import DrawDigit
from .distributions import TwoDistributions
from .explorer import Explorer
from .jacobian import Jacobian
from .microscope import GradientMicroscope
from .multilabel import MultiLabel
from .replay import TrainingReplay, record
from .softmax import Softmax

__all__ = [
    "Depth",
    "DrawDigit",
    "Explorer",
    "GradientMicroscope",
    "Jacobian",
    "MultiLabel",
    "Softmax",
    "TrainingReplay",
    "TwoDistributions",
    "gradient_powers",
    "record",
]
