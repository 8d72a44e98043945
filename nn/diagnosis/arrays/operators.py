"""Second technique: the truth, moved about.

Transposed, reversed, shifted by a pixel, summed along an axis, its absolute value: each is tried on the truth itself,
alone and times one simple factor.
"""

import itertools
import math

import numpy as np

from .evidence import RESIDUAL, distance, scale
from .match import Match

FEWEST_MOVED = 8  # so many elements of all draws must be there still


def moved_about(evidence):
    """(key, what is seen, where to look, arrays) for each operator on the truth."""
    for name, seen, look, operator in _operators(evidence):
        yield name, f"your {evidence.label} is the truth {seen}", look, [operator(t) for t in evidence.truth]


def moved_partly(evidence):
    """Matches where the gradient is the truth shifted, whatever stands at the border, or clipped, or rounded."""
    return _shifted(evidence) or _clipped(evidence) or _rounded(evidence)


def _operators(evidence):
    """(key, what is seen, where to look, function) for all operators that keep the shape."""
    shapes, axes = [t.shape for t in evidence.truth], evidence.axes
    ndim = len(shapes[0])
    for a, b in itertools.combinations(range(ndim), 2):
        if all(shape[a] == shape[b] for shape in shapes):
            words = "transposed" if ndim == 2 else f"with {axes[a]} and {axes[b]} exchanged"
            yield words, words, "Compare the order of the indices with the formula's.", _swap(a, b)
            continue
        words = f"read in the order of {axes[b]} before {axes[a]}"
        yield "reshaped instead of transposed", words, "reshape never reorders: is transpose meant?", _reshaped(a, b)
    for group in _groups_of_axes(ndim):
        names = " and ".join(axes[axis] for axis in group)
        yield f"reversed along {names}", f"reversed along {names}", "Is an array flipped, or not flipped?", _flip(group)
    for axis in range(ndim):
        if all(shape[axis] > 1 for shape in shapes) and ndim > 1:
            look = "Check the axis and the keepdims of your sums."
            yield f"summed over the {axes[axis]} axis", f"summed over its {axes[axis]} axis", look, _sum(axis)
            yield f"averaged over the {axes[axis]} axis", f"averaged over its {axes[axis]} axis", look, _mean(axis)
        if all(shape[axis] > 2 for shape in shapes):
            name = f"cumulative sum along {axes[axis]}"
            yield name, f"summed up step by step along {axes[axis]}", "Is a running sum stored?", _cumulative(axis)
    if ndim > 1:
        what = "summed up step by step from element to element"
        yield "cumulative sum of all elements", what, "Is a running sum stored?", _running_sum
    if any((t < 0).any() for t in evidence.truth):
        yield "absolute value", "without its signs", "Is an absolute value or a square root of a square taken?", np.abs
        yield "sign only", "reduced to its signs", "Is the size of the gradient lost?", np.sign
    yield "squared", "squared", "Is something multiplied by itself?", np.square


def _groups_of_axes(ndim):
    for count in range(1, ndim + 1):
        yield from itertools.combinations(range(ndim), count)


def _swap(a, b):
    return lambda t: t.swapaxes(a, b)


def _reshaped(a, b):
    return lambda t: t.swapaxes(a, b).reshape(t.shape)


def _flip(group):
    return lambda t: np.flip(t, group)


def _sum(axis):
    return lambda t: np.broadcast_to(t.sum(axis=axis, keepdims=True), t.shape)


def _mean(axis):
    return lambda t: np.broadcast_to(t.mean(axis=axis, keepdims=True), t.shape)


def _cumulative(axis):
    return lambda t: np.cumsum(t, axis=axis)


def _running_sum(t):
    return np.cumsum(t).reshape(t.shape)


def _shifted(evidence):
    """The truth moved by one or two elements along one or two axes, whatever stands where nothing moved in."""
    ndim = evidence.truth[0].ndim
    spatial = [axis for axis in range(ndim) if all(t.shape[axis] > 2 for t in evidence.truth)]
    for steps in itertools.product((0, 1, -1, 2, -2), repeat=len(spatial)):
        moved = [(axis, step) for axis, step in zip(spatial, steps, strict=True) if step]
        if not 1 <= len(moved) <= 2 or sum(_moved_size(t.shape, moved) for t in evidence.truth) < FEWEST_MOVED:
            continue
        if all(_is_moved(*pair, moved) for pair in zip(*_both(evidence), strict=True)):
            words = " and ".join(f"{step:+d} along {evidence.axes[axis]}" for axis, step in moved)
            seen = f"your {evidence.label} is the truth shifted by {words}"
            look = "Compare where padding is put (before or after) and where a window begins."
            if ndim < 3:
                look = "Is something stored one step too early or too late, or does an index begin at another number?"
            pixels = "one pixel" if max(abs(step) for _, step in moved) == 1 else "two pixels"
            return [Match(f"shifted by {pixels}", seen, look)]
    return []


def _moved_size(shape, moved):
    """How many elements of the truth are still there after the move."""
    steps = dict(moved)
    return math.prod(max(0, length - abs(steps.get(axis, 0))) for axis, length in enumerate(shape))


def _both(evidence):
    return evidence.gradient, evidence.truth


def _is_moved(gradient, truth, moved):
    to, source = [slice(None)] * truth.ndim, [slice(None)] * truth.ndim
    for axis, step in moved:
        to[axis] = slice(step, None) if step > 0 else slice(None, step)
        source[axis] = slice(None, -step) if step > 0 else slice(-step, None)
    a, b = gradient[tuple(to)], truth[tuple(source)]
    unmoved = truth[tuple(to)]
    return b.size > 1 and distance(a, b) <= RESIDUAL * scale(truth) and distance(b, unmoved) > 0.1 * scale(b)


def _clipped(evidence):
    """The truth, cut off at one value from above and one from below.

    Not at 0: that is what any mask leaves which happens to let one sign through.
    """
    low, high = min(g.min() for g in evidence.gradient), max(g.max() for g in evidence.gradient)
    cut = [np.clip(t, low, high) for t in evidence.truth]
    size = max(map(scale, evidence.truth))
    if min(abs(low), abs(high)) < RESIDUAL * size or high - low < RESIDUAL * size:
        return []
    often = sum(int((t >= high).sum() + (t <= low).sum()) for t in evidence.truth)
    if often < 4 or not evidence.explained_by(cut):
        return []
    seen = f"your {evidence.label} is the truth where that lies between {low:.4g} and {high:.4g}, and never beyond"
    return [Match("clipped", seen, "Is the gradient clipped, or an activation applied to it?")]


def _rounded(evidence):
    for digits in range(-1, 5):
        if evidence.explained_by([np.round(t, digits) for t in evidence.truth]):
            seen = f"your {evidence.label} is the truth rounded to {digits} digits after the point"
            return [Match("rounded", seen, "Look for round or a conversion to whole numbers.")]
    return []
