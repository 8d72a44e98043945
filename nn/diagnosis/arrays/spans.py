"""Regression row by row, without the formula: of which arrays is each row (or channel) of the truth a combination?

The gradients of norms, softmaxes and distances have the form a dy + b y (+ c), with other numbers a, b, c in each row,
which are sums.  They are found by least squares, once for the truth and once for the gradient: if the same arrays make
up both, and a is right and b is not, then the mistake is in the term along y.
"""

import itertools

import numpy as np

from .evidence import scale
from .factors import close, explain
from .match import Match, number
from .rows import COLUMNS, Rows, columns_of, groupings, row_words

IN_THREES = 11  # so many arrays are tried in threes; in pairs all
SAME = 1e-4


def named_along(evidence):
    """Those matches of `wrong_along` that have a name."""
    return [match for match in wrong_along(evidence) if match.name]


def wrong_along(evidence):
    """Matches where some terms of a row by row combination are right, and others are not."""
    columns = columns_of(evidence)
    for group in groupings(evidence.truth[0].ndim):
        rows = Rows(evidence, columns, group)
        names = _made_of(rows)
        if names and _all_needed(rows.fit(names, rows.truth)):
            true, got = rows.fit(names, rows.truth), rows.fit(names, rows.gradient)
            row = row_words(evidence, group)
            match = _changed(names, true, got, row, evidence) if got else _new(names, true, rows, row, evidence)
            if match:
                return [match]
    return []


def _made_of(rows):
    """The names of two or three arrays of which each of the truth's rows is a combination, or None."""
    for count, tried in ((2, COLUMNS), (3, IN_THREES)):
        for names in itertools.combinations(list(rows.columns)[:tried], count):
            if rows.may_be(names, rows.truth) and rows.fit(names, rows.truth):
                return names
    return None


def _all_needed(fits):
    """Whether no array has the coefficient 0 everywhere: else the truth is made of fewer, and not a combination."""
    return all(any(np.abs(f[:, k]).max() > SAME * np.abs(f).max() for f in fits) for k in range(fits[0].shape[1]))


def _equal(a, b):
    return all(np.abs(p - q).max() <= SAME * scale(q) for p, q in zip(a, b, strict=True))


def _of(fits, k):
    return [f[:, k] for f in fits]


def _changed(names, true, got, row, evidence):
    """A match where some coefficients are wrong and the others are right."""
    wrong = [k for k in range(len(names)) if not _equal(_of(got, k), _of(true, k))]
    if not 0 < len(wrong) < len(names):
        return None
    terms = [names[k] for k in wrong]
    label, place = evidence.label, f"the term{'s' if len(terms) > 1 else ''} along {_list(terms)}"
    key, words = None, "have wrong numbers"
    if len(wrong) == 1:
        key, words = _ratio(_of(got, wrong[0]), _of(true, wrong[0]), evidence)
    seen = f"in every {row} your {label} is made of {_list(names)}, as it should be, but {place} {words}"
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
    key = found[0].name.replace("mean over everything", "a mean for a sum") if found else None
    return (f"({key})" if key else None), words


def _rounded(ratio):
    """A number of few digits that is near, for a ratio of two fitted numbers."""
    for exact in (round(ratio), 1 / round(1 / ratio) if abs(ratio) < 1 and round(1 / ratio) else 0):
        if exact and abs(ratio - exact) <= SAME * abs(exact):
            return float(exact)
    return ratio


def _new(names, true, rows, row, evidence):
    """A match where an array stands in the place of another, or besides, and the other coefficients are right."""
    label = evidence.label
    for old in names:
        kept = [name for name in names if name != old]
        for new in rows.columns:
            swapped = (*kept, new)
            if new in names or not rows.may_be(swapped, rows.gradient):
                continue
            got = rows.fit(swapped, rows.gradient)
            if got and all(_equal(_of(got, j), _of(true, names.index(name))) for j, name in enumerate(kept)):
                seen = f"in every {row} your {label} is made of {_list(swapped)}, and should be made of {_list(names)}"
                return Match(None, seen, f"The part along {_list(kept)} is right.", f"the term along {old}")
    for new in rows.columns:
        if new in names or not rows.may_be((*names, new), rows.gradient):
            continue
        got = rows.fit((*names, new), rows.gradient)
        if got and all(_equal(_of(got, j), _of(true, j)) for j in range(len(names))):
            seen = f"in every {row} your {label} has a term along {new} besides those along {_list(names)}"
            return Match(None, seen, "The others are right.", f"a term along {new} too much")
    return None


def _list(names):
    """ "a, b and c"."""
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
