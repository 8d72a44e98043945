"""An array in a few numbers."""

import math
from dataclasses import dataclass

import numpy as np

from ..device import to_host
from ..forms import array_module

DECADES = (-12, 4)  # of log10 |a| in `Statistics.magnitudes`
BINS_PER_DECADE = 4


@dataclass(frozen=True)
class Statistics:
    """Mean, standard deviation and largest absolute value of the finite numbers in an array, and what else is in it."""

    shape: tuple[int, ...]
    mean: float
    deviation: float
    between_examples: float  # the deviation along the batch, of each place by itself (root mean square over places)
    largest: float
    zeros: float  # the share of numbers that are 0
    dead: float  # the share of units (places along the last axis) that are 0 in every example
    nan: int
    infinite: int
    magnitudes: np.ndarray  # how many have log10 |a| in each bin; smaller or larger ones, and 0, are in the outer bins

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return math.prod(self.shape)

    @property
    def is_finite(self) -> bool:
        """Whether all of them are finite."""
        return self.nan + self.infinite == 0


def statistics(a):
    """The `Statistics` of a NumPy or CuPy array or of a number; None for anything else, such as a tuple."""
    if isinstance(a, int | float):
        a = np.asarray(a, float)
    if not hasattr(a, "dtype") or a.size == 0:
        return None
    xp = array_module(a)
    finite = a[xp.isfinite(a)].astype(np.float64) if a.ndim else xp.atleast_1d(a)[xp.isfinite(xp.atleast_1d(a))]
    sizes = xp.abs(finite)
    zero = a == 0
    units = zero.reshape(-1, a.shape[-1]).all(axis=0) if a.ndim else zero
    empty = finite.size == 0
    return Statistics(
        shape=tuple(a.shape),
        mean=math.nan if empty else float(finite.mean()),
        deviation=math.nan if empty else float(finite.std()),
        between_examples=_between_examples(a),
        largest=math.nan if empty else float(sizes.max()),
        zeros=float(zero.mean()),
        dead=float(units.mean()),
        nan=int(xp.isnan(a).sum()),
        infinite=int(xp.isinf(a).sum()),
        magnitudes=_magnitudes(sizes),
    )


def _between_examples(a):
    """0 if all examples are alike, however much an example's numbers differ from each other; NaN for one example."""
    if a.ndim == 0 or len(a) < 2:
        return math.nan
    with np.errstate(invalid="ignore", over="ignore"):
        return math.sqrt(float(a.reshape(len(a), -1).astype(np.float64).var(axis=0).mean()))


def _magnitudes(sizes):
    xp, (low, high) = array_module(sizes), DECADES
    logarithms = xp.log10(xp.clip(sizes, 10.0**low, 10.0**high))
    return to_host(xp.histogram(logarithms, bins=(high - low) * BINS_PER_DECADE, range=(low, high))[0])


def norm(a):
    """The Euclidean norm of all numbers in an array, a float."""
    a = array_module(a).asarray(a, dtype=np.float64)
    return float(array_module(a).sqrt((a * a).sum()))
