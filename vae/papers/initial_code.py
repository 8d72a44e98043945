"""Does the small initial code, which helps on ShapesSet, do harm elsewhere?  Networks of the other data sets.

No figure of a document: it checks the default of `BetaVAE`'s ``initial_code`` for docs/disentangling.md.
"""

import numpy as np
from matplotlib.figure import Figure

import datasets

from ..evaluation.curves import select
from ..study import grid
from . import inference_mixing
from .experiment import Experiment
from .training import numbers, train

CODES = {1.0: "He's", 0.1: "a tenth"}


def run(setting, folder):
    """Train with one initial code; measure on held-out images."""
    images, held_out = DATA[setting["data"]](setting)
    return numbers(train(setting, folder, images), held_out)


def mnist(setting):
    training, held_out = datasets.load_mnist("train"), datasets.load_mnist("test")
    return training.images[: setting["images"]], held_out.images


def frey(setting):
    training, held_out, _ = datasets.load_frey().split(seed=0, validation=0.15, test=0.0)
    return training.images[: setting["images"]], held_out.images


def canvases(setting):
    """Mixtures of two digits on a canvas (thesis on inference in the beta-VAE, Figure 4), standardised."""
    data, new = (inference_mixing.mixed(setting | inference_mixing.DIGITS, seed) for seed in (0, 1))
    standardise = datasets.Standardisation.of(data.images)
    return standardise.apply(data.images), standardise.apply(new.images)


DATA = {"mnist": mnist, "frey": frey, "canvases": canvases}


def draw(rows, folder_of):
    """The held-out ELBO with the small code over that with He's, a point for each seed."""
    figure = Figure(figsize=(6, 3.4), layout="constrained")
    axes = figure.subplots()
    architectures = list(dict.fromkeys(row["architecture"] for row in rows))
    for place, architecture in enumerate(architectures):
        large, small = (
            np.array([row["elbo"] for row in select(rows, architecture=architecture, initial_code=code)])
            for code in CODES
        )
        pairs = min(len(large), len(small))  # fewer if a run failed
        gain = 100 * (small[:pairs] - large[:pairs]) / np.abs(large[:pairs])
        axes.plot(np.full(pairs, place), gain, "o", alpha=0.6)
        if pairs:
            axes.hlines(gain.mean(), place - 0.3, place + 0.3, color="black")
    axes.axhline(0, color="grey", linewidth=0.8)
    axes.set(ylabel="ELBO gained by the small initial code (%)")
    axes.set_xticks(range(len(architectures)), architectures)
    axes.grid(axis="y", alpha=0.3)
    return {"initial_code": figure}


def _settings(networks, **settings):
    return [
        setting
        for network in networks
        for setting in grid(initial_code=list(CODES), **network, **settings)
    ]  # fmt: skip


_dense, _conv, _frey, _canvases = (
    {"data": "mnist", "architecture": "mnist-dense", "latent_dim": 16, "beta": 1.0, "images": 60_000, "max_epochs": 5},
    {"data": "mnist", "architecture": "mnist-conv", "latent_dim": 16, "beta": 1.0, "images": 20_000, "max_epochs": 5},
    {"data": "frey", "architecture": "frey-conv", "latent_dim": 5, "beta": 0.001, "reduction": "mean",
     "images": 1_670, "batch_size": 16, "max_epochs": 5},
    {"data": "canvases", "architecture": "mixing-dense", "latent_dim": 2, "beta": 1.0, "likelihood": "gaussian",
     "images": 1_000, "max_epochs": 50},
)  # fmt: skip

EXPERIMENT = Experiment(
    name="initial_code",
    source="docs/disentangling.md (none of a document)",
    run=run,
    settings={
        "quick": _settings([_dense | {"images": 600, "max_epochs": 1}], random_state=0),
        "default": _settings([_dense, _conv, _frey, _canvases], random_state=range(3)),
        "full": _settings(
            [network | {"max_epochs": 4 * network["max_epochs"]} for network in (_dense, _conv, _frey, _canvases)],
            random_state=range(8),
        ),
    },
    draw=draw,
)
