"""What the error of a table is as a matrix: a column times a row, or a number for each row plus one for each column.

Both say that a single term is wrong, in which rows and columns do not mix: a product of two vectors, or two sums.  The
ratio of gradient and truth is looked at in the same way.
"""

import numpy as np

from .evidence import RIGHT, scale
from .match import Match

RANK_ONE = 1e-6  # the second singular value, as a part of the first
SMALLEST = 3  # rows and columns


def wrong_as_matrix(evidence):
    """A technique: an observation without a name."""
    pairs = list(zip(evidence.gradient, evidence.truth, strict=True))
    if any(t.ndim != 2 or min(t.shape) < SMALLEST for _, t in pairs):
        return []
    rows, columns = ("example" if name == "batch" else name for name in evidence.axes)
    label, errors = evidence.label, [g - t for g, t in pairs]
    if all(np.abs(_mixed(e)).max() <= RIGHT * scale(t) for e, (_, t) in zip(errors, pairs, strict=True)):
        seen = f"the error of your {label} is one number for each {rows} plus one for each {columns}"
        look = "What depends on both together is right: look at the sums and squares that belong to one of the two."
        return [Match(None, seen, look, f"a number for each {rows} plus one for each {columns}")]
    if all(map(_is_product, errors)):
        column, row = (_known_vector(errors, axis, evidence) for axis in (0, 1))
        seen = f"the error of your {label} is {column} times {row} (a matrix of rank 1)"
        look = "Look for such a product, or for two sums that are multiplied."
        return [Match(None, seen, look, f"a term of {column} times {row}")]
    if all((np.abs(t) > RIGHT * scale(t)).all() and _is_product(g / t) for g, t in pairs):
        seen = f"your {label} is the truth with one factor for each {rows} and one for each {columns}"
        return [
            Match(None, seen, "What is it multiplied with, or divided by?", f"a factor for each {rows} and {columns}")
        ]
    return []


def _mixed(a):
    """What is left of a table without the means of its rows and of its columns."""
    return a - a.mean(axis=0) - a.mean(axis=1, keepdims=True) + a.mean()


def _is_product(matrix):
    singular = np.linalg.svd(matrix, compute_uv=False)
    return bool(singular[1] <= RANK_ONE * singular[0])


def _known_vector(errors, axis, evidence):
    """Words for the column (axis 0) or the row of which the error is made: which sum of a known array it is."""
    kind = ("a column", "a row")[axis]
    vectors = [np.linalg.svd(e)[0][:, 0] if axis == 0 else np.linalg.svd(e)[2][0] for e in errors]
    known = {"1": [np.ones(len(v)) for v in vectors]} | evidence.quantities
    for name, arrays in known.items():
        for words, take in _VECTORS.items():
            if all(a.ndim == take[0] and _is_along(v, take[1](a)) for v, a in zip(vectors, arrays, strict=True)):
                return f"{kind} of ones" if name == "1" else f"{kind} along {words.format(name)}"
    return f"a single {kind[2:]}"


_VECTORS = {
    "{}": (1, lambda a: a), "the sum of {} over its rows": (2, lambda a: a.sum(axis=0)),
    "the sum of {} over its columns": (2, lambda a: a.sum(axis=1)),
}  # fmt: skip


def _is_along(vector, known):
    if vector.shape != known.shape:
        return False
    length = float(np.linalg.norm(known))
    return length > 0 and abs(abs(float(vector @ known)) / length - 1) < RANK_ONE
