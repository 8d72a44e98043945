"""Which frame do two latents choose for a position in the plane: along x and y, or turned against them?

No figure of a document: the experiment behind docs/disentangling.md, with a network a fifth as large as the papers'.
"""

from functools import partial

import numpy as np
from matplotlib.figure import Figure

from ..estimator import BetaVAE
from ..evaluation import Latents
from ..specification import Architecture, Dense, Output
from ..study import grid, shapes_set
from .experiment import Experiment
from .training import spread

_dense = partial(Dense, batch_norm=True)
SMALL = Architecture(
    encoder=[_dense(300, "relu"), _dense(300, "relu")],
    decoder=[_dense(300, "tanh"), _dense(300, "tanh"), _dense(300, "tanh"), Output()],
    image_shape=(64, 64, 1),
)
ANGLES = np.radians(np.arange(0, 91, 5))


def run(setting, folder):
    """Train with one beta and one learning rate on ``images`` of ShapesSet; measure the frame of the position."""
    training, _, test = shapes_set().split(setting["random_state"])
    images = spread(training.images, setting["images"])
    model = BetaVAE(
        SMALL, 10, setting["beta"], learning_rate=setting["learning_rate"], max_epochs=setting["max_epochs"],
        random_state=setting["random_state"], device=setting.get("device", "cpu"), progress=False,
    )  # fmt: skip
    model.fit(images, checkpoint=folder / "checkpoint.npz")
    mean, log_variance = model.encode(test.images)
    latents = Latents.of(mean, log_variance, test)
    first, second = np.argsort(-latents.explained["x", "y"])[:2]
    price = price_of_turning(log_variance[:, [first, second]])
    return {
        "explained_by_x": latents.most("x"),
        "explained_by_y": latents.most("y"),
        "kl": float(latents.kl.sum()), "kl_position": float(latents.kl[[first, second]].sum()),
        "active_latents": len(latents.active), "price_at_45_degrees": float(price[len(ANGLES) // 2]),
    }  # fmt: skip


def price_of_turning(log_variance, angles=ANGLES):
    """What it costs to turn the frame of two latents while every posterior stays diagonal, in nats an image.

    Turn the codes by an angle, and the decoder back: nothing changes but the posteriors' covariance, which is no longer
    diagonal.  The best diagonal one has the diagonal of the precision P = R diag(1/s^2) R^T, and costs

        KL(N(m, diag(P)^-1) || N(m, P^-1)) = 1/2 [ log P_11 + log P_22 + log s_1^2 + log s_2^2 ]  >= 0,

    0 only where s_1 = s_2 (Hadamard's inequality).  The prior and the means' squares do not change.

    log_variance : (n, 2), of q(z|x).  Returns the mean over the n, for each angle in radians.
    """
    precision = np.exp(-log_variance.astype(np.float64))
    cos, sin = np.cos(angles)[:, None] ** 2, np.sin(angles)[:, None] ** 2
    turned = cos * precision[:, 0] + sin * precision[:, 1], sin * precision[:, 0] + cos * precision[:, 1]
    return (np.log(turned[0]) + np.log(turned[1]) + log_variance.sum(axis=1)).mean(axis=1) / 2


def draw(rows, folder_of):
    """How much x or y alone explains of a latent, over beta, for each learning rate: 1/2 is a frame turned by 45."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    for position, rate in enumerate(sorted({row["learning_rate"] for row in rows})):
        some = [row for row in rows if row["learning_rate"] == rate]
        betas = np.array([row["beta"] for row in some]) * (1 + 0.06 * position)  # beside each other
        worse = [min(row["explained_by_x"], row["explained_by_y"]) for row in some]
        left.plot(betas, worse, "o", alpha=0.7, label=f"learning rate {rate:g}")
        right.plot(betas, [row["beta"] * row["price_at_45_degrees"] for row in some], "o", alpha=0.7)
    left.set(ylabel="least explained by x, or y, alone", ylim=(0, 1.02))
    right.set(ylabel="beta * price of a turn by 45 degrees (nats)", yscale="log")
    for axes in (left, right):
        axes.set(xlabel="beta", xscale="log")
        axes.set_xticks(ticks := sorted({row["beta"] for row in rows}), [f"{beta:g}" for beta in ticks])
        axes.minorticks_off()
        axes.grid(alpha=0.3)
    left.axhline(0.5, color="gray", lw=0.8)
    left.legend(fontsize="small")
    return {"shapes_frame": figure}


_settings = partial(grid, max_epochs=1)

EXPERIMENT = Experiment(
    name="shapes_frame",
    source="docs/disentangling.md (none of a document)",
    run=run,
    settings={
        "quick": _settings(beta=40, learning_rate=4e-3, random_state=0, images=1_000),
        "default": _settings(
            random_state=range(3), learning_rate=[1e-3, 4e-3], beta=[4, 10, 20, 40, 80], images=100_000
        ),
        "full": _settings(random_state=range(10), learning_rate=[1e-3, 4e-3], beta=[4, 10, 20, 40, 80], images=180_000),
    },
    draw=draw,
)
