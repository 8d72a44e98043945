"""Regression row by row, without the formula: of which arrays is each row (or channel) of the truth a combination?

The gradients of norms, softmaxes and distances have the form a dy + b y (+ c), with other numbers a, b, c in each row,
which are sums.  They are found by least squares, once for the truth and once for the gradient: if the same arrays make
up both, and a is right and b is not, then the mistake is in the term along y.
"""

import itertools

import numpy as np

from .dictionary import factors_of
from .evidence import RESIDUAL, scale
from .factors import close, explain
from .match import Match, number

COLUMNS, IN_THREES = 26, 11  # so many arrays are tried in pairs, and in threes
CONDITION = 1e4
SAME = 1e-4
FREE = 8  # numbers, of all rows and draws together, that the combination has not been fitted to


def named_along(evidence):
    """Those matches of `wrong_along` that have a name."""
    return [match for match in wrong_along(evidence) if match.name]


def wrong_along(evidence):
    """Matches where some terms of a row by row combination are right, and others are not."""
    columns = _columns(evidence)
    for group in _groupings(evidence.truth[0].ndim):
        rows = _Rows(evidence, columns, group)
        names = rows.of_truth()
        if names:
            true, got = rows.fit(names, rows.truth), rows.fit(names, rows.gradient)
            match = _changed(names, true, got, evidence) if got else _new(names, true, rows, evidence)
            if match:
                return [match]
    return []


def _columns(evidence):
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


def _groupings(ndim):
    """Sets of axes that number the rows: each example, each channel, each channel of each example."""
    if ndim == 2:
        return [(0,), (1,)]
    return [(0,), (ndim - 1,), (0, ndim - 1), tuple(range(ndim - 1))] if ndim > 2 else []


class _Rows:
    """The arrays of all draws as tables: (rows, numbers in a row)."""

    def __init__(self, evidence, columns, group):
        def table(a):
            moved = np.moveaxis(a, group, range(len(group)))
            return moved.reshape(int(np.prod(moved.shape[: len(group)])), -1)

        self.truth, self.gradient = ([table(a) for a in arrays] for arrays in (evidence.truth, evidence.gradient))
        self.columns = {name: [table(a) for a in arrays] for name, arrays in columns.items()}
        self.longest = int(np.argmax([t.shape[1] for t in self.truth]))

    def of_truth(self):
        """The names of two or three arrays of which each of the truth's rows is a combination, or None."""
        for count, tried in ((2, COLUMNS), (3, IN_THREES)):
            for names in itertools.combinations(list(self.columns)[:tried], count):
                if self._may_be(names, self.truth) and self.fit(names, self.truth):
                    return names
        return None

    def _may_be(self, names, tables):
        """Whether one row is a combination of these arrays: cheap to ask first."""
        target = tables[self.longest][0]
        matrix = np.stack([self.columns[name][self.longest][0] for name in names], axis=1)
        if len(target) <= len(names) or not np.isfinite(matrix).all():
            return False
        left = target - matrix @ np.linalg.lstsq(matrix, target, rcond=None)[0]
        return np.abs(left).max() <= RESIDUAL * scale(tables[self.longest])

    def fit(self, names, tables):
        """The coefficients, one array (rows, names) a draw; None where the rows are no combination of these arrays."""
        if sum(t.shape[0] * (t.shape[1] - len(names)) for t in tables) < FREE:
            return None
        found = [self._fit_draw(names, draw, table) for draw, table in enumerate(tables)]
        return None if any(f is None for f in found) else found

    def _fit_draw(self, names, draw, target):
        matrix = np.stack([self.columns[name][draw] for name in names], axis=2)
        lengths = np.sqrt((matrix**2).sum(axis=1, keepdims=True))
        if target.shape[1] <= len(names) or not np.isfinite(matrix).all() or not lengths.all():
            return None
        matrix = matrix / lengths
        if np.linalg.cond(matrix).max() > CONDITION:
            return None
        coefficients = (np.linalg.pinv(matrix) @ target[:, :, None])[:, :, 0]
        left = np.abs((matrix @ coefficients[:, :, None])[:, :, 0] - target)
        return None if left.max() > RESIDUAL * scale(target) else coefficients / lengths[:, 0]


def _equal(a, b):
    return all(np.abs(p - q).max() <= SAME * scale(q) for p, q in zip(a, b, strict=True))


def _of(fits, k):
    return [f[:, k] for f in fits]


def _changed(names, true, got, evidence):
    """A match where some coefficients are wrong and the others are right."""
    wrong = [k for k in range(len(names)) if not _equal(_of(got, k), _of(true, k))]
    if not 0 < len(wrong) < len(names):
        return None
    terms = [names[k] for k in wrong]
    label, place = evidence.label, f"the term{'s' if len(terms) > 1 else ''} along {_list(terms)}"
    key, words = None, "have wrong numbers"
    if len(wrong) == 1:
        key, words = _ratio(_of(got, wrong[0]), _of(true, wrong[0]), evidence)
    seen = f"in every row your {label} is made of {_list(names)}, as it should be, but {place} {words}"
    look = f"The part along {_list([name for name in names if name not in terms])} is right."
    return Match(f"{place} {key}" if key else None, seen, look, place)


def _ratio(got, true, evidence):
    """(key, words) for a wrong coefficient; the key is None where it only differs."""
    if all(np.abs(g).max() <= SAME * scale(t) for g, t in zip(got, true, strict=True)):
        return "missing", "is missing"
    ratios = [float((g * t).sum() / (t * t).sum()) for g, t in zip(got, true, strict=True)]
    if not all(np.abs(g - r * t).max() <= SAME * scale(t) for g, r, t in zip(got, ratios, true, strict=True)):
        return None, "has wrong numbers"
    words = f"has {', '.join(dict.fromkeys(map(number, ratios)))} times its numbers"
    if close(ratios, [-1.0] * len(ratios)):
        return "with the wrong sign", words
    # Coefficients are known to four digits, so that the ratio is what it is near to.
    found = explain([_rounded(r) for r in ratios], evidence, simple=True)
    return (f"({found[0].name})" if found else None), words


def _rounded(ratio):
    """A number of few digits that is near, for a ratio of two fitted numbers."""
    for exact in (round(ratio), 1 / round(1 / ratio) if abs(ratio) < 1 and round(1 / ratio) else 0):
        if exact and abs(ratio - exact) <= SAME * abs(exact):
            return float(exact)
    return ratio


def _new(names, true, rows, evidence):
    """A match where an array stands in the place of another, or besides, and the other coefficients are right."""
    label = evidence.label
    for old in names:
        kept = [name for name in names if name != old]
        for new in rows.columns:
            swapped = (*kept, new)
            if new in names or not rows._may_be(swapped, rows.gradient):
                continue
            got = rows.fit(swapped, rows.gradient)
            if got and all(_equal(_of(got, j), _of(true, names.index(name))) for j, name in enumerate(kept)):
                seen = f"in every row your {label} is made of {_list(swapped)}, and should be made of {_list(names)}"
                return Match(None, seen, f"The part along {_list(kept)} is right.", f"the term along {old}")
    for new in rows.columns:
        if new in names or not rows._may_be((*names, new), rows.gradient):
            continue
        got = rows.fit((*names, new), rows.gradient)
        if got and all(_equal(_of(got, j), _of(true, j)) for j in range(len(names))):
            seen = (
                f"in every row your {label} has a term along {new} besides those along {_list(names)}, which are right"
            )
            return Match(None, seen, "", f"a term along {new} too much")
    return None


def _list(names):
    """ "a, b and c"."""
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
