"""What a trained model has learnt: measures, figures, and a report of all of them."""

from . import measures, plots, training_plots, traversal_plots
from .classification import classify_codes
from .latents import Latents
from .recording import MeansByFactor
from .report import Report, evaluate

__all__ = [
    "Latents",
    "MeansByFactor",
    "Report",
    "classify_codes",
    "evaluate",
    "measures",
    "plots",
    "training_plots",
    "traversal_plots",
]
