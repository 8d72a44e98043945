"""Every experiment of the documents, a file for each: ``python demos/papers.py list``."""

from .experiment import Experiment

# Listed by hand, in the order of the documents: one line for each.
EXPERIMENTS = {
    experiment.name: experiment
    for experiment in (
    )
}  # fmt: skip

__all__ = ["EXPERIMENTS", "Experiment"]
