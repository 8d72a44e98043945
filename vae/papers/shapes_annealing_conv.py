"""`shapes_annealing` for the convolutional network, which takes longer: on a GPU it is a matter of minutes."""

from functools import partial

from .experiment import Experiment
from .shapes_annealing import draw, run, settings

EXPERIMENT = Experiment(
    name="shapes_annealing_conv",
    source="docs/disentangling.md (none of a document)",
    run=run,
    settings=settings("shapes-conv", epochs=2),
    draw=partial(draw, name="shapes_annealing_conv"),
)
