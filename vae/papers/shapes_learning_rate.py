"""Does beta = 0 need a smaller learning rate on ShapesSet?  Dissertation, section 3.2.4, Algorithm 2.

"The learning rate was set to 0.001, except for the case when training the autoencoder on ShapesSet with beta = 0.  Then
it had to be further reduced to 3e-5 to ensure the numerical stability of the training process."
"""

import numpy as np
from matplotlib.figure import Figure

from ..evaluation.curves import draw_curve, select
from ..study import grid, shapes_set
from .experiment import Experiment
from .training import numbers, train

NETWORKS = {"shapes-dense": "fully connected", "shapes-conv": "convolutional"}
RATES = (3e-5, 1e-4, 3e-4, 1e-3)
TESTED = 5_000


def run(setting, folder):
    """A training that diverges is a failed run, and says so in the table."""
    training, _, test = shapes_set().split(seed=0)
    rng = np.random.default_rng(setting["random_state"])
    images = training.images.subset(np.sort(rng.permutation(len(training))[: setting["images"]]))
    model = train(setting, folder, images, beta=0.0, latent_dim=10)
    objective = model.history_["objective"]
    return numbers(model, test.images.subset(rng.permutation(len(test))[:TESTED])) | {
        "first_objective": objective[0],
        "last_objective": objective[-1],
        "largest_rise": float(max(0, np.max(np.diff(objective), initial=0))),
    }


def draw(rows, folder_of):
    figure = Figure(figsize=(5.5, 3.4), layout="constrained")
    axes = figure.subplots()
    for network, name in NETWORKS.items():
        some = select(rows, architecture=network)
        if some:
            draw_curve(axes, some, "learning_rate", "last_objective", label=name)
    axes.set(xscale="log", xlabel="learning rate of Adam", ylabel="objective of the last epoch (nats)")
    axes.grid(alpha=0.3)
    axes.legend()
    return {"shapes_learning_rate": figure}


EXPERIMENT = Experiment(
    name="shapes_learning_rate",
    source="dissertation, section 3.2.4, Algorithm 2",
    run=run,
    settings={
        "quick": grid(architecture="shapes-dense", learning_rate=[1e-3], random_state=0, images=500, max_epochs=1),
        "default": grid(
            architecture=NETWORKS, learning_rate=[3e-5, 1e-3], random_state=0, images=10_000, max_epochs=3
        ),
        "full": grid(
            architecture=NETWORKS, learning_rate=RATES, random_state=range(5), images=186_915, max_epochs=20
        ),
    },
    draw=draw,
)  # fmt: skip
