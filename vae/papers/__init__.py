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
    initial_code,
    mnist_classification,
    mnist_pictures,
    mnist_traversals,
    shapes_annealing,
    shapes_annealing_conv,
    shapes_candidates,
    shapes_difference,
    shapes_frame,
    shapes_latents,
    shapes_learning_rate,
    svhn_traversals,
)
from .experiment import Experiment

# Listed by hand, in the order of the documents: one line for each.
EXPERIMENTS = {
    module.EXPERIMENT.name: module.EXPERIMENT
    for module in (
        mnist_pictures,
        shapes_latents,
        shapes_difference,
        mnist_classification,
        shapes_learning_rate,
        mnist_traversals,
        svhn_traversals,
        hassan_maps,
        hassan_parameters,
        hassan_frey,
        hassan_metrics,
        inference_propositions,
        inference_tractable,
        inference_mixing,
        inference_position,
        shapes_annealing,
        shapes_annealing_conv,
        shapes_candidates,
        shapes_frame,
        initial_code,
    )
}

__all__ = ["EXPERIMENTS", "Experiment"]
