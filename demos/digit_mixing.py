"""Train deep beta-VAEs on mixtures of two digits, whose true posterior is known, and draw the thesis's Figure 4.

ELBO, true inference error, reconstruction and KL over beta, on the training images and on new ones, beside the exact
optimum of the linear model.  Writes a table and figures; a killed run goes on where it was.  The same with fixed
budgets is ``papers.py run inference_mixing``.
"""

from pathlib import Path

import skeleton  # first: it imports vae before NumPy

from nn.files import writable_folder
from vae.evaluation import plots
from vae.network.beta import describe_betas
from vae.papers import inference_digits, inference_mixing
from vae.study import Study, grid, write_csv


def main(arguments=None):
    skeleton.start(parse, lambda options: compare(options, inference_mixing, **data_of(options)), arguments)


def parse(arguments):
    command = parser(__doc__, inference_mixing.BETAS, Path("outputs/digit_mixing"))
    command.add_argument("--digits", type=int, nargs=2, default=(3, 7), help="the two digits that are mixed")
    command.add_argument("--noise-variance", type=float, default=1.0, help="v; a digit's white is 1")
    return command.parse_args(arguments)


def data_of(options):
    return {"first": options.digits[0], "second": options.digits[1], "noise_variance": options.noise_variance}


def parser(description, betas, output):
    """The options of both demos of digits."""
    command = skeleton.parser(description)
    add = command.add_argument
    add("--betas", type=float, nargs="+", default=betas, help="weights of the KL")
    add("--starts", type=int, default=3, help="random starts for each beta")
    add("--epochs", type=int, default=50, help="passes over the training images")
    add("--images", type=int, default=1000, help="training images")
    add("--jobs", type=int, default=-1, help="processes; -1: one for each core")
    skeleton.share(command, "seed", help="of the data and, counted on from it, of the starts")
    skeleton.share(command, "output", default=output)
    return command


def compare(options, experiment, **data):
    """Train for all betas and starts; print, draw and save what comes out."""
    starts = range(options.seed, options.seed + options.starts)
    settings = grid(
        beta=sorted(options.betas), random_state=starts, max_epochs=options.epochs, images=options.images,
        seed=options.seed, **data,
    )  # fmt: skip
    if not settings:
        raise ValueError(f"--starts must be at least 1, got {options.starts}")
    output = writable_folder(options.output)
    study = Study(output / "runs", experiment.run, settings)
    print(
        f"Training {len(settings)} networks 1600-256-200-200-2 (the thesis: 100 starts, 1,000 epochs) ...\n"
        f"beta: {describe_betas(2, (40, 40, 1))}",
        flush=True,
    )
    rows = study.execute(options.jobs)
    write_csv(output / "runs.csv", rows)
    if failed := [row for row in rows if row["status"] == "failed"]:
        raise RuntimeError(f"{len(failed)} of {len(rows)} runs failed; the first: {failed[0]['error']}")
    print(inference_digits.summary(rows))
    for name, figure in experiment.draw(rows, study.folder_of).items():
        plots.save(figure, output / f"{name}.png")
    print(f"runs.csv and figures are in {output}/")


if __name__ == "__main__":
    main()
