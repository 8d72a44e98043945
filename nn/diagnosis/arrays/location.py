"""If nothing fits: where does it differ, and how?

By whole indices (rows, channels, the border), by a condition (where x is negative, where it is the largest of its
row), or both; and what stands there instead: zeros, a multiple of the truth or of dy, the truth plus a constant.
"""

import numpy as np

from .conditions import by_condition, index_differences, only_where, related
from .dictionary import formula_there
from .evidence import RIGHT, distance, scale
from .factors import close
from .match import Match, number
from .places import along_axes, block_of, listed

NEARLY_ALL = 0.9  # of the elements


def locate(evidence):
    """A `Match` without a name that says where the gradient is wrong."""
    masks = wrong_elements(evidence)
    if not all(np.isfinite(g).all() for g in evidence.gradient):
        bad = next(g for g in evidence.gradient if not np.isfinite(g).all())
        place = listed(~np.isfinite(bad), evidence.axes)
        return Match(None, f"your {evidence.label} has NaN or infinite values: {place}", "", place)
    if all(_is_inverted(g, t) for g, t in _pairs(evidence)):
        seen = f"your {evidence.label} is zero exactly where the truth is not, and the other way round"
        return Match("mask inverted", seen, "Which elements does the mask let through?")
    place, what = place_of(evidence), _how(masks, evidence)
    vague = not place or (_is_nearly_all(place, masks) and not what)
    place = place or only_where(masks, _quantities(masks, evidence)) or _scattered(masks, evidence)
    return Match(None, f"your {evidence.label} differs from the truth {place}{what}", "", place + what, vague)


def _is_nearly_all(place, masks):
    """Whether the place is no more than "everywhere", but for a few elements that are right by chance."""
    if place in ("everywhere", "where the truth is not zero"):
        return True
    return any(m.all() for m in masks) and np.mean([m.mean() for m in masks]) > NEARLY_ALL


def place_of(evidence):
    """Words for where the gradient differs from the truth; "" where no words fit."""
    masks, axes = wrong_elements(evidence), evidence.axes
    place = along_axes(masks, axes)
    if place or not masks[0].ndim:
        return place
    quantities = _quantities(masks, evidence)
    nonzero = [np.abs(t) > RIGHT * scale(t) for t in evidence.truth]
    if condition := by_condition(masks, quantities, axes, nonzero):
        return condition
    words, blocks = block_of(masks, axes)

    def inside(arrays):
        return [a[block] for a, block in zip(arrays, blocks, strict=True)]

    quantities = {name: inside(arrays) for name, arrays in quantities.items()}
    condition = by_condition(inside(masks), quantities, axes, inside(nonzero)) if words else ""
    return f"for {words}: {condition}" if condition else ""


def _quantities(masks, evidence):
    """{name: one array a draw, laid over the masks} of all that conditions may be about."""
    known = evidence.quantities | related(evidence.quantities) | index_differences(masks, evidence.axes)
    known |= {"the truth": evidence.truth, "|the truth|": [np.abs(t) for t in evidence.truth]}
    return {
        name: [np.broadcast_to(a, m.shape) for a, m in zip(arrays, masks, strict=True)]
        for name, arrays in known.items()
        if not name.startswith(("(", "exp(", "sigmoid(", "softmax("))  # these say what others say more simply
        and all(_fits(a, m) for a, m in zip(arrays, masks, strict=True))
    }


def wrong_elements(evidence):
    """A mask for each draw."""
    return [~(np.abs(g - t) <= RIGHT * scale(t)) for g, t in _pairs(evidence)]


def _pairs(evidence):
    return zip(evidence.gradient, evidence.truth, strict=True)


def _fits(array, mask):
    try:
        return np.broadcast_shapes(array.shape, mask.shape) == mask.shape
    except ValueError:
        return False


def _is_inverted(gradient, truth):
    zero = np.abs(truth) <= RIGHT * scale(truth)
    return 2 < zero.sum() < zero.size - 2 and np.array_equal(gradient == 0, ~zero)


def _scattered(masks, evidence):
    wrong, total = sum(int(m.sum()) for m in masks), sum(m.size for m in masks)
    draws = sum(bool(m.any()) for m in masks)
    if wrong > 0.9 * total:
        return f"nearly everywhere: in {wrong} of {total} elements of all draws"
    first = next(m for m in masks if m.any())
    return f"in {wrong} of {total} elements of {draws} draws: {listed(first, evidence.axes)}"


def _how(masks, evidence):
    """What stands at the wrong places; "" where no words fit."""
    there = [(g[m], t[m], k) for k, ((g, t), m) in enumerate(zip(_pairs(evidence), masks, strict=True)) if m.any()]
    if not any(g.any() for g, _, _ in there):
        return ", where yours is 0"
    if all(g.size > 1 and np.ptp(g) <= RIGHT * scale(g) for g in evidence.gradient):
        return ", where yours is one number everywhere"
    for axis in range(masks[0].ndim):
        others = tuple(set(range(masks[0].ndim)) - {axis})
        if others and all(_constant_along(g, t, others) for g, t in _pairs(evidence)):
            return f", by one factor for each {evidence.axes[axis]}"
    if words := _multiple(there, masks, evidence) or _moved(there) or _other_zeros(there):
        return words
    formula = "" if all(m.all() for m in masks) else formula_there(evidence, masks)
    return f", where yours is {formula}" if formula else ""


def _multiple(there, masks, evidence):
    """A multiple of the truth, or of a known quantity, with one factor in all draws."""
    if sum(g.size for g, _, _ in there) < 2:
        return ""
    if ratio := _one([_common_ratio(g, t) for g, t, _ in there]):
        return f", where yours is {number(ratio)} times the truth"
    if sum(g.size for g, _, _ in there) < 8 or all(m.all() for m in masks):
        return ""
    for name, arrays in evidence.quantities.items():
        if all(_fits(a, m) for a, m in zip(arrays, masks, strict=True)):
            laid = [np.broadcast_to(arrays[k], masks[k].shape)[masks[k]] for _, _, k in there]
            if ratio := _one([_common_ratio(g, a) for (g, _, _), a in zip(there, laid, strict=True)]):
                return f", where yours is {'' if number(ratio) == '1' else f'{number(ratio)} times '}{name}"
    return ""


def _one(ratios):
    """The number that all of them are, or None."""
    return ratios[0] if None not in ratios and close(ratios, ratios[:1] * len(ratios)) else None


def _moved(there):
    """One number too much, in each draw."""
    if any(g.size < 2 for g, _, _ in there):
        return ""
    off = [float((g - t).mean()) for g, t, _ in there]
    if any(distance(g - t, d) > RIGHT * scale(t) for (g, t, _), d in zip(there, off, strict=True)):
        return ""
    words = ", ".join(dict.fromkeys(number(abs(d)) for d in off))
    return f", where yours is too {'large' if off[0] > 0 else 'small'} by {words}"


def _other_zeros(there):
    """Zeros at other places, and nothing else: another mask."""
    zeros = [[np.abs(a) <= RIGHT * scale(t) for a in (g, t)] for g, t, _ in there]
    lost, new = (sum(int(pair[k].sum()) for pair in zeros) for k in (0, 1))
    if not lost or not new or any((mine == right).any() for mine, right in zeros):
        return ""
    return f", where one of the two is 0: yours in {lost} elements, the truth in {new}"


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
