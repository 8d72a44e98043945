"""The arrays that a naming rests on, and when two of them count as the same."""

from dataclasses import dataclass, field

import numpy as np

RIGHT = 1e-8  # a gradient this near to the truth, as a part of its largest element, is right
RESIDUAL = 1e-6  # a candidate explains the gradient if what it leaves unexplained is below this part of it
DISTINCT = 1e-3  # and if it is no near copy of the truth: it must differ from it by this much
MARGIN = 1e-4  # or, where the mistake itself is smaller, leave no more than this part of the mistake unexplained


@dataclass
class Evidence:
    """Several draws of one array: what it is (`gradient`) and what it should be (`truth`), and what may be in it.

    Every list has one entry for each draw; so have the lists in the dictionaries.  `diagnose` describes the fields.
    """

    gradient: list
    truth: list
    label: str = "gradient"
    axes: tuple = ()
    sizes: list = field(default_factory=list)  # of dictionaries
    constants: dict = field(default_factory=dict)
    quantities: dict = field(default_factory=dict)
    terms: dict = field(default_factory=dict)
    mutants: dict = field(default_factory=dict)
    summands: dict = field(default_factory=dict)

    def __post_init__(self):
        if not self.axes:
            self.axes = default_axes(self.truth[0].ndim)
        given = self.sizes or [{} for _ in self.truth]
        self.sizes = [
            dict(zip(self.axes, t.shape, strict=True)) | sizes for t, sizes in zip(self.truth, given, strict=True)
        ]

    @property
    def draws(self):
        return range(len(self.truth))

    def is_right(self):
        return all(distance(g, t) <= RIGHT * scale(t) for g, t in zip(self.gradient, self.truth, strict=True))

    def fewest_wrong(self):
        """The smallest number of wrong elements in a draw, of those arrays that have more elements than are wrong."""
        wrong = [
            int((np.abs(g - t) > RIGHT * scale(t)).sum()) if g.shape == t.shape else t.size
            for g, t in zip(self.gradient, self.truth, strict=True)
        ]
        return min((w for w, t in zip(wrong, self.truth, strict=True) if w < t.size), default=np.inf)

    def explained_by(self, candidate):
        """Whether in every draw the candidate is the gradient, and is not nearly the truth."""
        return all(map(_explains, candidate, self.gradient, self.truth))

    def factor_of(self, candidate):
        """For each draw the r for which r * candidate is the gradient, or None if in some draw there is none."""
        factors = []
        for c, g, t in zip(candidate, self.gradient, self.truth, strict=True):
            if c.shape != g.shape or not np.isfinite(c).all() or not c.any():
                return None
            factor = float((g * c).sum() / (c * c).sum())
            if not _explains(factor * c, g, t):
                return None
            factors.append(factor)
        return factors


def default_axes(ndim):
    """How messages call the axes of an array about which nothing else is known."""
    names = {0: (), 1: ("element",), 2: ("row", "column"), 4: ("batch", "height", "width", "channel")}
    return names.get(ndim) or tuple(f"axis {axis}" for axis in range(ndim))


def scale(array):
    """The largest absolute value, or 1 for an array of zeros."""
    return (float(np.abs(array).max()) if array.size else 0.0) or 1.0


def distance(a, b):
    """The largest absolute difference; infinite where there are NaNs."""
    differences = np.nan_to_num(np.abs(a - b), nan=np.inf)
    return float(differences.max()) if differences.size else 0.0


def _explains(candidate, gradient, truth):
    if candidate.shape != gradient.shape or not np.isfinite(candidate).all():
        return False
    left, mistake, size = distance(gradient, candidate), distance(gradient, truth), max(scale(truth), scale(gradient))
    if left > RESIDUAL * max(scale(gradient), 1e-3 * size):
        return False
    # A gradient of zeros has no scale of its own: then the truth gives it.
    return distance(candidate, truth) > DISTINCT * scale(truth) or left <= MARGIN * mistake
