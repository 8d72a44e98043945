"""What a trained model has learnt: measures, figures, and a report of all of them."""

from . import measures, plots
from .classification import classify_codes
from .report import Report, evaluate

__all__ = ["Report", "classify_codes", "evaluate", "measures", "plots"]
