"""Interactive figures: live ipywidgets in a notebook, and without a kernel on the site."""

from .distributions import TwoDistributions
from .explorer import Explorer
from .jacobian import Jacobian
from .multilabel import MultiLabel
from .softmax import Softmax

__all__ = ["Explorer", "Jacobian", "MultiLabel", "Softmax", "TwoDistributions"]
