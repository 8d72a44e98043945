"""The difference metric over beta, for dense and convolutional networks, plain and denoising.

Dissertation, section 4.4, Figure 4.8; paper, section 3.1, Figure 1.
"""

from functools import partial

import numpy as np
from matplotlib.figure import Figure

from .. import metrics
from ..evaluation.curves import draw_curve, over, select
from ..study import grid, shapes_set
from .experiment import Experiment
from .training import UNTIL_EARLY_STOPPING, document_rate, numbers, train

NETWORKS = {"shapes-dense": "fully connected", "shapes-conv": "convolutional"}
NOISE = {0.0: "", 0.2: ", denoising"}  # share of the pixels
TESTED = 2_000  # images for the ELBO and the like


def run(setting, folder):
    """Train on ``images`` of ShapesSet's training part; measure with ``samples`` pairs.

    ``classifier`` is how the difference metric's classifier is fitted: by "adam", as in the dissertation, or "quickly".
    """
    train_part, validation, test = shapes_set().split(seed=0)
    rng = np.random.default_rng(setting["random_state"])
    images = train_part.images.subset(np.sort(rng.permutation(len(train_part))[: setting["images"]]))
    held_out = validation.images.subset(rng.permutation(len(validation))[: setting["validation"]])
    model = train(setting, folder, images, held_out, latent_dim=10)
    quick = setting["classifier"] == "quickly"
    difference = metrics.difference_score(
        model.transform, test, setting["random_state"], samples=setting["samples"], quick=quick
    )
    gap = metrics.mutual_information_gap(
        model.transform, test, setting["random_state"], samples=min(10_000, setting["samples"]), repeats=2
    )
    measured = {"difference": float(difference), "difference_error": difference.error, "chance": difference.chance}
    some = test.images.subset(rng.permutation(len(test))[:TESTED])
    return numbers(model, some) | measured | {"mutual_information_gap": float(gap)}


def draw(rows, folder_of):
    figure = Figure(figsize=(9, 6), layout="constrained")
    panels = figure.subplots(2, 2, sharex=True, sharey=True)
    for axes_row, (network, name) in zip(panels, NETWORKS.items(), strict=True):
        for axes, (share, noise) in zip(axes_row, NOISE.items(), strict=True):
            some = select(rows, architecture=network, salt_and_pepper=share)
            axes.set_title(f"{name}{noise}", fontsize="medium")
            axes.grid(alpha=0.3)
            if some:
                draw_curve(axes, some, "beta", "difference")
                axes.plot(*trend(some), color="tab:red", label="trend")
                axes.axhline(np.mean([row["chance"] for row in some]), color="gray", ls=":", label="chance")
    for axes in panels[1]:
        axes.set_xlabel("beta")
    for axes in panels[:, 0]:
        axes.set_ylabel("difference metric")
    panels[0, 0].legend(fontsize="small")
    return {"shapes_difference": figure}


def trend(rows):
    """The straight line through the means over beta: two betas and its two heights."""
    points = over(rows, "beta", "difference")
    betas = np.array([beta for beta, _ in points])
    line = np.polynomial.Polynomial.fit(betas, [mean.mean for _, mean in points], min(1, len(betas) - 1))
    ends = betas[[0, -1]]
    return ends, line(ends)


_settings = partial(grid, salt_and_pepper=NOISE)

EXPERIMENT = Experiment(
    name="shapes_difference",
    source="dissertation, Figure 4.8; paper, Figure 1",
    run=run,
    settings={
        "quick": _settings(
            architecture="shapes-dense", beta=4, learning_rate=1e-3, random_state=0, images=1_000, validation=200,
            max_epochs=1, samples=2_000, classifier="quickly",
        ),
        "default": _settings(
            architecture=NETWORKS, random_state=range(2), beta=[0, 1, 4], learning_rate=1e-3, images=40_000,
            validation=2_000, max_epochs=3, samples=20_000, classifier="quickly",
        ),
        "full": [
            setting | {"learning_rate": document_rate(setting["beta"])}
            for setting in _settings(
                architecture=NETWORKS, random_state=range(5), beta=[round(0.2 * step, 1) for step in range(26)],
                images=186_915, validation=40_053, max_epochs=UNTIL_EARLY_STOPPING, samples=50_000, classifier="adam",
            )
        ],
    },
    draw=draw,
)  # fmt: skip
