"""`shapes_annealing` for the convolutional network, which takes longer: on a GPU it is a matter of minutes."""

from functools import partial

from ..study import grid
from .experiment import Experiment
from .shapes_annealing import COURSES, draw, run

_settings = partial(grid, architecture="shapes-conv")

EXPERIMENT = Experiment(
    name="shapes_annealing_conv",
    source="docs/disentangling.md (none of a document)",
    run=run,
    settings={
        "quick": _settings(course=COURSES, random_state=0, max_epochs=1, images=1_000),
        "default": _settings(course="annealed", random_state=range(8), max_epochs=2, images=0)
        + _settings(course="dissertation", random_state=range(2), max_epochs=2, images=0),
        "full": _settings(course=COURSES, random_state=range(8), max_epochs=10, images=0),
    },
    draw=partial(draw, name="shapes_annealing_conv"),
)
