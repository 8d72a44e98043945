"""Train deep beta-VAEs on mixtures of two digits, whose true posterior is known, and draw the thesis's Figure 4.

ELBO, true inference error, reconstruction and KL over beta, on the training images and on new ones, beside the exact
optimum of the linear model.  Writes a figure, traversals and results.json; a killed run goes on where it was.
"""

from functools import partial
from pathlib import Path

import skeleton  # first: it imports vae before NumPy
import numpy as np

import datasets
from nn.files import writable_folder
import vae
from vae import inference
from vae.evaluation import measures, plots
from vae.network.beta import describe_betas
from vae.training.sweep import sweep
from vae.inference.plots import deep_terms_over_beta

BETAS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
PATIENCE = 10**6  # the thesis trains for a fixed number of epochs


def main(arguments=None):
    skeleton.start(parse, mixing, arguments)


def parse(arguments):
    command = parser(__doc__, BETAS, Path("outputs/digit_mixing"))
    command.add_argument("--digits", type=int, nargs=2, default=(3, 7), help="the two digits that are mixed")
    command.add_argument("--noise-variance", type=float, default=1.0, help="v; a digit's white is 1")
    return completed(command.parse_args(arguments))


def parser(description, betas, output):
    """The options of both demos of digits."""
    command = skeleton.parser(description)
    add = command.add_argument
    add("--betas", type=float, nargs="+", default=betas, help="weights of the KL")
    add("--starts", type=int, default=3, help="random starts for each beta")
    add("--epochs", type=int, default=50, help="passes over the training images")
    add("--images", type=int, default=1000, help="training images")
    add("--full", action="store_true", help="the thesis's 1,000 epochs and 100 starts: a day")
    add("--jobs", type=int, default=-1, help="processes; -1: one for each core")
    skeleton.share(command, "seed", help="of the data and, counted on from it, of the starts")
    skeleton.share(command, "output", default=output)
    return command


def completed(options):
    if options.full:
        options.epochs, options.starts = 1000, 100
    options.betas = sorted(options.betas)
    return options


def mixing(options):
    mnist = datasets.load_mnist()
    digits = np.concatenate([mnist.of_class(digit).images[:1] for digit in options.digits])

    def draw(seed):
        return datasets.MixedDigits(digits, options.images, noise_variance=options.noise_variance, seed=seed)

    data, new = draw(options.seed), draw(options.seed + 1)
    deviation = datasets.Standardisation.of(data.images).deviation
    mixing, noise_variance = data.mixing / deviation, options.noise_variance / deviation**2
    exact = [inference.linear_terms(mixing, noise_variance, beta) for beta in options.betas]
    print(f"After standardisation the noise variance is {noise_variance:.3g}; the decoder's model has 1.")
    compare(options, data, new, inference.truth_of_mixed, exact)


def compare(options, data, new, truth, exact=None):
    """Train for all betas and starts; print, draw and save what comes out."""
    output = writable_folder(options.output)
    if options.starts < 1:
        raise ValueError(f"--starts must be at least 1, got {options.starts}")
    standardise = datasets.Standardisation.of(data.images)
    images, new_images = standardise.apply(data.images), standardise.apply(new.images)
    model = vae.BetaVAE(
        "mixing-dense", latent_dim=2, likelihood="gaussian", max_epochs=options.epochs, patience=PATIENCE
    )
    betas, starts = np.array(options.betas, float), range(options.seed, options.seed + options.starts)
    print(
        f"Training {len(betas)} x {len(starts)} networks 1600-256-200-200-2 for {options.epochs} epochs on "
        f"{len(images)} images (the thesis: 1,000 epochs, 100 starts; --full) ...\n"
        f"beta: {describe_betas(2, images.shape[1:])}",
        flush=True,
    )
    results = sweep(
        model, [{"beta": float(beta), "random_state": start} for beta in betas for start in starts], images,
        partial(measure, sets={"training images": (images, truth(data)), "new images": (new_images, truth(new))}),
        jobs=options.jobs, store=output / "models.json",
    )  # fmt: skip
    runs = {
        label: {
            name: np.reshape([result[label][name] for result in results], (len(betas), len(starts)))
            for name in results[0][label]
        }
        for label in results[0]
    }
    exact = exact and {name: np.array([terms[name] for terms in exact]) for name in exact[0]}
    report(betas, runs, exact)
    plots.save(deep_terms_over_beta(betas, runs, exact), output / "terms.png")
    for beta in (betas[0], betas[len(betas) // 2], betas[-2]):
        model.set_params(beta=float(beta), random_state=options.seed, progress=False).fit(images)
        grid = standardise.undo(measures.plane(model, np.linspace(-2, 2, 9)))
        plots.save(plots.image_grid(grid, f"decoded means for z in [-2, 2]^2, beta = {beta:g}"),
                   output / f"traversal_beta{beta:g}.png")  # fmt: skip
    content = {
        "beta": betas.tolist(),
        "runs": {label: {name: values.tolist() for name, values in terms.items()} for label, terms in runs.items()},
        "exact": exact and {name: values.tolist() for name, values in exact.items()},
    }  # fmt: skip
    skeleton.finish(options, content, "Figures")


def measure(model, sets):
    return {label: inference.inference_terms(model, images, truth) for label, (images, truth) in sets.items()}


def report(betas, runs, exact):
    """Means over the starts in a table, and where the extrema are."""
    columns = ("elbo", "reconstruction", "kl", "tie")
    for label, terms in [*runs.items(), *([("best linear model, exactly", exact)] if exact else [])]:
        print(f"  {label:<28}" + "".join(f"{name:>16}" for name in columns))
        for i, beta in enumerate(betas):
            print(f"    beta = {beta:<19g}" + "".join(f"{np.mean(terms[name][i]):>16.2f}" for name in columns))
        means = {name: np.reshape(terms[name], (len(betas), -1)).mean(axis=1) for name in columns}
        best, least = betas[means["elbo"].argmax()], betas[means["tie"].argmin()]
        print(f"    ELBO is largest at beta = {best:g}, TIE smallest at {least:g}")


if __name__ == "__main__":
    main()
