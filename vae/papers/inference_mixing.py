"""Thesis on inference in the beta-VAE, Figure 4: networks trained on mixtures of two digits, x = A s + noise.

The true posterior is exact, and so is the best that a linear model, and hence any network, can do.
"""

import numpy as np

import datasets

from .. import inference
from . import inference_digits
from .experiment import Experiment

DIGITS = {"first": 3, "second": 7, "noise_variance": 1.0}
BETAS = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]


def run(setting, folder):
    data, new = (mixed(setting, seed) for seed in inference_digits.seeds(setting))
    _, standardise, numbers = inference_digits.train(setting, folder, data, new, inference.truth_of_mixed)
    mixing, noise_variance = data.mixing / standardise.deviation, data.noise_variance / standardise.deviation**2
    exact = inference.linear_terms(mixing, noise_variance, setting["beta"])
    return numbers | {f"{name}{inference_digits.LINEAR}": value for name, value in exact.items()}


def mixed(setting, seed):
    digits = np.stack([inference_digits.digit(setting[name]) for name in ("first", "second")])
    return datasets.MixedDigits(digits, setting["images"], noise_variance=setting["noise_variance"], seed=seed)


def draw(rows, folder_of):
    return inference_digits.draw(rows, folder_of, "inference_mixing")


EXPERIMENT = Experiment(
    "inference_mixing",
    "Thesis on inference in the beta-VAE, Figure 4",
    run,
    settings=inference_digits.budgets(BETAS, **DIGITS),
    draw=draw,
)
