"""Where a metric's points come from, behind one interface: codes and factors at hand, or images made on demand.

Every metric takes ``(codes, factors)``, two arrays, or ``(represent, data)``, a function from images to codes and a
data set with known factors.  `source_of` makes a `Given` or a `Rendered` of them.  Both offer

    names                           the factors that vary; one with a single value has nothing to disentangle, and is
                                    left out everywhere
    points(n, rng)                  up to n points: codes (m, latents) float64 and factors (m, k) int64
    draw(n, rng)                    n random points, in the source's own notation: row numbers, or factor tuples
    sharing(points, factor, rng)    for each point a random one with the same value of a factor
    pairs_changing(factor, n, balanced, rng)    n pairs of points that differ in this one factor
    codes(points)                   their codes

A factor is given by its position in ``names``.  ``progress`` says whether long work shows bars (on a terminal).
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from tqdm import tqdm

BATCH = 500  # images rendered and encoded at a time
MAX_REDRAWS = 100  # of pairs with identical images

Codes: TypeAlias = "ArrayLike | Callable[[Any], Any] | Given | Rendered"  # a metric's first argument
Factors: TypeAlias = Any  # its second: (n, k) whole numbers, or any data set with the methods of a FactorDataset


def source_of(codes, factors=None, real_factors=False):
    """A `Given` or `Rendered` from a metric's first two arguments; a source passes through.

    real_factors : whether factors may be other than whole numbers.
    Raises ValueError or TypeError, saying what was expected, for anything else.
    """
    if isinstance(codes, Given | Rendered) and factors is None:
        return codes
    if callable(codes):
        return Rendered(codes, factors)
    if hasattr(codes, "transform"):
        raise TypeError(f"expected codes or a function of images, got a {type(codes).__name__}: pass its .transform")
    return Given(codes, factors, real_factors)


class Given:
    """Points whose codes (n, latents) and factors (n, k) are known; a point is the number of a row."""

    progress = True

    def __init__(self, codes, factors, real_factors=False):
        self._codes, factors = _check_codes(codes), _check_factors(factors, real_factors)
        if len(factors) != len(self._codes):
            raise ValueError(f"got {len(self._codes)} codes and the factors of {len(factors)} points")
        varying = _check_varying([len(np.unique(column)) for column in factors.T])
        self._factors = factors[:, varying]
        self._by_factor = [_Groups(_ranks(column[:, None])) for column in self._factors.T]
        self.all_names = tuple(f"factor {column}" for column in range(factors.shape[1]))
        self.names = tuple(self.all_names[column] for column in varying)
        self.description = "given"

    def points(self, n, rng):
        rows = np.sort(rng.permutation(len(self._codes))[:n]) if n < len(self._codes) else slice(None)
        return self._codes[rows], self._factors[rows]

    def draw(self, n, rng):
        return rng.integers(len(self._codes), size=n)

    def sharing(self, points, factor, rng):
        groups = self._by_factor[factor]
        return groups.pick(groups.keys[points], rng)

    def pairs_changing(self, factor, n, balanced, rng):
        """Rows that agree in every other factor; of those with the same balanced factors, equally many each.

        Raises ValueError if there is no such pair.
        """
        others = _Groups(_ranks(np.delete(self._factors, factor, axis=1)))
        same = _Groups(_ranks(self._factors))
        partners = others.counts[others.keys] - same.counts[same.keys]
        usable = np.flatnonzero(partners)
        if len(usable) == 0:
            raise ValueError(
                f"no two of the {len(self._codes)} points differ in {self.names[factor]} alone: give the codes of more "
                "factor combinations, or a function and a data set"
            )
        kinds = _Groups(_ranks(self._factors[usable][:, list(balanced)]))
        first = usable[kinds.pick(rng.permutation(n) % len(kinds.counts), rng)]
        # In a group sorted by the changed factor, step over the rows that have the first point's own value.
        ordered = np.lexsort((same.keys, others.keys))
        place = np.empty(len(ordered), int)
        place[ordered] = np.arange(len(ordered))
        own_first = np.full(len(same.counts), len(ordered))
        np.minimum.at(own_first, same.keys, place)
        second = others.starts[others.keys[first]] + rng.integers(partners[first])
        own = same.keys[first]
        second += np.where(second >= own_first[own], same.counts[own], 0)
        return first, ordered[second]

    def codes(self, points):
        return self._codes[points]


class Rendered:
    """A function images -> codes (n, latents), and a data set that renders any factors; a point is a factor tuple.

    `data` has ``factor_names``, ``factor_sizes``, ``render``, ``sample_factors``, ``sample_sharing`` and
    ``sample_changing`` (see `datasets`).  Each combination of factors is rendered and encoded at most once, however
    often it is asked for: the function must give an image the same code every time.
    """

    progress = True

    def __init__(self, represent, data):
        needed = ("factor_names", "factor_sizes", "render", "sample_factors", "sample_sharing", "sample_changing")
        missing = [name for name in needed if not hasattr(data, name)]
        if missing:
            raise TypeError(
                f"a function of images needs a data set with known factors beside it; {type(data).__name__} has no "
                f"{', '.join(missing)}"
            )
        self._represent, self._data = represent, data
        self._varying = _check_varying(data.factor_sizes)
        self.all_names = tuple(data.factor_names)
        self.names = tuple(self.all_names[column] for column in self._varying)
        self.description = getattr(represent, "__qualname__", None) or str(represent)
        self._known, self._table = np.empty(0, int), None  # combinations encoded so far, sorted; their codes

    def points(self, n, rng):
        points = self.draw(n, rng)
        return self.codes(points), points[:, self._varying]

    def draw(self, n, rng):
        return np.asarray(self._data.sample_factors(n, rng))

    def sharing(self, points, factor, rng):
        return self._data.sample_sharing(points, self._varying[factor], rng)

    def pairs_changing(self, factor, n, balanced, rng):
        """Every value of the balanced factors equally often; pairs with two identical images are drawn again.

        Raises ValueError if that does not help.
        """
        pool = self.draw(4 * n, rng)  # tuples are cheap; choosing among them makes none that the data set has not
        kinds = _Groups(_ranks(pool[:, [self._varying[k] for k in balanced]]))
        kind = rng.permutation(n) % len(kinds.counts)
        first, second, again = np.empty_like(pool[:n]), np.empty_like(pool[:n]), np.arange(n)
        for _ in range(MAX_REDRAWS):
            first[again] = pool[kinds.pick(kind[again], rng)]
            second[again] = self._data.sample_changing(first[again], self._varying[factor], rng)
            again = again[self._same_images(first[again], second[again])]
            if len(again) == 0:
                return first, second
        raise ValueError(f"changing {self.names[factor]} does not change the image: exclude it")

    def codes(self, points):
        wanted = np.ravel_multi_index(tuple(points.T), self._data.factor_sizes)
        new = np.setdiff1d(wanted, self._known)
        if len(new):
            known, codes = np.concatenate([self._known, new]), self._encode(new)
            table = codes if self._table is None else np.concatenate([self._table, codes])
            self._known = self._table = None  # or there would be three tables at once
            order = np.argsort(known)
            self._known, self._table = known[order], table[order]
        return self._table[np.searchsorted(self._known, wanted)]

    def images(self, points):
        """Batches of the points' images."""
        return (self._data.render(points[start : start + BATCH]) for start in range(0, len(points), BATCH))

    def _encode(self, combinations):
        points = np.stack(np.unravel_index(combinations, self._data.factor_sizes), axis=1)
        codes = []
        with progress_bar(self, total=len(points), desc="encoding", unit="image") as bar:
            for images in self.images(points):
                codes.append(_check_codes(self._represent(images), len(images)))
                bar.update(len(images))
        return np.concatenate(codes)

    def _same_images(self, first, second):
        pairs = zip(self.images(first), self.images(second), strict=True)
        return np.concatenate([(a == b).reshape(len(a), -1).all(axis=1) for a, b in pairs])


def positions(source, chosen):
    """Where in ``source.names`` the chosen factors stand: names, or column numbers of given factors.

    Raises ValueError for one that the source has not; one that does not vary has no position.
    """
    names = [f"factor {factor}" if isinstance(factor, int | np.integer) else factor for factor in chosen]
    unknown = [name for name in names if name not in source.all_names]
    if unknown:
        raise ValueError(f"there is no {', '.join(unknown)} among the factors {', '.join(source.all_names)}")
    return [source.names.index(name) for name in names if name in source.names]


def progress_bar(source, iterable=None, **settings):
    """A tqdm bar that goes when the work is done; none if the source shall not show any, or not on a terminal."""
    return tqdm(iterable, leave=False, disable=None if source.progress else True, **settings)


class _Groups:
    """Rows gathered by an integer key 0, 1, ..., so that a random row of any group is found at once."""

    def __init__(self, keys):
        self.keys, self.counts = keys, np.bincount(keys)
        self.order = np.argsort(keys, kind="stable")
        self.starts = np.cumsum(self.counts) - self.counts

    def pick(self, groups, rng):
        return self.order[self.starts[groups] + rng.integers(self.counts[groups])]


def _ranks(columns):
    """The same number 0, 1, ... for equal rows of (n, k), in their lexicographical order."""
    ranks = np.zeros(len(columns), int)
    for column in columns.T:
        values, inverse = np.unique(column, return_inverse=True)
        ranks = np.unique(ranks * len(values) + inverse, return_inverse=True)[1]
    return ranks


def _check_codes(codes, n=None):
    codes = np.asarray(codes)
    rows = "n" if n is None else n
    if codes.ndim != 2 or 0 in codes.shape or (n is not None and len(codes) != n):
        raise ValueError(f"expected codes of shape ({rows}, latents), one row an image, got {codes.shape}")
    if codes.dtype.kind not in "fiub" or not np.isfinite(codes).all():
        raise ValueError(f"codes must be finite numbers; these are of dtype {codes.dtype}, or hold NaN or infinity")
    return codes.astype(np.float64)


def _check_factors(factors, real_factors):
    factors = np.asarray(factors)
    if factors.ndim != 2 or 0 in factors.shape:
        raise ValueError(f"expected factors of shape (n, k), one row a point, one column a factor, got {factors.shape}")
    if factors.dtype.kind not in "fiub" or not np.isfinite(factors).all():
        raise ValueError(f"factors must be finite numbers; these are of dtype {factors.dtype}, or hold NaN or infinity")
    if real_factors:
        return factors.astype(np.float64)
    if (factors != np.floor(factors)).any():
        raise ValueError(
            "factors must be whole numbers, the index of each factor's value; for real-valued factors there is "
            "sap_score(..., continuous=True)"
        )
    return factors.astype(np.int64)


def _check_varying(sizes):
    varying = [column for column, size in enumerate(sizes) if size > 1]
    if not varying:
        raise ValueError("every factor has one value only: there is nothing to measure")
    return varying
