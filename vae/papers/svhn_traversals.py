"""Mishra and Goutham on SVHN: which latents follow the lighting, for one digit and for all.

Section 7.2, Figures 27 to 51.  Where only the beginning of SVHN is there, 1,083 crops, it is what all is drawn from.
"""

from functools import cache

import datasets

from ..evaluation.properties import LIGHTING, lighting
from ..study import grid
from .experiment import Experiment
from .traversals import draw_comparison, draw_traversals, train_and_follow

CLAIMED = ("brightness", "contrast")  # of what the study names: lighting, contrast, thickness, shadow
HELD_OUT = 0.3


def run(setting, folder):
    return train_and_follow(setting, folder, *_parts(), lighting, CLAIMED)


@cache
def _parts():
    """Training and held-out crops, those of a house number together."""
    train, _, test = datasets.load_svhn().split(seed=0, validation=0, test=HELD_OUT)
    return train, test


def draw(rows, folder_of):
    comparison = {"svhn_properties": draw_comparison(rows, LIGHTING)}
    return comparison | draw_traversals(rows, folder_of, "svhn_traversals")


_settings = {"architecture": "digits-conv", "beta": 4, "batch_size": 50}

EXPERIMENT = Experiment(
    name="svhn_traversals",
    source="Mishra and Goutham, section 7.2, Figures 27 to 51",
    run=run,
    settings={
        "quick": grid(
            digits="1", measured_on="1", latent_dim=12, random_state=0, images=50, passes=1,
            max_epochs=1, **_settings
        ),
        "default": grid(
            digits="1", measured_on="1", latent_dim=[10, 12], random_state=0, images=2_000, passes=20,
            max_epochs=3, **_settings,
        ) + grid(
            digits="all", measured_on="1", latent_dim=[10, 12], random_state=0, images=10_000, passes=5,
            max_epochs=3, **_settings,
        ),
        "full": [
            setting
            for digit in "0123456789"
            for setting in grid(
                digits=digit, measured_on=digit, latent_dim=[10, 12], random_state=range(3), images=2_000,
                passes=10, max_epochs=20, **_settings,
            )
        ] + grid(
            digits="all", measured_on="0123456789", latent_dim=[10, 12], random_state=range(3), images=10_000,
            passes=2, max_epochs=100, **_settings,
        ),
    },
    draw=draw,
)  # fmt: skip
