"""Measure a trained model: disentanglement scores with their errors, what each latent does, one page of figures.

    python demos/evaluate.py outputs/shapes-dense-beta4/model.npz
    python demos/evaluate.py model.npz --data my_images.npz

Writes report.txt, report.json and report.png beside the model.
"""

from pathlib import Path

from skeleton import parser, share, start  # first: it imports vae before NumPy
import numpy as np

import datasets
from nn.files import writable_folder
import vae


def main(arguments=None):
    start(parse, run, arguments)


def parse(arguments):
    command = parser(__doc__)
    add = command.add_argument
    add("model", type=Path, help="a file that BetaVAE.save wrote")
    add("--data", default="shapes", help="'shapes', the test images of ShapesSet (default), or a .npz with the arrays "
                                         "images (n, height, width[, channels]) and factors (n, k)")  # fmt: skip
    add("--split-seed", type=int, default=0, help="of ShapesSet's split, as in training of shapes_beta4")
    share(command, "seed", help="of what the metrics draw")
    add("--full", action="store_true", help="the papers' sample counts for all metrics: many minutes")
    share(command, "output", help="folder for the report (default: the model's)")
    share(command, "device", help="where to encode")
    return command.parse_args(arguments)


def run(options):
    model = vae.BetaVAE.load(options.model, device=options.device)
    folder = writable_folder(options.output or options.model.parent)
    print(f"Measuring {model} ...", flush=True)
    report = vae.evaluate(model, load(options), rng=options.seed, quick=not options.full)
    report.save(folder)
    print(report)
    print(f"report.txt, report.json and report.png are in {folder}/")


def load(options):
    if options.data == "shapes":
        return datasets.ShapesSet().split(options.split_seed)[2]
    with np.load(options.data, allow_pickle=False) as arrays:
        missing = {"images", "factors"} - set(arrays)
        if missing:
            raise ValueError(f"{options.data} has no array {', '.join(sorted(missing))}")
        return datasets.FactorDataset(arrays["images"], arrays["factors"])


if __name__ == "__main__":
    main()
