"""MNIST: 70,000 handwritten digits (LeCun, Cortes, Burges, http://yann.lecun.com/exdb/mnist)."""

import numpy as np

from . import idx
from .files import PublicFile, find_or_download
from .labelled import LabelledImages
from .reading import DataFileError

MIRRORS = ("https://ossci-datasets.s3.amazonaws.com/mnist", "https://storage.googleapis.com/cvdf-datasets/mnist")


def _file(name, sha256, size):
    urls = tuple(f"{mirror}/{name}" for mirror in MIRRORS)
    return PublicFile(f"mnist/{name}", urls, f"sha256:{sha256}", largest=size)


FILES = {  # images, labels; the largest size is that of the uncompressed file, to which a mirror may unpack it
    "train": (
        _file(
            "train-images-idx3-ubyte.gz",
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            47_040_016,
        ),
        _file("train-labels-idx1-ubyte.gz", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", 60_008),
    ),
    "test": (
        _file(
            "t10k-images-idx3-ubyte.gz",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            7_840_016,
        ),
        _file("t10k-labels-idx1-ubyte.gz", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", 10_008),
    ),
}


def load_mnist(part: str = "train") -> LabelledImages:
    """The 60,000 images of MNIST's training set or, with part="test", the 10,000 of its test set.

    Returns `LabelledImages`: images (n, 28, 28, 1) uint8, white on black; labels (n,) int64, 0-9.
    The files are found below DATASETS_HOME or the user's cache folder, plain or gzipped, or else downloaded.  Files of
    your own in this format may have any number of images.

    Raises `DataFileError` for a file that is damaged or something else; FileNotFoundError without file and network.
    """
    if part not in FILES:
        raise ValueError(f"MNIST has the parts 'train' and 'test', not {part!r}")
    image_path, label_path = map(find_or_download, FILES[part])
    images, labels = idx.read(image_path, ndim=3), idx.read(label_path, ndim=1)
    if images.shape[1:] != (28, 28) or len(images) == 0:
        raise DataFileError(f"{image_path}: expected images of 28x28, got an array of shape {images.shape}")
    if len(labels) != len(images):
        raise DataFileError(f"{label_path}: {len(labels):,} labels for the {len(images):,} images of {image_path.name}")
    if labels.max() > 9:
        raise DataFileError(f"{label_path}: the labels of digits are 0 to 9, but there is a {labels.max()}")
    return LabelledImages(images[..., None], labels.astype(np.int64), source=str(image_path))
