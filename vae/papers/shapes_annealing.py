"""How clean the main demo's latents come out, seed by seed, and what of its training does it.

No figure of a document: it is the study behind docs/disentangling.md and the defaults of demos/shapes_beta4.py.
"""

from functools import partial

import numpy as np
from matplotlib.figure import Figure

import nn

from .. import metrics
from ..estimator import BetaVAE
from ..evaluation import Latents, plots
from ..metrics.information import equal_width_bins, gap_of_top_two, mutual_information
from ..study import grid, shapes_set
from ..training.annealing import annealed
from .experiment import Experiment
from .training import spread

BETA, LATENTS, BATCH = 4.0, 10, 100
RECORD_EVERY = 20  # steps
POINTS, BINS = 10_000, 20  # of the mutual information, as in `metrics.mutual_information_gap`
SCORES = ("difference_score", "factor_vae_score")
COURSES = {
    "dissertation": "one beta, He's initial code",
    "small code": "one beta, a tenth of He's code",
    "annealed": "beta and learning rate fall, a tenth of He's code",
}
FACTORS = ("x", "y", "scale", "rotation")


def run(setting, folder):
    """Train on ShapesSet, or on ``images`` of it, by one of the `COURSES`; measure on the test part."""
    training, _, test = shapes_set().split(setting["random_state"])
    images = training.images
    if setting["images"]:
        images = spread(images, setting["images"])
    course = {"beta": BETA, "learning_rate": 1e-3}
    if setting["course"] == "annealed":
        course = annealed(BETA, setting["max_epochs"] * (len(images) // BATCH))
    checkpoint = folder / "checkpoint.npz"
    recorder = nn.Recorder(folder / "steps.csv", every=RECORD_EVERY, resume=checkpoint.exists())
    model = BetaVAE(
        setting["architecture"], LATENTS, initial_code=1.0 if setting["course"] == "dissertation" else 0.1,
        batch_size=BATCH, max_epochs=setting["max_epochs"], random_state=setting["random_state"],
        device=setting.get("device", "cpu"), progress=False, **course,
    )  # fmt: skip
    model.fit(images, checkpoint=checkpoint, callbacks=[recorder])
    return measured(model, test, setting["random_state"])


def measured(model, test, seed):
    """The goals' numbers, in nats and shares of 1."""
    mean, log_variance = model.encode(test.images)
    latents = Latents.of(mean, log_variance, test)
    scores = metrics.evaluate(model, test, seed, repeats=2, only=SCORES, progress=False)
    gaps = gap_by_factor(mean, test, seed)
    history = model.history_
    return {
        "reconstruction": history["reconstruction"][-1], "kl": history["kl"][-1], "elbo": model.score(test.images),
        "active_latents": len(latents.active),
        "mig": float(np.mean([gaps[name] for name in FACTORS])),
        **{f"mig_{name}": gaps[name] for name in test.factor_names},
        **{f"explained_by_{name}": latents.most(name) for name in FACTORS},
        "explained_by_shape_and_scale": latents.most("shape", "scale"),
        "difference": float(scores["difference_score"]), "factor_vae": float(scores["factor_vae_score"]),
    }  # fmt: skip


def gap_by_factor(codes, test, seed):
    """The mutual information gap of each factor, {name: share of its entropy}; their mean is the MIG."""
    rows = np.random.default_rng(seed).permutation(len(codes))[:POINTS]
    information, entropies = mutual_information(equal_width_bins(codes[rows], BINS), test.factors[rows])
    return dict(zip(test.factor_names, (gap_of_top_two(information) / entropies).tolist(), strict=True))


def draw(rows, folder_of, name="shapes_annealing"):
    """Scores by course, a point for each seed; and for the first seed of each course, which latent woke up when."""
    columns = {"mig": "MIG (x, y, scale, rotation)", "difference": "difference metric", "factor_vae": "FactorVAE score"}
    columns |= {f"explained_by_{name}": f"most that {name} explains alone" for name in ("x", "y", "scale")}
    courses = [course for course in COURSES if any(row["course"] == course for row in rows)]
    figure = Figure(figsize=(10, 6), layout="constrained")
    for axes, (column, title) in zip(figure.subplots(2, 3).flat, columns.items(), strict=True):
        for place, course in enumerate(courses):
            values = [row[column] for row in rows if row["course"] == course]
            axes.plot(np.full(len(values), place), values, "o", alpha=0.6)
            axes.hlines(np.median(values), place - 0.3, place + 0.3, color="black")
        axes.set(title=title, ylim=(0, 1.02), xlim=(-0.7, len(courses) - 0.3))
        axes.set_xticks(range(len(courses)), courses, fontsize="small")
        axes.grid(axis="y", alpha=0.3)
    figures = {name: figure}
    for course in courses:
        first = next(row for row in rows if row["course"] == course)
        history = nn.History.load(folder_of(first) / "steps.csv")
        figures[f"{name}_kl_{course.replace(' ', '_')}"] = plots.kl_over_training(history)
    return figures


def settings(architecture, epochs):
    """The budgets of the study for one network, which trains for so many epochs by default."""
    of = partial(grid, architecture=architecture)
    return {
        "quick": of(course=COURSES, random_state=0, max_epochs=1, images=1_000),
        "default": of(course="annealed", random_state=range(8), max_epochs=epochs, images=0)
        + of(course="dissertation", random_state=range(2), max_epochs=epochs, images=0),
        "full": of(course=COURSES, random_state=range(8), max_epochs=10, images=0),
    }


EXPERIMENT = Experiment(
    name="shapes_annealing",
    source="docs/disentangling.md (none of a document)",
    run=run,
    settings=settings("shapes-dense", epochs=3),
    draw=draw,
)
