"""An array as a table of rows, and the known arrays that may make up its rows.

A row is what belongs to one example, to one channel, to one channel of one example: whatever is left of the array if
the indices of some axes are held fixed.
"""

import itertools

import numpy as np

from .dictionary import factors_of
from .evidence import RESIDUAL, scale

AXES = {
    1: ("element",), 2: ("example", "feature"), 3: ("example", "position", "feature"),
    4: ("example", "row", "column", "channel"),
}  # fmt: skip
COLUMNS = 26  # so many arrays are tried
CONDITION = 1e4
FREE = 8  # numbers, of all rows and draws together, that the combination has not been fitted to


def columns_of(evidence):
    """{name: one array a draw of the truth's shape}: quantities, their products, and ones."""
    same = factors_of(evidence)
    shapes = [t.shape for t in evidence.truth]
    thin = {
        name: [np.broadcast_to(a, s) for a, s in zip(arrays, shapes, strict=True)]
        for name, arrays in evidence.quantities.items()
        if " " not in name
        and all(0 < a.ndim < len(s) and a.shape == s[-a.ndim :] for a, s in zip(arrays, shapes, strict=True))
    }
    first = sorted(same, key=lambda name: name != "dy")
    pairs = [*itertools.product(first[:1], thin), *itertools.combinations(first, 2)]
    factors = same | thin
    products = {f"{a} {b}": [p * q for p, q in zip(factors[a], factors[b], strict=True)] for a, b in pairs}
    found = {name: same[name] for name in first} | {"1": [np.ones(s) for s in shapes]} | products | thin
    return dict(itertools.islice(found.items(), COLUMNS))


def groupings(ndim):
    """Sets of axes that number the rows: each example, each channel, each channel of each example."""
    if ndim == 2:
        return [(0,), (1,)]
    return [(0,), (ndim - 1,), (0, ndim - 1), tuple(range(ndim - 1))] if ndim > 2 else []


def row_words(evidence, group):
    """ "example", or "channel of each example": what one row belongs to."""
    names = ["example" if evidence.axes[axis] == "batch" else evidence.axes[axis] for axis in reversed(group)]
    return " of each ".join(names)


class Rows:
    """The arrays of all draws as tables: (rows, numbers in a row)."""

    def __init__(self, evidence, columns, group):
        self.group = group
        self.truth, self.gradient = self.tables(evidence.truth), self.tables(evidence.gradient)
        self.columns = {name: self.tables(arrays) for name, arrays in columns.items()}
        self.longest = int(np.argmax([t.shape[1] for t in self.truth]))

    def tables(self, arrays):
        """Each array as a table (rows, numbers in a row)."""
        moved = [np.moveaxis(a, self.group, range(len(self.group))) for a in arrays]
        return [m.reshape(int(np.prod(m.shape[: len(self.group)])), -1) for m in moved]

    def may_be(self, names, tables, noise=0.0):
        """Whether one row is a combination of these arrays: cheap to ask first."""
        target = tables[self.longest][0]
        matrix = np.stack([self.columns[name][self.longest][0] for name in names], axis=1)
        if len(target) <= len(names) or not np.isfinite(matrix).all():
            return False
        left = target - matrix @ np.linalg.lstsq(matrix, target, rcond=None)[0]
        return np.abs(left).max() <= max(RESIDUAL * scale(tables[self.longest]), noise)

    def fit(self, names, tables, noise=0.0):
        """The coefficients, one array (rows, names) a draw; None where the rows are no combination of these arrays.

        noise : what may be left over besides `RESIDUAL` of the largest number.
        """
        if sum(t.shape[0] * (t.shape[1] - len(names)) for t in tables) < FREE:
            return None
        found = [self._fit_draw(names, draw, table, noise) for draw, table in enumerate(tables)]
        return None if any(f is None for f in found) else found

    def _fit_draw(self, names, draw, target, noise):
        matrix = np.stack([self.columns[name][draw] for name in names], axis=2)
        lengths = np.sqrt((matrix**2).sum(axis=1, keepdims=True))
        if target.shape[1] <= len(names) or not np.isfinite(matrix).all() or not lengths.all():
            return None
        matrix = matrix / lengths
        if np.linalg.cond(matrix).max() > CONDITION:
            return None
        coefficients = (np.linalg.pinv(matrix) @ target[:, :, None])[:, :, 0]
        left = np.abs((matrix @ coefficients[:, :, None])[:, :, 0] - target)
        return None if left.max() > max(RESIDUAL * scale(target), noise) else coefficients / lengths[:, 0]
