"""Read a printed equation and check it through a numerical model."""

from . import pages
from .model import Model
from .nodes import Mismatch, ReadError
from .report import Report, check

__all__ = ["Mismatch", "Model", "ReadError", "Report", "check", "pages"]
