"""What each latent of ShapesSet stands for, at beta = 4 and at beta = 0.

Dissertation, section 4.3, Figures 4.4 to 4.7, trained as it says: one beta throughout, He's initial code.
"""

import numpy as np

from ..evaluation import Latents, measures, plots, traversal_plots
from ..evaluation.curves import select
from ..study import grid, shapes_set
from .experiment import Experiment
from .training import UNTIL_EARLY_STOPPING, document_rate, keep, kept, numbers, spread, train

NETWORKS = ("shapes-dense", "shapes-conv")
DELTAS = (-1, -0.5, 0, 0.5, 1)
MOVED = np.array([1, 8, 8, 3, 10])  # an ellipse in the middle, tilted by 30 degrees


def run(setting, folder):
    training, validation, test = shapes_set().split(setting["random_state"])
    images, held_out = spread(training.images, setting["images"]), spread(validation.images, setting["validation"])
    model = train(setting, folder, images, held_out, latent_dim=10)
    mean, log_variance = model.encode(test.images)
    keep(folder, mean=mean, log_variance=log_variance, moved=measures.perturb(model, test.render(MOVED), DELTAS))
    latents = Latents.of(mean, log_variance, test)
    return numbers(model, test.images) | {
        "named_latents": sum(bool(latents.factors(j)) for j in latents.active),
        **{f"explained_by_{name}": latents.most(name) for name in ("x", "y", "scale", "rotation")},
        "explained_by_position": latents.most("x", "y"), "explained_by_shape_and_scale": latents.most("shape", "scale"),
    }  # fmt: skip


def draw(rows, folder_of):
    """Figures 4.4 and 4.5 (beta = 4), 4.6 and 4.7 (beta = 0): the latents' means, and images while one is moved."""
    figures, first = {}, min(row["random_state"] for row in rows)
    _, _, test = shapes_set().split(first)
    for row in select(rows, random_state=first):
        arrays, name = kept(folder_of(row)), f"{row['architecture']}_beta{row['beta']:g}"
        latents = Latents.of(arrays["mean"], arrays["log_variance"], test)
        figures[f"{name}_means"] = plots.latent_means(arrays["mean"], test, latents)
        figures[f"{name}_moved"] = traversal_plots.perturbations(arrays["moved"], DELTAS, latents)
    return figures


EXPERIMENT = Experiment(
    name="shapes_latents",
    source="dissertation, Figures 4.4 to 4.7",
    run=run,
    settings={
        "quick": grid(
            architecture="shapes-dense", beta=4, learning_rate=1e-3, random_state=0, max_epochs=1, images=1_000,
            validation=200,
        ),
        "default": grid(
            architecture=NETWORKS, beta=[4, 0], learning_rate=1e-3, random_state=0, max_epochs=3, images=60_000,
            validation=2_000,
        ),
        "full": [
            setting | {"learning_rate": document_rate(setting["beta"])}
            for setting in grid(
                architecture=NETWORKS, beta=[4, 0], random_state=range(3), max_epochs=UNTIL_EARLY_STOPPING,
                images=186_915, validation=40_053,
            )
        ],
    },
    draw=draw,
)  # fmt: skip
