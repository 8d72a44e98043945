"""The right numbers in the wrong places, one number in the place of many, or a curve over the right ones.

Three things that can be seen from an array and its truth alone, whatever either is made of.
"""

import numpy as np

from .evidence import RESIDUAL, RIGHT, distance, scale
from .match import Match, number
from .one_quantity import follows

FEWEST = 8  # different numbers of each draw
CURVE = 60  # numbers of all draws; and of one, for a look at that one alone


def out_of_order(evidence):
    """A technique: an observation without a name.  The gradient holds the truth's numbers, each as often."""
    for g, t in zip(evidence.gradient, evidence.truth, strict=True):
        if g.shape != t.shape or len(np.unique(t)) < FEWEST:
            return []
        if distance(np.sort(g, axis=None), np.sort(t, axis=None)) > RIGHT * scale(t):
            return []
    seen = f"your {evidence.label} holds the right numbers, each once, but in another order"
    look = "Look at what is reshaped or transposed, in which order axes stand, and at indices."
    return [Match(None, seen, look, "the order of the numbers")]


def spread_out(evidence):
    """A technique: an observation without a name.  Along one axis the gradient is one number, and the truth is not."""
    for axis, name in enumerate(evidence.axes):
        if all(_is_flat(g, axis) and not _is_flat(t, axis) for g, t in _pairs(evidence)):
            seen = f"your {evidence.label} is one and the same number along {name}, and should not be"
            return [
                Match(None, seen, "Is a sum spread out, or an index or a loop missing?", f"one number along {name}")
            ]
    return []


def bent(evidence):
    """A technique: an observation without a name.  The gradient is a function of the truth, number by number."""
    g, t = (np.concatenate([a.ravel() for a in arrays]) for arrays in (evidence.gradient, evidence.truth))
    if len(np.unique(t)) < CURVE:
        return []
    line = np.stack([t, np.ones(t.size)], axis=1)
    factor, shift = np.linalg.lstsq(line, g, rcond=None)[0]
    left = g - factor * t - shift
    if np.abs(left).max() <= RESIDUAL * scale(g) and abs(factor) > RESIDUAL:
        seen = f"your {evidence.label} is in every element {number(factor)} times the right one plus {number(shift)}"
        return [Match(None, seen, "Where is something multiplied, and where added?", "a factor and a constant")]
    parts = np.split(np.stack([left, t]), np.cumsum([a.size for a in evidence.truth])[:-1], axis=1)
    if not all(follows(*part) for part in [(left, t), *parts] if part[1].size >= CURVE):
        return []
    seen = f"your {evidence.label} is in every element a function of the right one alone"
    look = "Plot it over the right one: is a step, such as a root or a square, missing or too much?"
    return [Match(None, seen, look, "a function of the truth")]


def _is_flat(a, axis):
    return a.shape[axis] > 2 and float(np.ptp(a, axis=axis).max()) <= RESIDUAL * scale(a)


def _pairs(evidence):
    return zip(evidence.gradient, evidence.truth, strict=True)
