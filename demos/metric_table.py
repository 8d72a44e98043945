"""Every disentanglement metric for codes that are known to be good or bad, for baselines, and for trained models.

Factors as codes, random codes, PCA, an untrained encoder, and beta-VAEs with several betas on ShapesSet.  Prints and
writes a table, table.md, and scores.json with errors, chance levels and settings.
"""

import json
from pathlib import Path

from skeleton import parser, settings, share, start, write_json  # first: it imports vae before NumPy
import numpy as np

import datasets
from nn.files import atomic_write, writable_folder
import vae
from vae import metrics
from vae.network.beta import describe_betas

LATENTS = 10
FITTED = 5_000  # images for PCA and ICA


def main(arguments=None):
    start(parse, run, arguments)


def parse(arguments):
    command = parser(__doc__)
    add = command.add_argument
    add("--betas", type=float, nargs="*", default=(0, 1, 4), help="weights of the KL of the trained models")
    add("--images", type=int, default=40_000, help="training images")
    add("--epochs", type=int, default=2, help="passes over them")
    add("--repeats", type=int, default=10, help="resamples for the errors")
    add("--full", action="store_true", help="no quick forms of metrics: hours")
    share(command, "seed")
    share(command, "output", default=Path("outputs/metric_table"))
    return command.parse_args(arguments)


def run(options):
    output = writable_folder(options.output)
    shapes = datasets.ShapesSet()
    train, _, test = shapes.split(options.seed)
    table = {}
    for name, codes, factors in representations(options, train, test):
        print(f"Measuring {name} ...", flush=True)
        table[name] = metrics.evaluate(codes, factors, options.seed, quick=not options.full, repeats=options.repeats)
        print(table[name], flush=True)
        save(table, options, output)
    print(markdown(table))
    print(f"beta: {describe_betas(LATENTS, test.images.shape[1:])}")
    print(f"Done. table.md and scores.json are in {output}/")


def representations(options, train, test):
    """(name, codes or function or model, factors or data set), made when it is their turn."""
    rng = np.random.default_rng(options.seed)
    yield "factors as codes", test.factors.astype(float), test.factors
    yield "random codes", rng.normal(size=(len(test), LATENTS)), test.factors
    sample = train.images[np.sort(rng.permutation(len(train))[:FITTED])]
    yield "PCA", metrics.baselines.pca(sample, LATENTS), test
    yield "untrained encoder", metrics.baselines.untrained("shapes-dense", LATENTS, options.seed), test
    images = train.images.subset(np.sort(rng.permutation(len(train))[: options.images]))
    for beta in options.betas:
        learning_rate = 1e-3 if beta > 0 else 3e-5  # as in the dissertation
        model = vae.BetaVAE(
            "shapes-dense", LATENTS, beta, learning_rate=learning_rate, max_epochs=options.epochs,
            random_state=options.seed,
        )  # fmt: skip
        yield f"beta = {beta:g}", model.fit(images), test


def save(table, options, output):
    """Whatever is done so far, in two files."""
    content = {name: json.loads(scores.to_json()) for name, scores in table.items()}
    write_json(output / "scores.json", {"settings": settings(options), "scores": content})
    with atomic_write(output / "table.md", "w") as file:
        file.write(markdown(table) + "\n")


def markdown(table):
    """A row for each metric, a column for each representation: score +- error (chance level)."""
    names = list(dict.fromkeys(metric for scores in table.values() for metric in scores))
    lines = ["| metric | " + " | ".join(table) + " |", "|---" * (len(table) + 1) + "|"]
    for metric in names:
        cells = [_cell(scores[metric]) if metric in scores else "-" for scores in table.values()]
        lines.append(f"| {metric.replace('_', ' ')} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(score):
    error = "" if np.isnan(score.error) else f" ± {score.error:.3f}"
    chance = "" if np.isnan(score.chance) else f" ({score.chance:.2f})"
    return f"{float(score):.3f}{error}{chance}"


if __name__ == "__main__":
    main()
