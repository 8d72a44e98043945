"""If nothing fits: where does it differ?  Rows, channels, the border, or where some quantity is positive."""

import math

import numpy as np

from .evidence import RIGHT, distance, scale
from .factors import close
from .match import Match, number

LISTED = 6  # so many indices are written out


def locate(evidence):
    """A `Match` without a name that says where the gradient is wrong."""
    masks = [_wrong(g, t) for g, t in zip(evidence.gradient, evidence.truth, strict=True)]
    if not all(np.isfinite(g).all() for g in evidence.gradient):
        bad = next(g for g in evidence.gradient if not np.isfinite(g).all())
        place = _indices(~np.isfinite(bad), evidence)
        return Match(None, f"your {evidence.label} has NaN or infinite values: {place}", "", place)
    if all(_is_inverted(g, t) for g, t in zip(evidence.gradient, evidence.truth, strict=True)):
        seen = f"your {evidence.label} is zero exactly where the truth is not, and the other way round"
        return Match("mask inverted", seen, "Which elements does the mask let through?")
    places = along_axes(masks, evidence) or _by_sign(masks, evidence) or _scattered(masks, evidence)
    what = _how(masks, evidence)
    return Match(None, f"your {evidence.label} differs from the truth {places}{what}", "", places + what)


def _is_inverted(gradient, truth):
    zero = np.abs(truth) <= RIGHT * scale(truth)
    return 2 < zero.sum() < zero.size - 2 and np.array_equal(gradient == 0, ~zero)


def _wrong(gradient, truth):
    return ~(np.abs(gradient - truth) <= RIGHT * scale(truth))


def along_axes(masks, evidence):
    """A description by whole indices of axes: "everywhere", "for channel 2", "at the border"; "" where none fits."""
    if all(mask.all() for mask in masks):
        return "everywhere"
    ndim = masks[0].ndim
    lines = [_sets(mask) for mask in masks]
    if any(mask.mean() > 0.9 for mask in masks) and any(
        math.prod(map(len, sets)) == m.size for sets, m in zip(lines, masks, strict=True)
    ):
        return ""
    for draw_mask, sets in zip(masks, lines, strict=True):
        block = np.zeros_like(draw_mask)
        if all(len(s) for s in sets):
            block[np.ix_(*sets)] = True
        if not draw_mask.any():
            continue
        if draw_mask[block].mean() < 0.9:
            return _border(masks, evidence)
    parts = []
    for axis in range(ndim):
        texts = [_of_axis(sets[axis], mask.shape[axis]) for sets, mask in zip(lines, masks, strict=True) if mask.any()]
        if any(text != "all" for text in texts):
            text = texts[0] if len(set(texts)) == 1 else " / ".join(texts) + " (draw by draw)"
            parts.append(f"{evidence.axes[axis]} {text}")
    draws = sum(mask.any() for mask in masks)
    return f"for {', '.join(parts)}" + (f" in {draws} of {len(masks)} draws" if draws < len(masks) else "")


def _sets(mask):
    return [np.flatnonzero(mask.any(axis=tuple(set(range(mask.ndim)) - {axis}))) for axis in range(mask.ndim)]


def _of_axis(indices, size):
    if len(indices) == size:
        return "all"
    if len(indices) > 1 and np.array_equal(indices, [0, size - 1]):
        return "first and last"
    if len(indices) == 1 and indices[0] == 0:
        return "first (0)"
    if len(indices) == 1 and indices[0] == size - 1:
        return f"last ({size - 1})"
    if len(indices) > LISTED:
        return f"{len(indices)} of {size}"
    return ", ".join(map(str, indices.tolist()))


def _border(masks, evidence):
    """ "at the border" where only first and last indices of the two middle axes are wrong."""
    for axes in ((1, 2), (0, 1)):
        if masks[0].ndim <= axes[1]:
            continue
        inner = tuple(slice(1, -1) if axis in axes else slice(None) for axis in range(masks[0].ndim))
        if all(mask.any() and mask[inner].size and not mask[inner].any() for mask in masks):
            return f"at the border of {evidence.axes[axes[0]]} and {evidence.axes[axes[1]]}"
    return ""


def _by_sign(masks, evidence):
    """ "where x is negative": the wrong elements are all those, in all draws."""
    known = dict(evidence.quantities) | {"the truth": evidence.truth, f"your {evidence.label}": evidence.gradient}
    for name, quantity in known.items():
        try:
            laid = [np.broadcast_to(q, m.shape) for q, m in zip(quantity, masks, strict=True)]
        except ValueError:
            continue
        tests = {"positive": np.greater, "negative": np.less, "zero": np.equal}
        for word, test in tests.items():
            signs = [test(q, 0) for q in laid]
            nonzero = [np.abs(t) > RIGHT * scale(t) for t in evidence.truth]
            exact = all(np.array_equal(m, s) for m, s in zip(masks, signs, strict=True))
            nearly = all(np.array_equal(m, s & n) for m, s, n in zip(masks, signs, nonzero, strict=True))
            if (exact or nearly) and all(m.any() and not m.all() for m in masks):
                return f"where {name} is {word}"
        if name == f"your {evidence.label}":
            continue  # an interval of the wrong values says nothing
        text = _interval(name, np.concatenate([q.ravel() for q in laid]), np.concatenate([m.ravel() for m in masks]))
        if text:
            return text
    return ""


def _interval(name, values, wrong):
    """ "where x lies above 1": all values of the wrong elements, and no others, lie in one interval."""
    if not 4 <= wrong.sum() <= wrong.size - 4:
        return ""
    low, high = values[wrong].min(), values[wrong].max()
    right = values[~wrong]
    if ((low <= right) & (right <= high)).any():
        return ""
    if not (right < low).any():
        return f"where {name} lies below about {(high + right.min()) / 2:.3g}"
    if not (right > high).any():
        return f"where {name} lies above about {(low + right.max()) / 2:.3g}"
    return f"where {name} lies between about {low:.3g} and {high:.3g}"


def _scattered(masks, evidence):
    wrong, total = sum(int(m.sum()) for m in masks), sum(m.size for m in masks)
    draws = sum(bool(m.any()) for m in masks)
    if wrong > 0.9 * total:
        return f"nearly everywhere: in {wrong} of {total} elements of all draws"
    first = next(m for m in masks if m.any())
    return f"in {wrong} of {total} elements of {draws} draws: {_indices(first, evidence)}"


def _indices(mask, evidence):
    places = [tuple(map(int, place)) for place in np.argwhere(mask)]
    more = f" and {len(places) - LISTED} more" if len(places) > LISTED else ""
    return f"at {', '.join(map(str, places[:LISTED]))}{more} ({', '.join(evidence.axes)})"


def _how(masks, evidence):
    """What stands at the wrong places: zeros, one multiple of the truth, or one factor for each index of an axis."""
    if all(not g[m].any() for g, m in zip(evidence.gradient, masks, strict=True)):
        return ", where yours is 0"
    if all(g.size > 1 and np.ptp(g) <= RIGHT * scale(g) for g in evidence.gradient):
        return ", where yours is one number everywhere"
    for axis in range(masks[0].ndim):
        others = tuple(set(range(masks[0].ndim)) - {axis})
        if others and all(
            _constant_along(g, t, others) for g, t in zip(evidence.gradient, evidence.truth, strict=True)
        ):
            return f", by one factor for each {evidence.axes[axis]}"
    ratios = [
        _common_ratio(g[m], t[m]) for g, t, m in zip(evidence.gradient, evidence.truth, masks, strict=True) if m.any()
    ]
    if None not in ratios and close(ratios, ratios[:1] * len(ratios)) and sum(int(m.sum()) for m in masks) > 1:
        return f", where yours is {number(ratios[0])} times the truth"
    return ""


def _constant_along(gradient, truth, axes):
    square = (truth * truth).sum(axis=axes, keepdims=True)
    if truth.size == 1 or (square == 0).any():
        return False
    factor = (gradient * truth).sum(axis=axes, keepdims=True) / square
    return distance(factor * truth, gradient) <= 1e-6 * scale(gradient)


def _common_ratio(gradient, truth):
    if not truth.any():
        return None
    ratio = float((gradient * truth).sum() / (truth * truth).sum())
    return ratio if distance(ratio * truth, gradient) <= 1e-6 * scale(gradient) else None
