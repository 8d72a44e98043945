"""ShapesSet: every square, ellipse and triangle that five factors can draw on 64x64 binary pixels.

Peychev's dissertation (section 3.1.1, Algorithm 1) and paper (section 3.1.1) define the factors, the removal of
duplicates and the split.  The published set has 267,021 images; the drawing below gives exactly that many.
"""

import warnings

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image, ImageDraw

from .factors import Combinations, FactorDataset
from .packed import PackedImages

SHAPES = ("square", "ellipse", "triangle")
FACTOR_NAMES = ("shape", "x", "y", "scale", "rotation")
FACTOR_SIZES = (3, 16, 16, 6, 60)
SIZE = 64
DISTINCT = {"square": 89_007, "ellipse": 89_693, "triangle": 92_160}  # with Pillow 13.0

CANVAS = 128  # on which a shape is drawn, large enough for all rotations
FIRST_CENTRE = 24  # the column and row of a shape's centre for x = y = 0


class ShapesSet(FactorDataset):
    """The set of distinct shape images, with the factors that generated them; made in seconds, from nothing.

    Of 3 x 16 x 16 x 6 x 60 = 276,480 factor combinations some draw the same image (a square turned by 90 degrees);
    the first one stays.  Every shape is then cut at random to the number of squares, 89,007, which balances the set:
    267,021 images.

    Parameters
    ----------
    seed : chooses which surplus ellipses and triangles are left out.
    pixels : what `all_images` returned, for example mapped from a file that several processes share; None to draw it.

    Attributes
    ----------
    images : `PackedImages` (n, 64, 64, 1); indexing gives float32 images of 0 and 1.
    factors : (n, 5) int64, the values of shape, x, y, scale, rotation for each image, ordered lexicographically.
    factor_names, factor_sizes : the five names; how many values each takes.

    The ``sample_*`` methods draw from all 276,480 combinations, also for a part of the set, so that the factors are
    independent and every change of one factor is possible.  Two tuples may therefore have the same image.

    A Pillow version that draws other pixels than Pillow 13.0 may give other counts; then a warning says so.
    """

    def __init__(self, seed: int = 0, pixels: np.ndarray | None = None):
        pixels, factors = all_images() if pixels is None else pixels, _all_factors()
        distinct = [np.sort(_first_of_equals(pixels, factors[:, 0] == shape)) for shape in range(len(SHAPES))]
        _warn_of_other_counts([len(rows) for rows in distinct])
        smallest = min(map(len, distinct))
        rng = np.random.default_rng(seed)
        rows = np.concatenate([np.sort(rng.permutation(rows)[:smallest]) for rows in distinct])
        super().__init__(PackedImages(pixels, (SIZE, SIZE), rows), factors[rows], FACTOR_NAMES)
        self._drawn_from = Combinations(factors, FACTOR_SIZES)

    def __repr__(self):
        return f"ShapesSet({len(self)} images of {SIZE}x{SIZE})"

    def render(self, factors: ArrayLike) -> np.ndarray:
        """The images of any factor values, also of those left out as duplicates or surplus.

        factors : (n, 5) or (5,) int.  Returns (n, 64, 64, 1) or (64, 64, 1) float32.
        Raises ValueError for values outside `factor_sizes`.
        """
        factors = self.check_factors(factors)
        rows = np.ravel_multi_index(tuple(np.moveaxis(factors, -1, 0)), FACTOR_SIZES)
        return PackedImages(self.images.packed, (SIZE, SIZE))[rows]

    def split(self, seed: int = 0) -> "tuple[ShapesSet, ShapesSet, ShapesSet]":
        """Split at random into training, validation and test set, 70:15:15 for each shape by itself.

        Returns three sets with ``images``, ``factors``, ``factor_names`` and ``factor_sizes`` that share this
        set's memory: 186,915, 40,053 and 40,053 images.
        """
        rng = np.random.default_rng(seed)
        parts = ([], [], [])
        for shape in range(len(SHAPES)):
            positions = rng.permutation(np.flatnonzero(self.factors[:, 0] == shape))
            held_out = round(0.15 * len(positions))
            cuts = [len(positions) - 2 * held_out, len(positions) - held_out]
            for part, chosen in zip(parts, np.split(positions, cuts), strict=True):
                part.append(chosen)
        return tuple(self.subset(np.sort(np.concatenate(part))) for part in parts)

    def subset(self, rows: ArrayLike | slice) -> "ShapesSet":
        """The images at these positions, as a set that shares this one's memory and draws from all combinations."""
        subset = super().subset(rows)
        subset._drawn_from = self._drawn_from
        return subset


def _all_factors():
    return np.stack(np.unravel_index(np.arange(np.prod(FACTOR_SIZES)), FACTOR_SIZES), axis=1)


def all_images():
    """All 276,480 images in the order of the factors, packed: (276480, 512) uint8.

    Shape, scale and rotation make 1,080 pictures; the 256 positions are crops of each.
    """
    shapes, columns, rows, scales, rotations = FACTOR_SIZES
    packed = np.empty((*FACTOR_SIZES, SIZE * SIZE // 8), np.uint8)
    for shape in range(shapes):
        for scale in range(scales):
            for rotation in range(rotations):
                crops = _crops(_picture(SHAPES[shape], scale, rotation))  # (x, y, 64, 64)
                packed[shape, :, :, scale, rotation] = np.packbits(crops.reshape(columns, rows, -1), axis=-1)
    return packed.reshape(-1, SIZE * SIZE // 8)


def _picture(shape, scale, rotation):
    """One shape, rotated by 3 degrees times `rotation`, white on a canvas that holds all of it: bool (h, w)."""
    centre, radius = CANVAS // 2, 8 + scale
    image = Image.new("L", (CANVAS, CANVAS))
    draw = ImageDraw.Draw(image)
    if shape == "square":
        draw.rectangle([centre - radius, centre - radius, centre + radius, centre + radius], fill=255)
    elif shape == "ellipse":
        draw.ellipse([centre - radius // 2, centre - radius, centre + radius // 2, centre + radius], fill=255)
    else:
        angles = np.radians([-90, 30, 150])
        draw.polygon([(centre + radius * np.cos(a), centre + radius * np.sin(a)) for a in angles], fill=255)
    rotated = image.rotate(3 * rotation, resample=Image.Resampling.BICUBIC, expand=True)
    return np.asarray(rotated) >= 127.5


def _crops(picture):
    """The picture's centre moved to column 24 + x, row 24 + y of a 64x64 image: (16, 16, 64, 64) over x and y."""
    height, width = picture.shape
    columns, rows = FACTOR_SIZES[1:3]
    # A window with its corner at row r shows the centre at height // 2 - r; r falls as y rises.
    padded = np.pad(picture, SIZE)
    top, left = height // 2 + SIZE - FIRST_CENTRE, width // 2 + SIZE - FIRST_CENTRE
    windows = np.lib.stride_tricks.sliding_window_view(padded, (SIZE, SIZE))
    windows = windows[top - rows + 1 : top + 1, left - columns + 1 : left + 1][::-1, ::-1]  # (y, x, 64, 64)
    return windows.swapaxes(0, 1)


def _first_of_equals(pixels, chosen):
    """Of the chosen rows, the first of each group of equal ones."""
    rows = np.flatnonzero(chosen)
    words = pixels[rows].view(np.uint64)
    # Equal rows have equal hashes; comparing each row with the first of its hash shows that the converse holds too.
    multipliers = np.random.default_rng(0).integers(2**64, size=words.shape[1], dtype=np.uint64) | np.uint64(1)
    _, first, group = np.unique(words @ multipliers, return_index=True, return_inverse=True)
    if not (words == words[first][group]).all():
        _, first = np.unique(pixels[rows], axis=0, return_index=True)
    return rows[first]


def _warn_of_other_counts(counts):
    if counts != list(DISTINCT.values()):
        import PIL

        drawn = ", ".join(f"{count:,} distinct {shape}s" for shape, count in zip(SHAPES, counts, strict=True))
        expected = ", ".join(f"{count:,}" for count in DISTINCT.values())
        warnings.warn(
            f"Pillow {PIL.__version__} draws {drawn}, where Pillow 13.0 draws {expected}: this ShapesSet has "
            f"{3 * min(counts):,} images, not the published 267,021; everything else works the same",
            stacklevel=3,
        )
