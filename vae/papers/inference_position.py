"""Thesis on inference in the beta-VAE, Figure 5: networks trained on one digit at mixed positions.

(x, y) = A s + offset.  The thesis's A and offset are lost in its text: those of `datasets.DigitPositions` stand in.
"""

import numpy as np

import datasets

from .. import inference
from . import inference_digits
from .experiment import Experiment

BETAS = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0]
STILL = 0.2  # pixels: a latent that moves the digit less over four deviations has no direction


def run(setting, folder):
    shown = inference_digits.digit(setting["digit"])
    data, new = (
        datasets.DigitPositions(shown, setting["images"], seed=seed) for seed in inference_digits.seeds(setting)
    )
    model, standardise, numbers = inference_digits.train(setting, folder, data, new, inference.truth_of_positions)
    return numbers | motion(lambda z: standardise.undo(model.decode(z)))


def motion(decode):
    """How far each latent moves the digit from z = -2 to 2, in pixels; the angle between both directions, in degrees.

    "Seemingly orthogonal axes of motion" (Figure 5) would be 90; NaN where a latent does not move the digit.
    """
    ends = np.array([[-2, 0], [2, 0], [0, -2], [0, 2]], float)
    centres = centres_of(decode(ends))
    steps = np.array([centres[1] - centres[0], centres[3] - centres[2]])
    lengths = np.linalg.norm(steps, axis=1)
    angle = np.nan
    if lengths.min() > STILL:
        angle = np.degrees(np.arccos(np.clip(abs(steps[0] @ steps[1]) / lengths.prod(), 0, 1)))
    return {"motion_0": lengths[0], "motion_1": lengths[1], "angle": angle}


def centres_of(images):
    """The centre (x, y) of each image's light: (n, 2)."""
    light = np.clip(images[..., 0], 0, None)
    rows, columns = np.indices(light.shape[1:])
    moments = [(light * place).sum(axis=(1, 2)) for place in (columns, rows)]
    return np.stack(moments, axis=1) / light.sum(axis=(1, 2))[:, None]


def draw(rows, folder_of):
    return inference_digits.draw(rows, folder_of, "inference_position")


EXPERIMENT = Experiment(
    "inference_position",
    "Thesis on inference in the beta-VAE, Figure 5",
    run,
    settings=inference_digits.budgets(BETAS, digit=3),
    draw=draw,
)
