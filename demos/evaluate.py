"""Measure a trained model: disentanglement scores with their errors, what each latent does, one page of figures.

    python demos/evaluate.py outputs/shapes-dense-beta4/model.npz
    python demos/evaluate.py model.npz --data my_images.npz

Writes report.txt, report.json and report.png beside the model.
"""

import argparse
import sys
from pathlib import Path

import vae
import numpy as np

import datasets


def main(arguments=None):
    options = parse(arguments)
    try:
        run(options)
    except (ValueError, OSError, RuntimeError) as error:
        sys.exit(f"evaluate: {error}")
    except KeyboardInterrupt:
        sys.exit("\nevaluate: interrupted")


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("model", type=Path, help="a file that BetaVAE.save wrote")
    add("--data", default="shapes", help="'shapes', the test images of ShapesSet (default), or a .npz with the arrays "
                                         "images (n, height, width[, channels]) and factors (n, k)")  # fmt: skip
    add("--split-seed", type=int, default=2, help="of ShapesSet's split, as in training (default: 2, as shapes_beta4)")
    add("--seed", type=int, default=0, help="of what the metrics draw (default: 0)")
    add("--full", action="store_true", help="the papers' sample counts for all metrics: many minutes")
    add("--output", type=Path, help="folder for the report (default: the model's)")
    add("--device", choices=["cpu", "gpu", "auto"], default="cpu", help="where to encode (default: cpu)")
    return parser.parse_args(arguments)


def run(options):
    model = vae.BetaVAE.load(options.model, device=options.device)
    print(f"Measuring {model} ...", flush=True)
    report = vae.evaluate(model, load(options), rng=options.seed, quick=not options.full)
    folder = options.output or options.model.parent
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
