"""At which special arrays does a wrong gradient become right?

With a single example, with x = 0, with all elements of a parameter equal, with two parameters that are the same: where
the gradient is right then (and not 0), the mistake is in what these arrays take away.
"""

import itertools

import numpy as np

from .asking import arrays_of, ask, with_arrays
from .evidence import scale
from .match import Match
from .rows import AXES

FIRST, WATCHED = 4, 24  # elements that are asked for first, and in the end
RIGHT, WRONG = 1e-6, 1e-4  # of the largest truth
LIVE = 0.01  # a truth that is smaller than this part of the original one counts as 0
LARGEST = 20_000  # elements of y: each question is some hundred times forward


def right_where(label, cases):
    """A technique: an observation without a name."""

    def technique(evidence):
        if any(case.is_random or case.y.size > LARGEST for case in cases):
            return []
        watched = [wrong_elements(g, t) for g, t in zip(evidence.gradient, evidence.truth, strict=True)]
        found = []
        for words, look, change in special_arrays(cases[0]):
            if all(
                _is_right(case, label, change, w, t) for case, w, t in zip(cases, watched, evidence.truth, strict=True)
            ):
                found.append((words, look))
        if not found:
            return []
        words, look = found[0]
        also = f", and also if {found[1][0]}" if len(found) > 1 else ""
        seen = f"your {label} is right if {words}{also}, and else wrong"
        return [Match(None, seen, look, f"right only if {words}")]

    return technique


def wrong_elements(g, t):
    wrong = np.flatnonzero(np.abs(g - t).ravel() > WRONG * scale(t))
    return np.random.default_rng(0).permutation(wrong)[:WATCHED]


def _is_right(case, label, change, watched, truth):
    arrays = change(arrays_of(case))
    if arrays is None or len(watched) < FIRST:
        return False
    twin, live = with_arrays(case, arrays), LIVE * np.abs(truth).mean()
    for count in (FIRST, len(watched)):
        both = ask(twin, label, watched[:count])
        if both is None or np.abs(both[0] - both[1]).max() > RIGHT * scale(truth):
            return False
        if (np.abs(both[1]) > live).mean() < 0.5:
            return False
    return True


def special_arrays(case):
    """(words, where to look, function of all arrays that gives the changed ones), the most telling first."""
    arrays = arrays_of(case)
    yield from _same_along(arrays, case)
    for a, b in itertools.combinations(arrays, 2):
        if arrays[a].shape == arrays[b].shape and arrays[a].ndim:
            look = f"Are {a} and {b} exchanged somewhere, or does one stand for the other?"
            yield f"{a} and {b} are equal", look, lambda now, a=a, b=b: {b: now[a]}
    for name, a in arrays.items():
        if a.ndim == 2 and a.shape[0] == a.shape[1]:
            look = f"Is {name} transposed where it should not be, or the other way round?"
            yield f"{name} is symmetric", look, lambda now, name=name: {name: (now[name] + now[name].T) / 2}
        if (a < 0).any():
            look = f"Is an absolute value taken, or a sign lost, where {name} enters?"
            yield f"{name} has no negative elements", look, lambda now, name=name: {name: np.abs(now[name])}
    for value in (1.0, 0.0):
        for name in arrays:
            look = f"Look where {name} enters, and how often." if value else f"Look at what comes through {name}."
            words = f"{name} is {value:g} everywhere"
            yield words, look, lambda now, name=name, value=value: {name: np.full_like(now[name], value)}


def _same_along(arrays, case):
    """Arrays that are the same along one axis."""
    for name, a in arrays.items():
        axes = AXES.get(a.ndim, ()) if name in case.inputs or name == "dy" else PARAMETER_AXES.get(a.ndim, ())
        for axis, word in enumerate(axes):
            if a.shape[axis] < 2:
                continue
            look = f"Look at how {name} of one {word} meets that of another: sums, means and orders along this axis."
            words = f"{name} is the same for every {word}"
            yield words, look, lambda now, name=name, axis=axis: {name: _mean(now[name], axis)}


PARAMETER_AXES = {1: ("channel",), 2: ("input", "output"), 3: ("tap", "input", "output")}


def _mean(a, axis):
    return np.broadcast_to(a.mean(axis=axis, keepdims=True), a.shape)
