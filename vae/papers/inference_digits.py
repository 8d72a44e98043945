"""What the two deep experiments of the thesis on inference in the beta-VAE share (Figures 2, 4 and 5).

The networks are 1600-256-200-200-2 and back, tanh, Gaussian likelihood, Adam 1e-3; 1,000 images, standardised.  In the
text 300 random starts for each beta, under the figures 100, for 1,000 epochs.
"""

import numpy as np

import datasets

from .. import inference
from ..evaluation import measures, plots
from ..evaluation.curves import select
from ..inference.plots import deep_terms_over_beta
from ..metrics import sap_score
from ..study import grid
from . import training

TERMS = ("elbo", "reconstruction", "kl", "tie")
NEW, LINEAR = "_new", "_linear"  # ends of columns' names: on new images; of the best linear model
SIDE = 9  # decoded means for z in [-2, 2]^2


def seeds(setting):
    """Of the training images, and of the new ones."""
    return setting["seed"], setting["seed"] + 1


def digit(label):
    """The first MNIST image of a digit, (28, 28, 1)."""
    return datasets.load_mnist().of_class(label).images[0]


def train(setting, folder, data, new, truth_of):
    """Train one network; measure the terms on the training images and on new ones.

    truth_of : function from the data set to the `inference.Truth` of its images.
    Returns the model, the standardisation of its images, and the numbers.
    """
    standardise = datasets.Standardisation.of(data.images)
    images = standardise.apply(data.images)
    model = training.train(setting, folder, images, architecture="mixing-dense", latent_dim=2, likelihood="gaussian")
    numbers = inference.inference_terms(model, images, truth_of(data))
    on_new = inference.inference_terms(model, standardise.apply(new.images), truth_of(new))
    numbers |= {f"{name}{NEW}": value for name, value in on_new.items()}
    codes = model.transform(images)
    numbers |= {"sap": sap_score(codes, data.sources, continuous=True, repeats=2)}
    plane = standardise.undo(measures.plane(model, np.linspace(-2, 2, SIDE)))
    training.keep(folder, plane=np.rint(255 * np.clip(plane, 0, 1)).astype(np.uint8))
    return model, standardise, numbers


def draw(rows, folder_of, prefix):
    """The four terms over beta, and the plane of the latents at a small, a middle and a large beta."""
    betas = sorted({row["beta"] for row in rows})
    runs = {label: terms(rows, betas, end) for label, end in (("training images", ""), ("new images", NEW))}
    exact = None
    if f"elbo{LINEAR}" in rows[0]:
        exact = {name: values[:, 0] for name, values in terms(rows, betas, LINEAR).items()}
    figures = {f"{prefix}_terms": deep_terms_over_beta(np.array(betas), runs, exact)}
    for which, beta in (("small", betas[0]), ("middle", betas[len(betas) // 2]), ("large", betas[-2])):
        plane = training.kept(folder_of(select(rows, beta=beta)[0]))["plane"] / 255
        title = f"decoded means for z in [-2, 2]^2, beta = {beta:g}"
        figures[f"{prefix}_plane_{which}"] = plots.image_grid(plane, title)
    return figures


def terms(rows, betas, end):
    """{term: (betas, starts)} out of the columns with this end of their names."""
    starts = min(len(select(rows, beta=beta)) for beta in betas)  # fewer if a run failed
    return {
        name: np.array([[row[f"{name}{end}"] for row in select(rows, beta=beta)[:starts]] for beta in betas])
        for name in TERMS
    }


def summary(rows):
    """The means over the starts as a table, and where the extrema are, as text."""
    betas = sorted({row["beta"] for row in rows})
    ends = {"training images": "", "new images": NEW, "best linear model, exactly": LINEAR}
    lines = []
    for label, end in ends.items():
        if f"elbo{end}" not in rows[0]:
            continue
        means = {name: values.mean(axis=1) for name, values in terms(rows, betas, end).items()}
        lines.append(f"  {label:<28}" + "".join(f"{name:>16}" for name in TERMS))
        for position, beta in enumerate(betas):
            numbers = "".join(f"{means[name][position]:>16.2f}" for name in TERMS)
            lines.append(f"    beta = {beta:<19g}{numbers}")
        best, least = betas[means["elbo"].argmax()], betas[means["tie"].argmin()]
        lines.append(f"    ELBO is largest at beta = {best:g}, TIE smallest at {least:g}")
    return "\n".join(lines)


def budgets(betas, **data):
    """The settings of both experiments; `full` is the thesis's."""
    return {
        "quick": grid(beta=[0.1, 1.0, 10.0], random_state=0, max_epochs=3, images=200, seed=0, **data),
        "default": grid(beta=betas, random_state=range(3), max_epochs=50, images=1000, seed=0, **data),
        "full": grid(beta=betas, random_state=range(100), max_epochs=1000, images=1000, seed=0, **data),
    }
