"""What the experiments of Mishra and Goutham share: a network for one digit or for all, and what its latents follow."""

import numpy as np
from matplotlib.figure import Figure

from ..evaluation import Latents, measures, traversal_plots
from ..evaluation.curves import mean_of, select
from ..evaluation.properties import follow, squared_correlations
from ..metrics.baselines import pca
from .training import keep, kept, numbers, train

STEPS = 12  # of a traversal, as in the study's Figures 3 to 51
TESTED = 500  # images for the ELBO and the like
OWN = 0.5  # a property has a latent of its own if this latent explains at least half of its variance


def digits_of(text):
    """The digits that a setting names: "138" are 1, 3 and 8, "all" are all ten."""
    return [int(digit) for digit in ("0123456789" if text == "all" else text)]


def train_and_follow(setting, folder, labelled, test, measure, claimed):
    """Train on ``images`` of the ``digits``; see how well single latents follow measured properties of test images.

    An epoch is so many ``passes`` over the images.  It ends with a checkpoint, which for these networks of ten to forty
    million parameters costs as much as a dozen steps.

    The properties are compared within each of the digits ``measured_on``, and the numbers averaged over these, so that
    a network for all digits is asked what a network for one of them is asked.

    labelled, test : `datasets.LabelledImages`;  measure : function of images that returns a dict of properties;
    claimed : the properties that the study says are disentangled.
    """
    rng = np.random.default_rng(setting["random_state"])
    pool = labelled.of_class(*digits_of(setting["digits"]))
    some = pool.subset(np.sort(rng.permutation(len(pool))[: setting["images"]]))
    model = train(setting, folder, np.concatenate([some.images] * setting["passes"]))
    components = pca(some.images, setting["latent_dim"])
    shown = digits_of(setting["measured_on"])
    found = [_followed(model, components, test.of_class(digit).images, measure, claimed, rng) for digit in shown]
    _keep_traversal(model, test.of_class(shown[0]).images, measure, folder)
    averaged = {name: float(np.mean([each[name] for each in found])) for name in found[0]}
    by_digit = {f"r2 on {digit}": each["r2"] for digit, each in zip(shown, found, strict=True)}
    seen = test.of_class(*digits_of(setting["digits"]))
    seen = seen.subset(rng.permutation(len(seen))[:TESTED])
    kind = "all digits" if setting["digits"] == "all" else "one digit"
    return {"kind": kind, "trained_on": len(some)} | numbers(model, seen.images) | averaged | by_digit


def _followed(model, components, images, measure, claimed, rng):
    """r^2 of the best latent for each property, and a summary of those that are claimed.

    The summary: their mean r^2, its gap to that of the second best latent, how many properties have a latent of their
    own, and the mean r^2 of as many principal components of the training images and for codes of other images (chance).
    """
    codes, properties = model.transform(images), measure(images)
    best, second = follow(codes, properties)
    of_components, _ = follow(components(images), properties)
    by_chance, _ = follow(codes[rng.permutation(len(codes))], properties)
    return {f"r2 {name}": value for name, value in best.items()} | {
        "r2": np.mean([best[name] for name in claimed]),
        "gap": np.mean([best[name] - second[name] for name in claimed]),
        "own_latent": sum(best[name] >= OWN for name in claimed),
        "r2_pca": np.mean([of_components[name] for name in claimed]),
        "r2_chance": np.mean([by_chance[name] for name in claimed]),
    }


def _keep_traversal(model, images, measure, folder):
    """Every latent through the range of its codes, from the code of the first image; r^2 by latent and property."""
    mean, log_variance = model.encode(images)
    properties = measure(images)
    keep(
        folder,
        walks=measures.traverse(model, mean[0], measures.posterior_range(mean, STEPS)),
        kl=measures.kl_per_latent(mean, log_variance),
        r2=squared_correlations(mean, properties),
        properties=np.array(list(properties)),
    )


def draw_traversals(rows, folder_of, prefix):
    """The traversal matrix of the first run of each kind of network: {figure name: figure}."""
    figures = {}
    for row in select(rows, random_state=0):
        digits, count = row["digits"], row["latent_dim"]
        pictures = kept(folder_of(row))
        title = f"trained on {'all digits' if digits == 'all' else f'the digit {digits}'}, {count} latents"
        explained = {(str(name),): r2 for name, r2 in zip(pictures["properties"], pictures["r2"].T, strict=True)}
        latents = Latents(pictures["kl"], explained)  # called after the property that they follow, if they do
        figure = traversal_plots.traversals(pictures["walks"], latents, title)
        figure.axes[0].images[0].set_interpolation("nearest")  # a third of the file
        figures[f"{prefix}_{digits}_{count}"] = figure
    return figures


def draw_comparison(rows, properties):
    """Bars: r^2 of the best latent for each property, for networks of one digit and of all, their means and errors."""
    figure = Figure(figsize=(7, 3.4), layout="constrained")
    axes = figure.subplots()
    place = np.arange(len(properties))
    for shift, kind in ((-0.2, "one digit"), (0.2, "all digits")):
        some = select(rows, kind=kind)
        if not some:
            continue
        means = [mean_of([row[f"r2 {name}"] for row in some]) for name in properties]
        heights, errors = [mean.mean for mean in means], [0 if mean.runs == 1 else mean.error for mean in means]
        label = f"trained on {kind} ({len(some)} networks)"
        axes.bar(place + shift, heights, 0.38, yerr=errors, capsize=2, label=label)
    axes.axhline(np.mean([row["r2_chance"] for row in rows]), color="gray", ls=":", label="chance")
    axes.set_xticks(place, properties)
    axes.set(ylabel="r² of the best latent", ylim=(0, 1))
    axes.legend(fontsize="small")
    return figure
