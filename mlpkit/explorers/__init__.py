"""Interactive figures: live ipywidgets in a notebook, and without a kernel on the site."""

from .distributions import TwoDistributions
from .explorer import Explorer
from .softmax import Softmax

__all__ = ["Explorer", "Softmax", "TwoDistributions"]
