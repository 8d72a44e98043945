"""Write a page with which trained models can be explored in a browser: one file, no server, no network.

    python -m vae.explore model.npz
    python -m vae.explore beta0/model.npz beta1/model.npz beta4/model.npz --out explorer.html

Sliders move the latents, and the decoded images follow; docs/explorer.md shows all that the page can do.
"""

import argparse
import sys
from pathlib import Path

import vae

from . import pictures, write
from .weights import KINDS

ENCODER = {"auto": "auto", "yes": True, "no": False}


def main(arguments=None):
    options = parse(arguments)
    try:
        run(options)
    except (ValueError, OSError) as error:
        sys.exit(f"vae.explore: {error}")


def parse(arguments):
    command = argparse.ArgumentParser(
        prog="python -m vae.explore", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = command.add_argument
    add("models", nargs="+", type=Path, metavar="MODEL.npz", help="files that BetaVAE.save wrote")
    add("--out", type=Path, default=Path("explorer.html"), help="the page (default: explorer.html)")
    add("--data",
        help=f"held-out images: {', '.join(pictures.LOADERS)}, or a .npz with the array images (n, height, width[, "
             "channels]) and perhaps factors (n, k) (default: by the shape of the model's images)")  # fmt: skip
    add("--names", nargs="+", help="what the models are called in the page (default: after their beta)")
    add("--encoder", choices=list(ENCODER), default="auto",
        help="whether the page can encode images of the reader's own (default: if it stays below 12 MB; without, it "
             "climbs the ELBO to their codes)")  # fmt: skip
    add("--weights", choices=KINDS, default="int8", help="to what large arrays are rounded (default: int8)")
    add("--seed", type=int, default=0, help="of the choice of images (default: 0)")
    return command.parse_args(arguments)


def run(options):
    models = [vae.BetaVAE.load(path) for path in options.models]
    write(
        options.out, models, pictures.load(options.data or pictures.guess(models[0])), names=options.names,
        encoder=ENCODER[options.encoder], weights=options.weights, seed=options.seed,
    )  # fmt: skip
    print(f"{options.out} ({options.out.stat().st_size / 1e6:.1f} MB): open it in a browser")


if __name__ == "__main__":
    main()
