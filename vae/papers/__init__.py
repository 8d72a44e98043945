"""Every experiment of the documents, a file for each: ``python demos/papers.py list``."""

from . import (
    hassan_frey,
    hassan_maps,
    hassan_metrics,
    hassan_parameters,
    inference_mixing,
    inference_position,
    inference_propositions,
    inference_tractable,
)
from .experiment import Experiment

# Listed by hand, in the order of the documents: one line for each.
EXPERIMENTS = {
    module.EXPERIMENT.name: module.EXPERIMENT
    for module in (
        hassan_maps,
        hassan_parameters,
        hassan_frey,
        hassan_metrics,
        inference_propositions,
        inference_tractable,
        inference_mixing,
        inference_position,
    )
}  # fmt: skip

__all__ = ["EXPERIMENTS", "Experiment"]
