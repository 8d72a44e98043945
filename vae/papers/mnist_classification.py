"""How well a support vector machine tells digits apart by their codes, and how well they are reconstructed, over beta.

Dissertation, section 4.5, Figures 4.9 and 4.10; paper, section 3.2, Figure 2.
"""

from matplotlib.figure import Figure

from ..evaluation import classify_codes
from ..evaluation.curves import draw_curve, select
from ..study import grid
from .experiment import Experiment
from .mnist import test_images, training_and_validation
from .training import UNTIL_EARLY_STOPPING, numbers, train

NETWORKS = {"mnist-dense": "fully connected", "mnist-conv": "convolutional"}
SHARES = (1.0, 0.3, 0.1)
GAMMAS = ("auto", "scale")  # 1 / latents, as scikit-learn had it at the time; 1 / (latents * variance), as it has now


def run(setting, folder):
    """Train on a share of the labelled images, until early stopping, and a classifier on the codes of the same ones."""
    images, validation = training_and_validation(setting)
    part, test = images.fraction(setting["share"], setting["random_state"]), test_images(setting)
    model = train(setting, folder, part.images, validation.images, latent_dim=16)
    accuracies = {}
    for gamma in GAMMAS:
        for row in classify_codes(model, part, test, shares=(1.0,), gamma=gamma, rng=setting["random_state"]):
            accuracies[f"accuracy_{row['code']}_{gamma}"] = row["accuracy"]
    return numbers(model, test.images) | accuracies


def draw(rows, folder_of):
    return {
        "mnist_accuracy": accuracy_over_beta(rows, "accuracy_sampled_auto", "sampled codes, gamma = 1 / latents"),
        "mnist_accuracy_mean_codes": accuracy_over_beta(rows, "accuracy_mean_scale", "mean codes, gamma scaled"),
        "mnist_reconstruction_error": error_over_beta(select(rows, share=1.0)),
    }


def accuracy_over_beta(rows, column, title):
    """Figure 2 of the paper: a panel for each network, a curve for each share."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for axes, (network, name) in zip(panels, NETWORKS.items(), strict=True):
        for share in SHARES:
            some = select(rows, architecture=network, share=share)
            if some:
                draw_curve(axes, some, "beta", column, label=f"{share:.0%} of the images")
        axes.set(title=name, xlabel="beta")
        axes.grid(alpha=0.3)
    panels[0].set_ylabel("test images told right")
    panels[0].legend(fontsize="small")
    figure.suptitle(f"MNIST by a support vector machine on {title}", fontsize="medium")
    return figure


def error_over_beta(rows):
    """Figure 4.10 of the dissertation."""
    figure = Figure(figsize=(5.5, 3.6), layout="constrained")
    axes = figure.subplots()
    for network, name in NETWORKS.items():
        draw_curve(axes, select(rows, architecture=network), "beta", "reconstruction_error", label=name)
    axes.set(xlabel="beta", ylabel="||x - x'|| / n")
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def _settings(epochs, shares=SHARES, **others):
    """`epochs` are passes over all images; a share is passed more often, so that it may take as many steps."""
    return [
        setting
        for share in shares
        for setting in grid(share=share, max_epochs=round(epochs / share), **others, architecture=NETWORKS)
    ]


EXPERIMENT = Experiment(
    name="mnist_classification",
    source="dissertation, Figures 4.9 and 4.10; paper, Figure 2",
    run=run,
    settings={
        "quick": _settings(1, [1.0], random_state=0, beta=[0, 1], images=600, validation=100, tested=1_000),
        "default": _settings(
            12, random_state=range(2), beta=[0, 0.1, 1, 2, 4], images=6_000, validation=1_000, tested=10_000
        ),
        "full": _settings(
            UNTIL_EARLY_STOPPING, random_state=range(5), beta=[round(0.1 * step, 1) for step in range(41)],
            images=55_000, validation=5_000, tested=10_000,
        ),
    },
    draw=draw,
)  # fmt: skip
