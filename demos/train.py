"""Train a beta-VAE on one of the data sets and show what it has learnt.

    python demos/train.py mnist
    python demos/train.py mnist --architecture digits-conv --digit 3
    python demos/train.py frey --latents 5 --beta 0.001
    python demos/train.py svhn

Writes the model, its history, reconstructions, samples, traversals and a page to explore the model in a browser
(explorer.html) into the output folder.
ShapesSet has a demo of its own, shapes_beta4.py.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

from skeleton import finish, parser, prepare, share, start, train  # first: it imports vae before NumPy
import numpy as np

import datasets
import vae
from vae.evaluation import Latents, classify_codes, measures, plots, traversal_plots


@dataclass
class Defaults:
    """What the papers take, with epochs that end within minutes."""

    architecture: str
    latents: int
    beta: float
    epochs: int
    reduction: str = "sum"


DEFAULTS = {
    "mnist": Defaults("mnist-dense", latents=16, beta=1.0, epochs=5),
    "frey": Defaults("frey-conv", latents=2, beta=0.001, epochs=20, reduction="mean"),
    "svhn": Defaults("digits-conv", latents=12, beta=4.0, epochs=20),
}
BATCH = {"frey": 128, "svhn": 50}
CLASSIFIED = 5_000  # labelled images for the classifier

TRAVERSALS = "one latent at a time through its range in the data; last: from blue to orange"


def main(arguments=None):
    start(parse, run, arguments)


def parse(arguments):
    command = parser(__doc__)
    add = command.add_argument
    add("data", choices=list(DEFAULTS), help="the data set")
    add("--architecture", choices=list(vae.ARCHITECTURES), help="the network (default: the paper's)")
    add("--latents", type=int, help="elements of the code")
    add("--beta", type=float, help="weight of the KL")
    add("--reduction", choices=["sum", "mean"], help="of the log-likelihood over pixels, which gives beta its meaning")
    add("--epochs", type=int, help="passes over the training images")
    add("--digit", type=int, help="only the images of this digit (mnist, svhn)")
    add("--images", type=int, help="only so many training images")
    add("--salt-and-pepper", type=float, default=0.0, metavar="SHARE", help="denoise: the share of pixels replaced")
    share(command, "seed", help="of the split, the weights and all that is drawn")
    share(command, "device")
    share(command, "output", help="folder for the results (default: outputs/DATA-ARCHITECTURE)")
    share(command, "resume")
    options = command.parse_args(arguments)
    for name, value in asdict(DEFAULTS[options.data]).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    options.output = options.output or Path("outputs") / f"{options.data}-{options.architecture}"
    return options


def run(options):
    corruption = datasets.SaltAndPepper(options.salt_and_pepper) if options.salt_and_pepper else None
    model = vae.BetaVAE(
        options.architecture, options.latents, options.beta, reduction=options.reduction, corruption=corruption,
        batch_size=BATCH.get(options.data, 100), max_epochs=options.epochs, random_state=options.seed,
        device=options.device,
    )  # fmt: skip
    model.check_settings()
    images, test = load(options)
    output = prepare(options)
    train(model, images.images, test.images, options)
    results = describe(model, test, output)
    if images.labels is not None and options.digit is None:
        results["classification"] = classify_codes(model, images, test, shares=(min(1, CLASSIFIED / len(images)),))
        for row in results["classification"]:
            print(f"A support vector machine on {row['images']:,} {row['code']} codes: {100 * row['accuracy']:.1f} % "
                  f"(+- {100 * row['error']:.1f}) of the held-out labels right")  # fmt: skip
    finish(options, results | {"history": model.history_}, "Figures, explorer.html, model.npz")


def load(options):
    """Training and held-out images."""
    if options.data == "mnist":
        train, test = datasets.load_mnist("train"), datasets.load_mnist("test")
    else:
        whole = datasets.load_frey() if options.data == "frey" else datasets.load_svhn()
        train, test, _ = whole.split(options.seed, validation=0.15, test=0.0)
    if options.digit is not None:
        train, test = train.of_class(options.digit), test.of_class(options.digit)
    if options.images:
        train = train.subset(np.random.default_rng(options.seed).permutation(len(train))[: options.images])
    return train, test


def describe(model, test, output):
    """Draw the figures and return the numbers."""
    mean, log_variance = model.encode(test.images)
    latents = Latents.of(mean, log_variance)
    shown = test.images[np.linspace(0, len(test) - 1, 12).astype(int)]
    walks = measures.traverse(model, mean[0], measures.posterior_range(mean, 12))
    samples = model.sample(60, model.random_state).reshape(5, 12, *model.image_shape_)
    figures = {
        "training": plots.training_curves(model.history_),
        "reconstructions": plots.reconstructions(shown / 255, model.reconstruct(shown)),
        "samples": plots.image_grid(samples, "decoded draws from the prior"),
        "traversals": traversal_plots.traversals(
            walks, latents, "one latent at a time through its range in the data; last: from blue to orange"
        ),
        "kl": plots.kl_bars(latents),
    }
    for name, figure in figures.items():
        plots.save(figure, output / f"{name}.png")
    traversal_plots.animate(walks, latents, output / "traversals.gif")
    vae.explore.write(output / "explorer.html", model, test)
    error = float(measures.reconstruction_error(model, test.images).mean())
    print(
        f"On {len(test):,} held-out images: ELBO {model.score(test.images):.2f} nats, reconstruction error {error:.5f}"
    )
    return {"elbo": model.score(test.images), "reconstruction_error": error, "kl_per_latent": latents.kl.tolist()}


if __name__ == "__main__":
    main()
