"""Every experiment of the documents, a file for each: ``python demos/papers.py list``."""

from . import (
    mnist_classification,
    mnist_pictures,
    mnist_traversals,
    shapes_difference,
    shapes_learning_rate,
    svhn_traversals,
)
from .experiment import Experiment

# Listed by hand, in the order of the documents: one line for each.
EXPERIMENTS = {
    module.EXPERIMENT.name: module.EXPERIMENT
    for module in (
        mnist_pictures,
        shapes_difference,
        mnist_classification,
        shapes_learning_rate,
        mnist_traversals,
        svhn_traversals,
    )
}

__all__ = ["EXPERIMENTS", "Experiment"]
