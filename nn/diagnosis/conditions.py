"""Which condition picks the wrong elements: where x is negative, where it is the largest of its row.

A condition must pick the wrong elements and no others, in all draws.  The fewer elements there are, the more
conditions do so by chance: `FEWEST` of each kind are asked for.
"""

import itertools

import numpy as np

from .evidence import RIGHT, scale

FEWEST = 5  # wrong and right elements, of all draws together
FEWEST_FOR_TWO = 12  # the same for two conditions at once, of which there are hundreds
HALF = 0.5  # so large a part of what an "only where" picks must be wrong, or it says little
OF_INDICES = " (the indices)"
INPUTS = 6  # so many quantities are subtracted from each other


def by_condition(masks, quantities, axes, nonzero=None):
    """Words such as "where x is negative"; "" where no condition fits.

    quantities : {name: one array a draw}, each laid over the masks.
    nonzero : masks of those elements that can be wrong at all.
    """
    wrong = np.concatenate([mask.ravel() for mask in masks])
    if min(wrong.sum(), (~wrong).sum()) < FEWEST:
        return ""
    possible = None if nonzero is None else np.concatenate([n.ravel() for n in nonzero])
    laid = _laid(masks, quantities)
    tests = dict(_tests(laid, axes))
    words = [text for text, picked in tests.items() if _is(wrong, picked, possible)]
    words = words or [text for name, q in laid.items() if (text := _interval(name, _flat(q), wrong))]
    if words:
        return "where " + ", which is also where ".join(words[:2])
    return _two(wrong, tests) or _only(wrong, tests)


def differences(quantities):
    """{"a - b": ..., "|a - b|": ...} of quantities of one shape: what a loss looks at."""
    found = {}
    for a, b in itertools.combinations(list(quantities)[:INPUTS], 2):
        if all(p.shape == q.shape and p.size > 1 for p, q in zip(quantities[a], quantities[b], strict=True)):
            found[f"{a} - {b}"] = [p - q for p, q in zip(quantities[a], quantities[b], strict=True)]
            found[f"|{a} - {b}|"] = [np.abs(d) for d in found[f"{a} - {b}"]]
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


def _laid(masks, quantities):
    found = {}
    for name, arrays in quantities.items():
        try:
            found[name] = [np.broadcast_to(a, m.shape) for a, m in zip(arrays, masks, strict=True)]
        except ValueError:
            continue
    return found


def _flat(arrays):
    return np.concatenate([a.ravel() for a in arrays])


def _tests(laid, axes):
    """(words, picked elements) for each condition on one quantity."""
    for name, q in laid.items():
        values = _flat(q)
        tiny = RIGHT * scale(values)
        if np.ptp(values) == 0:
            continue
        yield f"{name} is positive", values > tiny
        yield f"{name} is negative", values < -tiny
        yield f"{name} is zero", np.abs(values) <= tiny
        yield f"{name} is not zero", np.abs(values) > tiny
        if not name.endswith(OF_INDICES):
            yield from _extremes(name, q, axes)


def _extremes(name, q, axes):
    """The largest and smallest along an axis, and all but these."""
    for axis in range(q[0].ndim):
        if q[0].ndim < 2 or any(a.shape[axis] < 3 or np.ptp(a, axis=axis).min() == 0 for a in q):
            continue
        for word, f in (("largest", np.max), ("smallest", np.min)):
            picked = _flat([a == f(a, axis=axis, keepdims=True) for a in q])
            yield f"{name} is the {word} along {axes[axis]}", picked
            yield f"{name} is not the {word} along {axes[axis]}", ~picked


def _is(wrong, picked, possible):
    return np.array_equal(wrong, picked) or (
        possible is not None and (picked & possible).any() and np.array_equal(wrong, picked & possible)
    )


def _interval(name, values, wrong):
    """ "x lies above 1": all values of the wrong elements, and no others, lie in one interval."""
    low, high = values[wrong].min(), values[wrong].max()
    right = values[~wrong]
    if low == high or ((low <= right) & (right <= high)).any():
        return ""
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


def _only(wrong, tests):
    """A condition that all wrong elements, and few others, fulfil."""
    found = {text: picked.sum() for text, picked in tests.items() if not (wrong & ~picked).any() and not picked.all()}
    if not found or wrong.sum() < FEWEST_FOR_TWO:
        return ""
    text = min(found, key=found.get)
    return f"only where {text} ({wrong.sum()} of {found[text]} such)" if wrong.sum() >= HALF * found[text] else ""
