"""Which condition picks the wrong elements: where x is negative, where it is the largest of its row.

A condition must pick the wrong elements and no others, in all draws.  The fewer elements there are, the more
conditions do so by chance: `FEWEST` of each kind are asked for.
"""

import itertools

import numpy as np

from .evidence import RIGHT, scale

FEWEST = 5  # wrong and right elements, of all draws together
FEWEST_FOR_TWO = 12  # the same for two conditions at once, of which there are hundreds
HALF, MOST = 0.5, 0.8  # "only where" must be wrong in such a part of what it picks, and pick no more than such a part
OF_INDICES = " (the indices)"
INPUTS = 6  # so many quantities are subtracted from each other


def by_condition(masks, quantities, axes, nonzero):
    """Words such as "where x is negative"; "" where no condition fits.

    quantities : {name: one array a draw}, each laid over the masks.
    nonzero : masks of those elements that can be wrong at all.
    """
    wrong, possible = _flat(masks), _flat(nonzero)
    if min(wrong.sum(), (~wrong).sum()) < FEWEST:
        return ""
    signs = dict(_signs(quantities))
    words = [text for text, picked in signs.items() if _is(wrong, picked, possible)]
    words = words or [text for name, q in quantities.items() if (text := _interval(name, _flat(q), wrong))]
    words = words or [text for text, picked in _extremes(quantities, axes) if _is(wrong, picked, possible)]
    return "where " + ", which is also where ".join(words[:2]) if words else _two(wrong, signs)


def only_where(masks, quantities):
    """A condition that all wrong elements fulfil, and not many others; "" if there is none."""
    wrong = _flat(masks)
    if wrong.sum() < FEWEST_FOR_TWO:
        return ""
    found = {text: picked.sum() for text, picked in _signs(quantities) if not (wrong & ~picked).any()}
    for name, arrays in quantities.items():
        q = _flat(arrays)
        low, high = q[wrong].min(), q[wrong].max()
        found[f"{name} lies between about {low:.3g} and {high:.3g}"] = ((low <= q) & (q <= high)).sum()
    text = min(found, key=found.get, default="")
    enough = text and HALF * found[text] <= wrong.sum() and found[text] <= MOST * wrong.size
    return f"only where {text} ({wrong.sum()} of {found[text]} such elements)" if enough else ""


def related(quantities):
    """{"a - b": ..., "|a - b|": ..., "a times b": ...} of quantities of one shape: what masks are made of."""
    found = {}
    plain = [name for name in list(quantities)[:INPUTS] if "(" not in name]
    for a, b in itertools.combinations(plain, 2):
        pairs = list(zip(quantities[a], quantities[b], strict=True))
        if all(p.shape == q.shape and p.size > 1 for p, q in pairs):
            found[f"{a} - {b}"] = [p - q for p, q in pairs]
            found[f"|{a} - {b}|"] = [np.abs(p - q) for p, q in pairs]
            found[f"{a} times {b}"] = [p * q for p, q in pairs]
    return found


def index_differences(masks, axes):
    """{"row - column": ...} for each pair of axes: zero on the diagonal, positive below it."""
    found = {}
    for a, b in itertools.combinations(range(masks[0].ndim), 2):
        if masks[0].ndim in (2, 4):
            found[f"{axes[a]} - {axes[b]}{OF_INDICES}"] = [_index(m, a) - _index(m, b) for m in masks]
    return found


def _index(mask, axis):
    return np.arange(mask.shape[axis], dtype=float).reshape([-1 if k == axis else 1 for k in range(mask.ndim)])


def _flat(arrays):
    return np.concatenate([a.ravel() for a in arrays])


def _signs(quantities):
    """(words, picked elements) for each condition on the sign of one quantity."""
    for name, arrays in quantities.items():
        values = _flat(arrays)
        tiny = RIGHT * scale(values)
        positive, negative = values > tiny, values < -tiny
        if name.startswith("|"):
            continue  # zero where what stands between the bars is, and else positive
        if negative.any() and positive.any():
            yield f"{name} is positive", positive
            yield f"{name} is negative", negative
        zero = ~(positive | negative)
        if zero.any() and not zero.all():
            yield f"{name} is zero", zero
            yield f"{name} is not zero", ~zero


def _extremes(quantities, axes):
    """The largest and smallest along an axis, and all but these."""
    for name, arrays in quantities.items():
        for axis in range(arrays[0].ndim):
            if name.endswith(OF_INDICES) or any(
                a.ndim < 2 or a.shape[axis] < 3 or np.ptp(a, axis=axis).min() == 0 for a in arrays
            ):
                continue
            for word, f in (("largest", np.max), ("smallest", np.min)):
                picked = _flat([a == f(a, axis=axis, keepdims=True) for a in arrays])
                yield f"{name} is the {word} along {axes[axis]}", picked
                yield f"{name} is not the {word} along {axes[axis]}", ~picked


def _is(wrong, picked, possible):
    return np.array_equal(wrong, picked) or ((picked & possible).any() and np.array_equal(wrong, picked & possible))


def _interval(name, values, wrong):
    """ "x lies above 1": all values of the wrong elements, and no others, lie in one interval."""
    low, high = values[wrong].min(), values[wrong].max()
    right = values[~wrong]
    if ((low <= right) & (right <= high)).any():
        return ""
    if low == high:
        return f"{name} is {low:.4g}"
    if not (right < low).any():
        return f"{name} lies below about {(high + right.min()) / 2:.3g}"
    if not (right > high).any():
        return f"{name} lies above about {(low + right.max()) / 2:.3g}"
    return f"{name} lies between about {low:.3g} and {high:.3g}"


def _two(wrong, tests):
    """Two conditions that must both hold, or of which one must."""
    if min(wrong.sum(), (~wrong).sum()) < FEWEST_FOR_TWO:
        return ""
    for word, aim in (("and", wrong), ("or", ~wrong)):
        near = {text: p for text, p in tests.items() if not (aim & ~p).any()}
        for (a, p), (b, q) in itertools.combinations(near.items(), 2):
            both = p & q
            if np.array_equal(both if word == "and" else ~both, wrong):
                return f"where {a} and {b}" if word == "and" else f"everywhere but where {a} and {b}"
    return ""
