"""Is a network for one digit easier to read than one for all digits?  Mishra and Goutham on MNIST.

Section 7.1, Figures 3 to 26: traversals of the latents, and the claim that those of single-digit networks change the
rotation, the height or the thickness, while those of the all-digit network are hard to understand.
"""

import datasets

from ..evaluation.properties import STROKES, strokes
from ..study import grid
from .experiment import Experiment
from .traversals import draw_comparison, draw_traversals, train_and_follow

CLAIMED = ("slant", "height", "thickness")


def run(setting, folder):
    return train_and_follow(
        setting, folder, datasets.load_mnist("train"), datasets.load_mnist("test"), strokes, CLAIMED
    )


def draw(rows, folder_of):
    comparison = {"mnist_properties": draw_comparison(rows, STROKES)}
    return comparison | draw_traversals(rows, folder_of, "mnist_traversals")


def _settings(single, together, measured_on, **others):
    """Networks for one digit each, and for all; both are measured on the same digits."""
    fixed = {"architecture": "digits-conv", "beta": 4, "batch_size": 50}
    return [
        setting
        for digit in measured_on
        for setting in grid(digits=digit, measured_on=digit, **fixed, **single, **others)
    ] + grid(digits="all", measured_on=measured_on, **fixed, **together, **others)


EXPERIMENT = Experiment(
    name="mnist_traversals",
    source="Mishra and Goutham, section 7.1, Figures 3 to 26",
    run=run,
    settings={
        "quick": _settings(
            {"images": 100, "passes": 1, "max_epochs": 1}, {"images": 100, "passes": 1, "max_epochs": 1}, "3",
            latent_dim=8, random_state=0,
        ),
        "default": _settings(
            {"images": 1_000, "passes": 5, "max_epochs": 3}, {"images": 4_000, "passes": 2, "max_epochs": 2}, "138",
            random_state=range(2), latent_dim=[12, 8],
        ),
        "full": _settings(
            {"images": 2_000, "passes": 10, "max_epochs": 20}, {"images": 10_000, "passes": 2, "max_epochs": 100},
            "0123456789", random_state=range(3), latent_dim=[8, 10, 12],
        ),
    },
    draw=draw,
)  # fmt: skip
