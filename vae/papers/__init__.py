"""Every experiment of the documents, a file for each: ``python demos/papers.py list``."""

from . import (
    shapes_annealing,
    shapes_frame,
)
from .experiment import Experiment

# Listed by hand, in the order of the documents: one line for each.
EXPERIMENTS = {
    module.EXPERIMENT.name: module.EXPERIMENT
    for module in (
        shapes_annealing,
        shapes_frame,
    )
}  # fmt: skip

__all__ = ["EXPERIMENTS", "Experiment"]
