"""Images with the factors that generated them."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .packed import PackedImages


class FactorDataset:
    """Images with known factors: ``FactorDataset(images, factors)`` for any array of your own.

    The factors need not form a complete grid, and several images may share one tuple of factor values.  A metric
    draws tuples with the three ``sample_*`` methods and turns them into images with `render`.

    Parameters
    ----------
    images : (n, height, width, channels) or (n, height, width), uint8 or float; or `PackedImages`.
    factors : (n, k) whole numbers, the factor values of each image.  They may be any: a factor's values are numbered
        0, 1, ... in ascending order, and `factor_values` keeps what they were.  (10, 30, 20 become 0, 2, 1.)
    factor_names : k different names; "factor 0", "factor 1", ... if None.

    Attributes
    ----------
    images : as given, with a channel axis.
    factors : (n, k) int64, numbered from 0.
    factor_names, factor_sizes : k names; how many values each factor takes.
    factor_values : k arrays; ``factor_values[j][i]`` is what value i of factor j was called in the `factors` given.
    """

    def __init__(
        self, images: np.ndarray | PackedImages, factors: ArrayLike, factor_names: Sequence[str] | None = None
    ):
        factors = np.asarray(factors)
        if factors.ndim != 2 or 0 in factors.shape or factors.dtype.kind not in "iub":
            raise ValueError(f"factors must be whole numbers (n, k), got {factors.dtype} {factors.shape}")
        columns = [np.unique(column, return_inverse=True) for column in factors.T]
        names = tuple(factor_names or (f"factor {j}" for j in range(len(columns))))
        if len(names) != len(columns) or len(set(names)) != len(names):
            raise ValueError(f"{len(columns)} factors need as many different names, got {names}")
        self.images: np.ndarray | PackedImages = _with_channels(images)
        if len(self.images) != len(factors):
            raise ValueError(f"{len(self.images)} images, but factors for {len(factors)}")
        self.factor_names: tuple[str, ...] = names
        self.factor_values: tuple[np.ndarray, ...] = tuple(values for values, _ in columns)
        self.factor_sizes: tuple[int, ...] = tuple(map(len, self.factor_values))
        self.factors: np.ndarray = np.stack([numbers for _, numbers in columns], axis=1).astype(np.int64)
        self._drawn_from = Combinations(self.factors, self.factor_sizes)

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self):
        sizes = ", ".join(f"{name} {size}" for name, size in zip(self.factor_names, self.factor_sizes, strict=True))
        return f"{type(self).__name__}({len(self)} images {self.images.shape[1:]}; {sizes})"

    def render(self, factors: ArrayLike) -> np.ndarray:
        """The images with these factor values; of several with the same values, the first.

        factors : (n, k) or (k,) int.  Returns (n, height, width, channels) or one image, of the dtype of `images`.
        Raises ValueError for values outside `factor_sizes` and for a tuple that no image has.
        """
        return self.images[self._drawn_from.find(self.check_factors(factors))]

    def sample_factors(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """The factor tuples of n images drawn at random, with replacement: (n, k) int64."""
        return self._drawn_from.factors[rng.integers(len(self._drawn_from), size=n)]

    def sample_sharing(self, factors: ArrayLike, factor: int, rng: np.random.Generator) -> np.ndarray:
        """For each row of `factors` (n, k) a random image's tuple that has the same value of column `factor`."""
        return self._drawn_from.sharing(self.check_factors(factors), self._column(factor), rng)

    def sample_changing(self, factors: ArrayLike, factor: int, rng: np.random.Generator) -> np.ndarray:
        """For each row of `factors` (n, k) the same tuple, but with another, random value in column `factor`.

        Raises ValueError if some row has no image that differs from it in this factor alone.
        """
        column = self._column(factor)
        if self.factor_sizes[column] < 2:
            raise ValueError(f"{self.factor_names[column]} has one value only: it cannot change")
        return self._drawn_from.changing(self.check_factors(factors), column, rng)

    def subset(self, rows: ArrayLike | slice) -> "FactorDataset":
        """The images at these positions with their factors; names, sizes and values stay those of the whole."""
        subset = object.__new__(type(self))
        subset.__dict__ = dict(self.__dict__, images=_pick(self.images, rows), factors=self.factors[rows])
        subset._drawn_from = Combinations(subset.factors, self.factor_sizes)
        return subset

    def check_factors(self, factors: ArrayLike) -> np.ndarray:
        """The factors as an array, if they have the right shape and each value is within its factor's size."""
        factors = np.asarray(factors)
        if factors.shape[-1:] != (len(self.factor_sizes),) or factors.ndim > 2 or factors.dtype.kind not in "iu":
            raise ValueError(
                f"expected whole numbers of shape (n, {len(self.factor_sizes)}) for {', '.join(self.factor_names)}, "
                f"got {factors.dtype} {factors.shape}"
            )
        if (factors < 0).any() or (factors >= self.factor_sizes).any():
            raise ValueError(f"factor values must be at least 0 and below {self.factor_sizes} for {self.factor_names}")
        return factors

    def _column(self, factor):
        if not 0 <= factor < len(self.factor_names):
            raise ValueError(f"there are the factors 0 to {len(self.factor_names) - 1}, not {factor}")
        return factor


class Combinations:
    """The factor tuples that can be drawn, (m, k); where several are equal they are drawn as often as they are there.

    Each tuple has a number, its position in the complete grid.  A list sorted by these numbers answers every
    question; with the factor in question put last, tuples that differ only in it stand side by side.
    """

    def __init__(self, factors, sizes):
        if math.prod(sizes) >= 2**63:
            raise ValueError(f"factors of sizes {sizes} have more combinations than 64-bit numbers can count")
        self.factors = factors
        self.sizes = np.array(sizes)
        self._sorted = {}  # made when asked for: {columns: (numbers in ascending order, rows in this order)}

    def __len__(self):
        return len(self.factors)

    def find(self, factors):
        """The first row with each of these tuples."""
        columns = tuple(range(len(self.sizes)))
        numbers, rows = self._by(columns)
        places = np.searchsorted(numbers, self._numbers(factors, columns))
        found = self.factors[rows[np.minimum(places, len(rows) - 1)]]
        if (missing := (found != factors).any(axis=-1)).any():
            raise ValueError(f"no image has the factor values {np.atleast_2d(factors)[np.atleast_1d(missing)][0]}")
        return rows[places]

    def sharing(self, factors, column, rng):
        numbers, rows = self._by((column,))
        start, end = self._span(numbers, self._numbers(factors, (column,)))
        if (start == end).any():
            raise ValueError(f"no image has value {factors[start == end][0][column]} of factor {column}")
        return self.factors[rows[rng.integers(start, end)]]

    def changing(self, factors, column, rng):
        others = [other for other in range(len(self.sizes)) if other != column]
        columns = (*others, column)
        numbers, rows = self._by(columns)
        own = self._numbers(factors, columns)
        first = own - factors[:, column]  # the number that this tuple has with value 0
        start, _ = self._span(numbers, first)
        _, end = self._span(numbers, first + self.sizes[column] - 1)
        own_start, own_end = self._span(numbers, own)
        count = (end - start) - (own_end - own_start)
        if (count == 0).any():
            raise ValueError(
                f"no image differs from the factor values {factors[count == 0][0]} in factor {column} alone"
            )
        place = start + rng.integers(count)
        place += np.where(place >= own_start, own_end - own_start, 0)  # step over those with its own value
        return self.factors[rows[place]]

    def _numbers(self, factors, columns):
        columns = list(columns)
        return np.ravel_multi_index(tuple(np.moveaxis(factors[..., columns], -1, 0)), self.sizes[columns])

    def _by(self, columns):
        if columns not in self._sorted:
            numbers = self._numbers(self.factors, columns)
            rows = np.argsort(numbers, kind="stable")
            self._sorted[columns] = numbers[rows], rows
        return self._sorted[columns]

    @staticmethod
    def _span(numbers, wanted):
        return np.searchsorted(numbers, wanted, "left"), np.searchsorted(numbers, wanted, "right")


def _with_channels(images):
    if isinstance(images, PackedImages):
        return images
    images = np.asarray(images)
    if images.ndim not in (3, 4) or images.dtype.kind not in "fiub":
        raise ValueError(f"images must be (n, height, width[, channels]), got {images.dtype} {images.shape}")
    return images if images.ndim == 4 else images[..., None]


def _pick(images, rows):
    return images.subset(rows) if isinstance(images, PackedImages) else images[rows]
