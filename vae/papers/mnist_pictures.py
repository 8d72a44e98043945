"""Reconstructions of MNIST over beta, decoded draws from the prior, and what a moved latent does.

Dissertation, section 4.2, Figures 4.1 to 4.3 (the reconstructions; the other two go beyond it).
"""

import numpy as np

from ..evaluation import Latents, measures, plots, traversal_plots
from ..evaluation.curves import select
from ..study import grid
from .experiment import Experiment
from .mnist import one_of_each, test_images, training_and_validation
from .training import keep, kept, numbers, train

NETWORKS = ("mnist-dense", "mnist-conv")
DELTAS = (-1, -0.5, 0, 0.5, 1)
MOVED = 3  # the digit whose code is perturbed


def run(setting, folder):
    images, validation = training_and_validation(setting)
    model = train(setting, folder, images.images, validation.images, latent_dim=16)
    test = test_images(setting)
    shown = one_of_each(test)
    mean, log_variance = model.encode(test.images)
    keep(
        folder,
        originals=plots.as_pictures(shown),
        rebuilt=model.reconstruct(shown),
        samples=model.sample(30, setting["random_state"]).reshape(3, 10, 28, 28, 1),
        moved=measures.perturb(model, shown[MOVED], DELTAS),
        kl=measures.kl_per_latent(mean, log_variance),
    )
    return numbers(model, test.images)


def draw(rows, folder_of):
    figures = {}
    for network in dict.fromkeys(row["architecture"] for row in rows):
        some = sorted(select(rows, architecture=network, random_state=0), key=lambda row: row["beta"])
        pictures = {row["beta"]: kept(folder_of(row)) for row in some}
        figures[f"{network}_reconstructions"] = _over_beta(pictures, "rebuilt", f"{network}: reconstructions over beta")
        figures[f"{network}_samples"] = _samples(pictures, f"{network}: decoded draws from the prior")
        last = pictures[max(pictures)]
        figures[f"{network}_perturbations"] = traversal_plots.perturbations(last["moved"], DELTAS, Latents(last["kl"]))
    return figures


def _over_beta(pictures, name, title):
    """Originals above, then a row for each beta (Figures 4.2 and 4.3; the one of beta = 0 is Figure 4.1)."""
    first = next(iter(pictures.values()))
    rows = np.stack([first["originals"], *(of_beta[name] for of_beta in pictures.values())])
    return plots.image_grid(rows, title, ["original", *(f"beta {beta:g}" for beta in pictures)])


def _samples(pictures, title):
    rows = np.concatenate([of_beta["samples"][:1] for of_beta in pictures.values()])
    return plots.image_grid(rows, title, [f"beta {beta:g}" for beta in pictures])


EXPERIMENT = Experiment(
    name="mnist_pictures",
    source="dissertation, Figures 4.1 to 4.3",
    run=run,
    settings={
        "quick": grid(
            architecture="mnist-conv", beta=[0, 4], random_state=0, max_epochs=1, images=600, validation=100,
            tested=1_000,
        ),
        "default": grid(
            architecture=NETWORKS, beta=[0, 1, 4], random_state=0, max_epochs=20, images=3_000, validation=500,
            tested=10_000,
        ),
        "full": grid(
            architecture=NETWORKS, beta=[0, 0.5, 1, 2, 4], random_state=range(3), max_epochs=20, images=55_000,
            validation=5_000, tested=10_000,
        ),
    },
    draw=draw,
)  # fmt: skip
