"""Train deep beta-VAEs on mixtures of two digits, whose true posterior is known, and draw the thesis's Figure 4.

ELBO, true inference error, reconstruction and KL over beta, on the training images and on new ones, beside the exact
optimum of the linear model.  Writes a figure, traversals, the table of all runs and results.json; a killed run goes on
where it was.
"""

from pathlib import Path

import skeleton  # first: it imports vae before NumPy
import numpy as np

import datasets
from nn.files import writable_folder
import vae
from vae import inference
from vae.evaluation import measures, plots
from vae.network.beta import describe_betas
from vae.study import Study, grid, write_csv
from vae.inference.plots import deep_terms_over_beta

BETAS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
PATIENCE = 10**6  # the thesis trains for a fixed number of epochs
SETS = ("training images", "new images")
TERMS = ("elbo", "reconstruction", "kl", "tie")


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
    digit, other_digit = options.digits
    drawn = {"digit": digit, "other_digit": other_digit, "noise_variance": options.noise_variance}
    data, _ = draw_mixed(drawn | {"images": options.images, "seed": options.seed})
    deviation = datasets.Standardisation.of(data.images).deviation
    mixing, noise_variance = data.mixing / deviation, options.noise_variance / deviation**2
    exact = [inference.linear_terms(mixing, noise_variance, beta) for beta in options.betas]
    print(f"After standardisation the noise variance is {noise_variance:.3g}; the decoder's model has 1.")
    compare(options, drawn, train_mixed, exact)


def train_mixed(setting, folder):
    return train_and_measure(setting, folder, *draw_mixed(setting), inference.truth_of_mixed)


def draw_mixed(setting):
    """The images of training, and new ones."""
    mnist = datasets.load_mnist()
    digits = np.concatenate([mnist.of_class(setting[name]).images[:1] for name in ("digit", "other_digit")])
    return [
        datasets.MixedDigits(digits, setting["images"], noise_variance=setting["noise_variance"], seed=seed)
        for seed in (setting["seed"], setting["seed"] + 1)
    ]


def model_of(setting):
    return vae.BetaVAE(
        "mixing-dense", latent_dim=2, beta=setting["beta"], likelihood="gaussian", max_epochs=setting["max_epochs"],
        patience=PATIENCE, random_state=setting["random_state"], progress=False,
    )  # fmt: skip


def check(setting):
    model_of(setting).check_settings()


def train_and_measure(setting, folder, data, new, truth):
    """One run of the study: the terms on both sets; the first start keeps what it decodes over the plane of codes."""
    standardise = datasets.Standardisation.of(data.images)
    images = standardise.apply(data.images)
    model = model_of(setting).fit(images, checkpoint=folder / "checkpoint.npz")
    if setting["random_state"] == setting["seed"]:
        np.save(folder / "plane.npy", standardise.undo(measures.plane(model, np.linspace(-2, 2, 9))))
    measured = (
        inference.inference_terms(model, images, truth(data)),
        inference.inference_terms(model, standardise.apply(new.images), truth(new)),
    )
    return {f"{term}, {label}": terms[term] for label, terms in zip(SETS, measured, strict=True) for term in TERMS}


def compare(options, drawn, train, exact=None):
    """Train for all betas and starts; print, draw and save what comes out.

    drawn : what a setting says of the data;  train : the study's function.
    """
    output = writable_folder(options.output)
    if options.starts < 1:
        raise ValueError(f"--starts must be at least 1, got {options.starts}")
    betas, starts = np.array(options.betas, float), range(options.seed, options.seed + options.starts)
    drawn = drawn | {"images": options.images, "seed": options.seed, "max_epochs": options.epochs}
    study = Study(output / "runs", train, grid(**drawn, beta=betas, random_state=starts), check)
    print(
        f"Training {len(betas)} x {len(starts)} networks 1600-256-200-200-2 for {options.epochs} epochs on "
        f"{options.images} images (the thesis: 1,000 epochs, 100 starts; --full) ...\n"
        f"beta: {describe_betas(2, (datasets.canvas.CANVAS, datasets.canvas.CANVAS, 1))}",
        flush=True,
    )
    rows = study.execute(options.jobs)
    write_csv(output / "runs.csv", rows)
    if study.status().failed:
        raise RuntimeError(f"not all runs went well:\n{study.status()}")
    runs = {
        label: {
            term: np.reshape([row[f"{term}, {label}"] for row in rows], (len(betas), len(starts))) for term in TERMS
        }
        for label in SETS
    }
    exact = exact and {name: np.array([terms[name] for terms in exact]) for name in exact[0]}
    report(betas, runs, exact)
    plots.save(deep_terms_over_beta(betas, runs, exact), output / "terms.png")
    for i in (0, len(betas) // 2, len(betas) - 2):
        plane = np.load(study.folder_of(rows[i * len(starts)]) / "plane.npy")
        plots.save(plots.image_grid(plane, f"decoded means for z in [-2, 2]^2, beta = {betas[i]:g}"),
                   output / f"traversal_beta{betas[i]:g}.png")  # fmt: skip
    content = {
        "beta": betas.tolist(),
        "runs": {label: {name: values.tolist() for name, values in terms.items()} for label, terms in runs.items()},
        "exact": exact and {name: values.tolist() for name, values in exact.items()},
    }  # fmt: skip
    skeleton.finish(options, content, "Figures, runs.csv")


def report(betas, runs, exact):
    """Means over the starts in a table, and where the extrema are."""
    for label, terms in [*runs.items(), *([("best linear model, exactly", exact)] if exact else [])]:
        print(f"  {label:<28}" + "".join(f"{name:>16}" for name in TERMS))
        for i, beta in enumerate(betas):
            print(f"    beta = {beta:<19g}" + "".join(f"{np.mean(terms[name][i]):>16.2f}" for name in TERMS))
        means = {name: np.reshape(terms[name], (len(betas), -1)).mean(axis=1) for name in TERMS}
        best, least = betas[means["elbo"].argmax()], betas[means["tie"].argmin()]
        print(f"    ELBO is largest at beta = {best:g}, TIE smallest at {least:g}")


if __name__ == "__main__":
    main()
