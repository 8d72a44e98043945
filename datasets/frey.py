"""Frey Faces: 1,965 frames of a video of one face (S. Roweis and B. Frey, https://cs.nyu.edu/~roweis/data.html)."""

import numpy as np

from . import matlab, npz
from .files import PublicFile, find, find_or_download
from .labelled import LabelledImages
from .reading import DataFileError

SIZE = (28, 20)
REPACKED = "frey_faces_1965x28x20.npz"  # the same pixels as (n, 28, 20)


def _read_public(path):
    """The images (n, 28, 20) of the MATLAB file, whose every column is an image in row-major order."""
    columns = matlab.read(path, ["ff"])["ff"]
    if columns.dtype != np.uint8 or columns.ndim != 2 or len(columns) != SIZE[0] * SIZE[1]:
        raise DataFileError(f"{path}: expected ff to be uint8 (560, n), got {columns.dtype} {columns.shape}")
    return np.ascontiguousarray(columns.T.reshape(-1, *SIZE))


FILE = PublicFile(
    "frey/frey_rawface.mat",
    ("https://cs.nyu.edu/~roweis/data/frey_rawface.mat", "http://www.cs.nyu.edu/~roweis/data/frey_rawface.mat"),
    "sha256:2438ba4f0d2a6bd8bac43de756141eaa33c8d248dd613d464bdb1210d9b7af78",  # of the pixels, image by image
    largest=2_000_000,
    content=lambda path: [_read_public(path)],
)


def load_frey() -> LabelledImages:
    """The 1,965 Frey Faces in the order of the video.

    Returns `LabelledImages`: images (1965, 28, 20, 1) uint8, labels None.
    Reads `frey_rawface.mat` or `frey_faces_1965x28x20.npz`, whichever is there; downloads the first if neither is.

    Raises `DataFileError` for a file that is damaged or something else; FileNotFoundError without file and network.
    """
    repacked = None if find(FILE.name) else find(REPACKED)
    path = repacked or find_or_download(FILE)
    images = npz.read(path, ["images"])["images"] if repacked else _read_public(path)
    if images.dtype != np.uint8 or images.shape[1:] != SIZE or len(images) == 0:
        raise DataFileError(f"{path}: expected images uint8 (n, 28, 20), got {images.dtype} {images.shape}")
    return LabelledImages(images[..., None], source=str(path))
