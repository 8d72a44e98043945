"""Train a disentangled autoencoder on ShapesSet and show what its latents have learnt.

Draws Figures 4.4 and 4.5 of the dissertation (beta = 4, disentangled) or, with --beta 0, Figures 4.6 and 4.7
(entangled).  Writes figures, the model, a page to explore it in a browser (explorer.html), results.json and a report
with disentanglement scores into the output folder.

Beta falls to its value from ten times as much, the learning rate falls too, and the code starts from small weights:
the latents then wake up one after the other, position first, each in line with one factor.  docs/disentangling.md says
why.  --as-in-the-dissertation trains with one beta, one learning rate and He's initial weights throughout.
"""

import json
from pathlib import Path

from skeleton import finish, parser, prepare, share, start, train  # first: it imports vae before NumPy
import numpy as np

import datasets
import nn
import vae
from vae.evaluation import Latents, MeansByFactor, measures, plots, training_plots, traversal_plots

EPOCHS = {"shapes-dense": 3, "shapes-conv": 2}  # at most ten minutes on two cores
FULL_EPOCHS = 1000  # more than early stopping lets pass
ANNEALED_EPOCHS = 10  # of a long training: then beta and learning rate stay
QUICK_IMAGES = 20_000
QUICK_SCORES = ("mutual_information_gap", "sap_score", "modularity", "explicitness")  # few images to encode
RECORD_EVERY = 10  # steps
LOOK_EVERY = {"quick": 10, "else": 100}  # steps; each look at the means encodes so many images:
LOOKED_AT = 2_000
DELTAS = (-1, -0.5, 0, 0.5, 1)
STEPS = 11  # of a traversal
TRAVERSALS = "an ellipse, one latent at a time through its range in the data; last: from blue to orange"


def main(arguments=None):
    start(parse, run, arguments)


def parse(arguments):
    command = parser(__doc__)
    add = command.add_argument
    add("--architecture", choices=list(EPOCHS), default="shapes-dense", help="the network")
    add("--beta", type=float, default=4.0, help="weight of the KL; 0 gives the entangled pictures")
    add("--as-in-the-dissertation", action="store_true", help="one beta and learning rate, and He's initial weights")
    epochs = ", ".join(f"{epochs} for {name}" for name, epochs in EPOCHS.items())
    add("--epochs", type=int, help=f"passes over the training images (default: {epochs})")
    add("--learning-rate", type=float, help="of Adam, the same throughout (default: it falls; in the dissertation "
        "1e-3, and 3e-5 for beta = 0)")  # fmt: skip
    share(command, "seed", help="of the split, the weights and all that is drawn")
    share(command, "device")
    share(command, "output", help="folder for the results (default: outputs/ARCHITECTURE-betaBETA)")
    share(command, "resume")
    length = command.add_mutually_exclusive_group()
    length.add_argument("--quick", action="store_true", help=f"{QUICK_IMAGES:,} images, one epoch: about a minute")
    length.add_argument("--full", action="store_true", help="train until early stopping: hours")
    options = command.parse_args(arguments)
    if options.output is None:
        options.output = Path("outputs") / f"{options.architecture}-beta{options.beta:g}{'-quick' * options.quick}"
    if options.epochs is None:
        options.epochs = 1 if options.quick else FULL_EPOCHS if options.full else EPOCHS[options.architecture]
    return options


def run(options):
    model = vae.BetaVAE(
        options.architecture, latent_dim=10, max_epochs=options.epochs, random_state=options.seed,
        device=options.device,
    ).set_params(**course(options, steps_per_epoch=1))  # fmt: skip
    model.check_settings()
    output = prepare(options)

    print("Drawing ShapesSet ...", flush=True)
    shapes = datasets.ShapesSet()
    training, validation, test = shapes.split(options.seed)
    images, held_out = training.images, validation.images
    if options.quick:
        images, held_out = first(images, QUICK_IMAGES), first(held_out, QUICK_IMAGES // 10)
    print(f"  {len(shapes):,} images; {len(images):,} for training, {len(held_out):,} for validation")

    model.set_params(**course(options, len(images) // model.batch_size))
    recorder = nn.Recorder(output / "steps.csv", every=RECORD_EVERY, resume=options.resume)
    means = MeansByFactor(
        first(validation, LOOKED_AT), LOOK_EVERY["quick" if options.quick else "else"],
        path=output / "means.npz", resume=options.resume,
    )  # fmt: skip
    train(model, images, held_out, options, callbacks=[nn.GradientNorms(RECORD_EVERY), recorder, means])
    draw_training(recorder, means, output)
    print("Looking at the latents over the test images ...", flush=True)
    scores = QUICK_SCORES if options.quick else None
    results = {"images": len(shapes), "parameters": nn.count(model.network_.parameters()), "history": model.history_}
    finish(options, results | describe(model, test, output, scores), "Figures, explorer.html, model.npz")


def course(options, steps_per_epoch):
    """What becomes of beta and the learning rate during the training, and what the code starts from."""
    if options.as_in_the_dissertation or options.beta == 0:
        rate = 1e-3 if options.beta > 0 else 3e-5
        settings = {"beta": options.beta, "learning_rate": rate, "initial_code": 1.0}
    else:
        settings = vae.annealed(options.beta, max(1, min(options.epochs, ANNEALED_EPOCHS) * steps_per_epoch))
    return settings if options.learning_rate is None else settings | {"learning_rate": options.learning_rate}


def draw_training(recorder, means, output):
    """Figures of what was recorded over the steps, if there were enough of them."""
    if recorder.history.rows:
        plots.save(plots.kl_over_training(recorder.history), output / "kl_over_training.png")
        plots.save(training_plots.terms_over_training(recorder.history), output / "terms_over_training.png")
        norms = training_plots.gradient_norms_over_training(recorder.history)
        plots.save(norms, output / "gradient_norms_over_training.png")
    if len(means.steps):
        figure = training_plots.means_over_training(means.steps, means.means)
        plots.save(figure, output / "means_over_training.png")


def first(images, n):
    """A set of n images spread evenly over the given one."""
    return images.subset(np.linspace(0, len(images) - 1, n).astype(int))


def describe(model, test, output, scores):
    """Draw all figures into `output`, write and print the report, and return the numbers behind them."""
    mean, log_variance = model.encode(test.images)
    latents = Latents.of(mean, log_variance, test)
    report = vae.evaluate(model, test, rng=model.random_state, only=scores)
    report.save(output)
    print(report)

    explained = {
        " and ".join(factors): latents.explained[factors]
        for factors in (("x", "y"), ("shape", "scale"), ("shape", "rotation"))
    }

    shown = test.images[np.linspace(0, len(test) - 1, 12).astype(int)]
    base = test.render(np.array([1, 8, 8, 3, 10]))  # an ellipse in the middle, tilted by 30 degrees
    walks = measures.traverse(model, model.transform(base[None])[0], measures.posterior_range(mean, STEPS))
    figures = {
        "training": plots.training_curves(model.history_),
        "reconstructions": plots.reconstructions(shown, model.reconstruct(shown)),
        "latent_means": plots.latent_means(mean, test, latents),
        "perturbations": traversal_plots.perturbations(measures.perturb(model, base, DELTAS), DELTAS, latents),
        "traversals": traversal_plots.traversals(walks, latents, TRAVERSALS),
        "kl": plots.kl_bars(latents),
    }  # fmt: skip
    for name, figure in figures.items():
        plots.save(figure, output / f"{name}.png")
    traversal_plots.animate(walks, latents, output / "traversals.gif")
    vae.explore.write(output / "explorer.html", model, test)
    numbers = json.loads(report.to_json())
    numbers["variance_explained"] |= {factors: values.tolist() for factors, values in explained.items()}
    return numbers


if __name__ == "__main__":
    main()
