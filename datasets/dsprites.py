"""dSprites: 737,280 images of sprites over six factors (Matthey et al. 2017, google-deepmind/dsprites-dataset)."""

import numpy as np

from . import npz
from .factors import FactorDataset
from .files import PublicFile, find_or_download, replacing
from .packed import PackedImages
from .reading import DataFileError, expect_end, naming, read_array

FACTOR_NAMES = ("color", "shape", "scale", "orientation", "posX", "posY")
SIZE = (64, 64)
STEP = 4096  # images unpacked together: 16 MB

NAME = "dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz"
FILE = PublicFile(
    f"dsprites/{NAME}",
    (
        f"https://github.com/google-deepmind/dsprites-dataset/raw/master/{NAME}",
        f"https://raw.githubusercontent.com/google-deepmind/dsprites-dataset/master/{NAME}",
    ),
    "md5:7da33b31b13a06f4b04a70402ce90c2e",  # as the latte library gives it
    largest=40_000_000,
)


def load_dsprites() -> FactorDataset:
    """The 737,280 images of dSprites: color (1 value), shape (3), scale (6), orientation (40), posX (32), posY (32).

    Returns a `FactorDataset` whose images are `PackedImages` (n, 64, 64, 1).  The public file, a deflated array of
    3 GB, is unpacked once, a piece at a time, into a file of one bit a pixel beside it (377 MB), which is mapped
    into memory: only the images that are used are read.  The pickled description in the public file is not.

    Raises `DataFileError` for a file that is damaged or something else; FileNotFoundError without file and network.
    """
    path = find_or_download(FILE)
    packed_path = path.with_suffix(".packed.npy")
    factors = npz.read(path, ["latents_classes"])["latents_classes"]
    if not packed_path.exists() or packed_path.stat().st_mtime < path.stat().st_mtime:
        with replacing(packed_path, packed_path.parent) as temporary:
            _pack(path, temporary)
    packed = _mapped(packed_path)
    if factors.shape != (len(packed), len(FACTOR_NAMES)) or factors.dtype.kind not in "iu":
        raise DataFileError(f"{path}: {len(packed):,} images, but latents_classes {factors.dtype} {factors.shape}")
    return FactorDataset(PackedImages(packed, SIZE), factors, FACTOR_NAMES)


def _pack(path, target):
    """Write the images of the public file as a .npy file (n, 512) of packed bits."""
    from tqdm import tqdm

    with naming(path), npz.opened(path) as archive, npz.member(archive, "imgs") as (stream, shape, dtype, order):
        if dtype.itemsize != 1 or shape[1:] != SIZE or order != "C" or shape[0] == 0:
            raise DataFileError(f"expected imgs to be bytes (n, 64, 64), got {dtype} {shape}")
        packed_shape = (shape[0], SIZE[0] * SIZE[1] // 8)
        header = {"descr": "|u1", "fortran_order": False, "shape": packed_shape}
        with open(target, "wb") as file, tqdm(total=shape[0], unit="image", desc="unpacking", disable=None) as bar:
            np.lib.format.write_array_header_1_0(file, header)
            for start in range(0, shape[0], STEP):
                images = read_array(stream, (min(STEP, shape[0] - start), SIZE[0] * SIZE[1]))
                if images.max() > 1:
                    raise DataFileError(f"expected pixels 0 and 1, got a {images.max()}")
                file.write(np.packbits(images, axis=1).data)
                bar.update(len(images))
        expect_end(stream)


def _mapped(path):
    try:
        packed = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise DataFileError(f"{path}: the unpacked images are damaged ({error}): delete this file") from error
    if packed.dtype != np.uint8 or packed.ndim != 2 or packed.shape[1] * 8 != SIZE[0] * SIZE[1]:
        raise DataFileError(f"{path}: expected uint8 (n, 512), got {packed.dtype} {packed.shape}: delete this file")
    return packed
