"""SVHN, cropped digits: the Street View House Numbers (Netzer et al. 2011, http://ufldl.stanford.edu/housenumbers).

For research use only, its authors say.
"""

import numpy as np

from . import matlab, npz
from .files import PublicFile, find, find_or_download
from .labelled import LabelledImages
from .reading import DataFileError

ADDRESS = "http://ufldl.stanford.edu/housenumbers"
FILES = {
    "train": PublicFile(
        "svhn/train_32x32.mat",
        (f"{ADDRESS}/train_32x32.mat", f"{ADDRESS.replace('http:', 'https:')}/train_32x32.mat"),
        "md5:e26dedcc434d2e4c54c9b2d4a06d8373",
        largest=200_000_000,
    ),
    "test": PublicFile(
        "svhn/test_32x32.mat",
        (f"{ADDRESS}/test_32x32.mat", f"{ADDRESS.replace('http:', 'https:')}/test_32x32.mat"),
        "md5:eb5a983be6a315427106f1b164d9cef3",
        largest=80_000_000,
    ),
}
COUNTS = {"train": 73_257, "test": 26_032}
BEGINNING = "svhn_train_first1083.npz"  # of the training set


def load_svhn(part: str = "train") -> LabelledImages:
    """The 73,257 crops of SVHN's training set or, with part="test", the 26,032 of its test set.

    Returns `LabelledImages`: images (n, 32, 32, 3) uint8, RGB; labels (n,) int64, the digit 0-9 (the public file
    writes 10 for 0).  ``.source`` says which file was read.  Where only `svhn_train_first1083.npz` is there, it is
    read as the training set, the first 1,083 crops, with `groups`: which house number each is from.

    Raises `DataFileError` for a file that is damaged or something else; FileNotFoundError without file and network.
    """
    if part not in FILES:
        raise ValueError(f"SVHN has the parts 'train' and 'test', not {part!r}")
    beginning = find(BEGINNING)
    if part == "train" and beginning and not find(FILES[part].name):
        return _beginning(beginning)
    try:
        path = find_or_download(FILES[part])
    except FileNotFoundError as error:
        hint = f" (here is only the beginning of the training set: {beginning})" if beginning else ""
        raise FileNotFoundError(f"{error}{hint}") from None
    return _public(path, part)


def _public(path, part):
    arrays = matlab.read(path, ["X", "y"])
    images, labels = arrays["X"], arrays["y"].ravel()
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[:3] != (32, 32, 3) or images.shape[3] == 0:
        raise DataFileError(f"{path}: expected X to be uint8 (32, 32, 3, n), got {images.dtype} {images.shape}")
    labels = _checked(path, labels, images.shape[3], smallest=1, largest=10)
    size = "complete" if len(labels) == COUNTS[part] else f"{len(labels):,} images, not the published {COUNTS[part]:,}"
    images = np.ascontiguousarray(np.moveaxis(images, 3, 0))
    return LabelledImages(images, labels % 10, source=f"{path} ({part}: {size})")


def _beginning(path):
    arrays = npz.read(path, ["images", "labels", "group"])
    images, labels, groups = arrays["images"], arrays["labels"], arrays["group"]
    if images.dtype != np.uint8 or images.shape[1:] != (32, 32, 3) or len(images) == 0:
        raise DataFileError(f"{path}: expected images uint8 (n, 32, 32, 3), got {images.dtype} {images.shape}")
    if groups.shape != (len(images),) or groups.dtype.kind not in "iu":
        raise DataFileError(f"{path}: expected one whole number a group, got {groups.dtype} {groups.shape}")
    labels = _checked(path, labels, len(images), smallest=0, largest=9)
    source = f"{path} (train: only the first {len(images):,} of {COUNTS['train']:,} images)"
    return LabelledImages(images, labels, groups.astype(np.int64), source)


def _checked(path, labels, n, smallest, largest):
    """The labels as int64, if there is one for each image and all are whole and in range."""
    if labels.shape != (n,):
        raise DataFileError(f"{path}: labels of shape {labels.shape} for {n:,} images")
    if not np.isin(labels, np.arange(smallest, largest + 1)).all():
        raise DataFileError(f"{path}: labels must be {smallest} to {largest}, got {labels.min():g} to {labels.max():g}")
    return labels.astype(np.int64)
