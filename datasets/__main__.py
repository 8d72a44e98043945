"""The data sets of bare-vae: which there are, whether they are here, and how they look."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import canvas, dsprites, frey, mnist, shapes, svhn
from .contact_sheet import contact_sheet
from .files import data_folder, find, find_or_download, replacing

COLUMNS = 12  # images in a row of a contact sheet


def labelled_rows(labelled):
    """The first images of each class."""
    return {str(label): labelled.of_class(label).images[:COLUMNS] for label in np.unique(labelled.labels)}


def video_rows(frames):
    """Frames at even distances."""
    chosen = np.linspace(0, len(frames) - 1, 8 * COLUMNS).astype(int).reshape(8, COLUMNS)
    return {f"from {row[0]}": frames.images[row] for row in chosen}


def shape_rows(factor_dataset, names):
    """Some images of each shape, drawn at random."""
    shape = factor_dataset.factors[:, factor_dataset.factor_names.index("shape")]
    rng = np.random.default_rng(0)
    chosen = [rng.choice(np.flatnonzero(shape == value), COLUMNS) for value in range(len(names))]
    return {name: factor_dataset.images[rows] for name, rows in zip(names, chosen, strict=True)}


def mixed_rows():
    digits = mnist.load_mnist("test").of_class(3).images[:1], mnist.load_mnist("test").of_class(7).images[:1]
    mixed = canvas.MixedDigits(np.concatenate(digits), n=3 * COLUMNS)
    rows = {"the two digits": mixed.mixing.T.reshape(-1, canvas.CANVAS, canvas.CANVAS, 1)}
    return rows | {
        f"{start} to {start + COLUMNS - 1}": mixed.images[start : start + COLUMNS]
        for start in range(0, len(mixed), COLUMNS)
    }


def position_rows():
    digit = mnist.load_mnist("test").of_class(3).images[0]
    moved = canvas.DigitPositions(digit, n=4 * COLUMNS)
    return {
        f"{start} to {start + COLUMNS - 1}": moved.images[start : start + COLUMNS]
        for start in range(0, len(moved), COLUMNS)
    }


@dataclass(frozen=True)
class Entry:
    about: str
    files: tuple  # of PublicFile, downloaded by `fetch`
    rows: Callable  # for the contact sheet: {title: images}
    instead: str = ""  # the name of a file that the loader takes where the public one is missing


MNIST_FILES = (*mnist.FILES["train"], *mnist.FILES["test"])
ENTRIES = {
    "shapes": Entry(
        "ShapesSet: 267,021 binary 64x64 images of three shapes, five factors",
        (),
        lambda: shape_rows(shapes.ShapesSet(), shapes.SHAPES),
    ),
    "mnist": Entry(
        "MNIST: 70,000 handwritten digits, 28x28", MNIST_FILES, lambda: labelled_rows(mnist.load_mnist("test"))
    ),
    "frey": Entry(
        "Frey Faces: 1,965 frames of a face, 28x20", (frey.FILE,), lambda: video_rows(frey.load_frey()), frey.REPACKED
    ),
    "svhn": Entry(
        "SVHN: 99,289 digits from house numbers, 32x32 RGB (research use only)",
        tuple(svhn.FILES.values()),
        lambda: labelled_rows(svhn.load_svhn()),
        svhn.BEGINNING,
    ),
    "dsprites": Entry(
        "dSprites: 737,280 binary 64x64 images of three shapes, six factors",
        (dsprites.FILE,),
        lambda: shape_rows(dsprites.load_dsprites(), ("square", "ellipse", "heart")),
    ),
    "mixed-digits": Entry("MixedDigits: two MNIST digits mixed on a 40x40 canvas", MNIST_FILES[2:], mixed_rows),
    "digit-positions": Entry("DigitPositions: an MNIST digit moved on a 40x40 canvas", MNIST_FILES[2:], position_rows),
}


def main(arguments=None):
    options = parse(arguments)
    try:
        if options.command == "list":
            list_all()
        elif options.command == "fetch":
            fetch(options.name)
        else:
            show(options.name, options.output or Path(f"{options.name}.png"))
    except (ValueError, OSError) as error:
        sys.exit(f"datasets: {error}")


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="python -m datasets",
        description=__doc__,
        epilog="Files are looked for in the folder that DATASETS_HOME names, by default the user's cache folder.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="what there is, and where")
    fetch_parser = commands.add_parser("fetch", help="download the public files of a data set that are not here yet")
    show_parser = commands.add_parser("show", help="draw a few images of each class")
    for subparser in (fetch_parser, show_parser):
        subparser.add_argument("name", choices=ENTRIES, metavar="NAME", help=", ".join(ENTRIES))
    show_parser.add_argument("--output", type=Path, metavar="FILE.png", help="the picture to write (default: NAME.png)")
    return parser.parse_args(arguments)


def list_all():
    print(f"data folder: {data_folder()}\n")
    for name, entry in ENTRIES.items():
        print(f"{name:<17}{entry.about}")
        if not entry.files:
            print(f"{'':17}made in seconds, needs no file")
        for file in entry.files:
            print(f"{'':17}{find(file.name) or f'not here: {Path(file.name).name}'}")
        if entry.instead and find(entry.instead):
            print(f"{'':17}{find(entry.instead)}")


def fetch(name):
    if not ENTRIES[name].files:
        print(f"{name} is made in seconds and needs no file")
    for file in ENTRIES[name].files:
        print(find_or_download(file))


def show(name, output):
    if not output.parent.is_dir():
        raise ValueError(f"there is no folder {output.parent}")
    sheet = contact_sheet(ENTRIES[name].rows())
    with replacing(output, output.parent) as temporary:
        sheet.save(temporary)
    print(output)


if __name__ == "__main__":
    main()
