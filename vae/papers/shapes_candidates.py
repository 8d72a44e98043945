"""What of the main demo's training keeps its latents clean: one thing changed at a time, over seeds.

No figure of a document: it is a study behind docs/disentangling.md, with the small network of `shapes_frame`.
"""

import numpy as np
from matplotlib.figure import Figure

import nn

from .. import metrics
from ..estimator import BetaVAE
from ..evaluation import Latents
from ..study import grid, shapes_set
from ..training.annealing import annealed
from .experiment import Experiment
from .shapes_annealing import FACTORS, gap_by_factor
from .shapes_frame import SMALL
from .training import spread

BETA, RATE, BATCH, CODE = 4.0, 1e-3, 100, 0.1
MOMENTUM = 0.999  # the dissertation's for all: it changes nothing in training
PAIRS = 10_000  # of the difference metric
CANDIDATES = {
    "the default": {},
    "He's initial code": {"initial_code": 1.0},
    "a hundredth of He's code": {"initial_code": 0.01},
    "beta constant": {"beta": BETA},
    "beta rising": {"beta": "rising"},
    "rate constant": {"learning_rate": RATE},
    "beta and rate constant": {"beta": BETA, "learning_rate": RATE},
    "as in the dissertation": {"beta": BETA, "learning_rate": RATE, "initial_code": 1.0},
    "batches of 50": {"batch_size": 50},
    "batches of 200": {"batch_size": 200},
    "8 latents": {"latent_dim": 8},
}
SCORES = {
    "position": "x, or y, alone: the smaller",
    "mig": "MIG (x, y, scale, rotation)",
    "difference": "difference metric",
    "elbo": "ELBO (nats)",
}


def run(setting, folder):
    """Train one of the `CANDIDATES` on ``images`` of ShapesSet; measure on the test part."""
    training, _, test = shapes_set().split(setting["random_state"])
    images = spread(training.images, setting["images"])
    changed = CANDIDATES[setting["candidate"]]
    steps = setting["max_epochs"] * (len(images) // changed.get("batch_size", BATCH))
    parameters = {"latent_dim": 10, "batch_size": BATCH, "initial_code": CODE} | annealed(BETA, steps)
    parameters |= {"batch_norm_momentum": MOMENTUM} | changed
    if parameters["beta"] == "rising":
        parameters["beta"] = nn.schedules.Linear(0.0, BETA, steps // 2)
    model = BetaVAE(
        SMALL, **parameters, max_epochs=setting["max_epochs"], random_state=setting["random_state"],
        device=setting.get("device", "cpu"), progress=False,
    )  # fmt: skip
    model.fit(images, checkpoint=folder / "checkpoint.npz")
    return measured(model, test, setting["random_state"])


def measured(model, test, seed):
    """The goals' numbers that are quickly computed, in nats and shares of 1."""
    mean, log_variance = model.encode(test.images)
    latents = Latents.of(mean, log_variance, test)
    gaps = gap_by_factor(mean, test, seed)
    explained = {name: latents.most(name) for name in ("x", "y")}
    return {
        "position": min(explained.values()), **{f"explained_by_{name}": share for name, share in explained.items()},
        "explained_by_shape_and_scale": latents.most("shape", "scale"),
        "mig": float(np.mean([gaps[name] for name in FACTORS])),
        "difference": float(metrics.difference_score(model.transform, test, seed, samples=PAIRS, quick=True)),
        "active_latents": len(latents.active), "kl": float(latents.kl.sum()), "elbo": model.score(test.images),
    }  # fmt: skip


def draw(rows, folder_of):
    """A panel for each score, a line for each candidate: every seed, and their median."""
    candidates = [name for name in CANDIDATES if any(row["candidate"] == name for row in rows)][::-1]
    figure = Figure(figsize=(12, 1 + 0.3 * len(candidates)), layout="constrained")
    for axes, (column, title) in zip(figure.subplots(1, len(SCORES), sharey=True), SCORES.items(), strict=True):
        for place, candidate in enumerate(candidates):
            values = [row[column] for row in rows if row["candidate"] == candidate]
            axes.plot(values, np.full(len(values), place), "o", alpha=0.5)
            axes.vlines(np.median(values), place - 0.35, place + 0.35, color="black")
        axes.set_title(title, fontsize="medium")
        axes.set_yticks(range(len(candidates)), candidates)
        axes.grid(axis="x", alpha=0.3)
    return {"shapes_candidates": figure}


EXPERIMENT = Experiment(
    name="shapes_candidates",
    source="docs/disentangling.md (none of a document)",
    run=run,
    settings={
        "quick": grid(candidate="the default", random_state=0, images=1_000, max_epochs=1),
        "default": grid(random_state=range(8), candidate=CANDIDATES, images=150_000, max_epochs=1),
        "full": grid(random_state=range(8), candidate=CANDIDATES, images=180_000, max_epochs=5),
    },
    draw=draw,
)
