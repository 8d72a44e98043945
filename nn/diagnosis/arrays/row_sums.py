"""Sums over each row, weighted with a known array: right though the row is wrong, or not 0 as they should be.

A softmax does not change if a number is added to a whole row, so that each row of its dx adds up to 0; a norm does not
change if a row becomes longer, so that sum(x dx) is 0.  A gradient for which that is not so lacks a term, or has one
too much; a gradient whose sum is right though its elements are not spreads it in a wrong way.
"""

import numpy as np

from .evidence import scale
from .match import Match
from .rows import Rows, columns_of, groupings, row_words

TRIED = 6  # arrays, and ones
ROWS = 6  # in all draws
ZERO = 1e-7  # of the sum of absolute values


def wrong_sums(evidence):
    """A technique: an observation without a name."""
    columns = columns_of(evidence)
    names = ["1", *(name for name in columns if " " not in name and name != "1")][: 1 + TRIED]
    for group in groupings(evidence.truth[0].ndim):
        rows = Rows(evidence, {name: columns[name] for name in names}, group)
        for name in names:
            if match := _about(name, rows, evidence):
                return [match]
    return []


def _about(name, rows, evidence):
    got, want, size = (_sums(tables, rows.columns[name], f) for tables, f in (
        (rows.gradient, None), (rows.truth, None), (rows.truth, np.abs)))  # fmt: skip
    if len(want) < ROWS or min(t.shape[1] for t in rows.truth) < 3 or not np.isfinite(got).all():
        return None
    wrong = np.concatenate([(np.abs(g - t) > ZERO * scale(t)).any(1) for g, t in _pairs(rows)])
    small = ZERO * np.maximum(size, scale(size) * ZERO)
    row = row_words(evidence, rows.group)
    what = f"the sum of {evidence.label}{'' if name == '1' else f' times {name}'} over each {row}"
    if (np.abs(want) <= small).all() and _cancels(name, rows) and (np.abs(got) > 1e3 * small).mean() > 0.5:
        seen = f"{what} should be 0, and yours is not"
        why = "it does not matter to y whether one number is added to all of it" if name == "1" else "some terms cancel"
        look = f"That it should be 0 often means that {why}: which term takes care of that?"
        return Match(None, seen, look, f"{what}: not 0")
    if (np.abs(got - want) <= small).all() and (np.abs(want) > 1e3 * small).all() and wrong.all():
        seen = f"{what} is right, though its elements are wrong"
        return Match(None, seen, "Look at how it is shared out among them.", f"all but {what}")
    return None


def _pairs(rows):
    return zip(rows.gradient, rows.truth, strict=True)


def _sums(tables, weights, function):
    products = [t * w if function is None else function(t * w) for t, w in zip(tables, weights, strict=True)]
    return np.concatenate([p.sum(axis=1) for p in products])


def _cancels(name, rows):
    """Whether several numbers of each row cancel, rather than that all are 0."""
    products = [np.abs(t * w) for t, w in zip(rows.truth, rows.columns[name], strict=True)]
    return all(
        (p > 1e-3 * p.max(axis=1, keepdims=True)).sum(axis=1).min() > 1 and p.max(axis=1).all() for p in products
    )
