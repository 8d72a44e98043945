"""Hassan, section 6.1: the beta-VAE metric and MIG, which the thesis describes but reports no number of.

Both need known factors, and Frey Faces have none.  So a small face is put at known places: frames of the video, shrunk
to 14x10, on a black image of 28x20, in 8 rows and 6 columns.  Three factors (frame, row, column), as many images as
Frey Faces, the thesis's network and epochs.
"""

import numpy as np
from matplotlib.figure import Figure

import datasets

from ..evaluation.curves import draw_curve, over
from ..metrics import beta_vae_score, covariance_gap, mutual_information_gap
from ..study import grid
from .experiment import Experiment
from .hassan_figures import BETA
from .hassan_frey import BATCH
from .training import train

ROWS, COLUMNS, STEP = 8, 6, 2  # places, and pixels between two


def run(setting, folder):
    """Both metrics on the mean codes of all images, with their own errors and chance levels."""
    data = small_faces(setting["frames"])
    model = train(setting, folder, data.images, architecture="frey-conv", reduction="mean", batch_size=BATCH)
    mean, log_variance = model.encode(data.images)
    numbers = {
        "reconstruction": model.history_["reconstruction"][-1], "kl": model.history_["kl"][-1],
        "gap": covariance_gap(mean, log_variance),
    }  # fmt: skip
    for name, metric in (("beta_vae", beta_vae_score), ("mig", mutual_information_gap)):
        score = metric(mean, data.factors, setting["random_state"])
        numbers |= {name: score, f"{name}_error": score.error, f"{name}_chance": score.chance}
    return numbers


def small_faces(frames):
    """So many frames, evenly over the video, each at 48 places: a `datasets.FactorDataset`."""
    every = datasets.load_frey().images[..., 0]
    chosen = every[np.linspace(0, len(every) - 1, frames).astype(int)]
    small = chosen.reshape(frames, 14, 2, 10, 2).mean(axis=(2, 4)).round().astype(np.uint8)
    factors = np.array(list(np.ndindex(frames, ROWS, COLUMNS)))
    images = np.zeros((len(factors), 28, 20), np.uint8)
    for image, (frame, row, column) in zip(images, factors, strict=True):
        image[STEP * row : STEP * row + 14, STEP * column : STEP * column + 10] = small[frame]
    return datasets.FactorDataset(images, factors, ("frame", "row", "column"))


def draw(rows, folder_of):
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    panels = {"beta_vae": "beta-VAE metric", "mig": "mutual information gap"}
    for axes, (column, title) in zip(figure.subplots(1, 2), panels.items(), strict=True):
        draw_curve(axes, rows, "beta", column, label="mean code")
        chance = [(beta, mean.mean) for beta, mean in over(rows, "beta", f"{column}_chance")]
        axes.plot(*zip(*chance, strict=True), ":", color="gray", label="chance")
        axes.set(xscale="log", ylim=(0, None), title=title, xlabel=BETA)
        axes.grid(alpha=0.3)
    figure.axes[0].legend(fontsize="small")
    return {"hassan_metrics": figure}


FULL = {"latent_dim": 5, "max_epochs": 10, "frames": 40}
EXPERIMENT = Experiment(
    "hassan_metrics",
    "Hassan, section 6.1",
    run,
    settings={
        "quick": grid(beta=[1e-4, 1e-2], random_state=0, latent_dim=5, max_epochs=2, frames=6),
        "default": grid(beta=[1e-6, 1e-4, 1e-3, 1e-2], random_state=range(2), **FULL),
        "full": grid(beta=[1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0], random_state=range(5), **FULL),
    },
    draw=draw,
)
