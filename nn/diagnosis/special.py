"""At which special arrays does a wrong gradient become right?

With x = 0, with all elements of a parameter equal, with two parameters that are the same: where the gradient is right
then (and not 0), the mistake is in what these arrays take away.  Or it is then twice, half, or minus the truth.
"""

import itertools

import numpy as np

from .asking import arrays_of, ask, with_arrays
from .arrays.evidence import scale
from .arrays.match import Match, number
from .arrays.rows import AXES

FIRST, WATCHED = 4, 24  # elements that are asked for first, and in the end
RIGHT, WRONG = 1e-6, 1e-4  # of the largest truth
LIVE = 0.01  # a truth that is smaller than this part of the original one counts as 0
SIMPLE = (1, 0, -1, 2, 0.5)  # factors that are told
LARGEST = 20_000  # elements of y: each question is some hundred times forward


def right_where(label, cases):
    """A technique: an observation without a name."""

    def technique(evidence):
        if any(case.is_random or case.y.size > LARGEST for case in cases):
            return []
        watched = [wrong_elements(g, t) for g, t in zip(evidence.gradient, evidence.truth, strict=True)]
        draws = list(zip(cases, watched, evidence.truth, strict=True))
        found = {}
        for words, look, change in special_arrays(cases):
            factor = _common_factor(label, change, draws)
            if factor is not None:
                found.setdefault(factor, (words, look))
            if factor == 1:
                break
        if not found:
            return []
        factor = min(found, key=lambda factor: factor != 1)
        return [_match(label, factor, *found[factor])]

    return technique


def _match(label, factor, words, look):
    if factor == 1:
        return Match(None, f"your {label} is right if {words}, and else wrong", look, f"right only if {words}")
    how = f"{number(factor)} times the truth" if factor else "0, and should not be"
    return Match(None, f"if {words}, your {label} is {how}", look, f"{how} if {words}")


def wrong_elements(g, t):
    """Some flat indices of elements that are wrong."""
    wrong = np.flatnonzero(np.abs(g - t).ravel() > WRONG * scale(t))
    return np.random.default_rng(0).permutation(wrong)[:WATCHED]


def _common_factor(label, change, draws):
    """The factor of all draws, or None."""
    first = None
    for case, places, truth in draws:
        factor = _factor(case, label, change, places, truth)
        if factor is None or first not in (None, factor):
            return None
        first = factor
    return first


def _factor(case, label, change, watched, truth):
    """The simple number by which the changed case's gradient is too large, 1 if it is right; None if there is none."""
    if len(watched) < FIRST:
        return None
    twin, live, factor = with_arrays(case, change(arrays_of(case))), LIVE * np.abs(truth).mean(), None
    for count in (FIRST, len(watched)):
        both = ask(twin, label, watched[:count])
        if both is None or (np.abs(both[1]) > live).mean() < 0.5:
            return None
        mine, true = both
        factor = round(float(mine @ true) / float(true @ true), 4)
        if factor not in SIMPLE or np.abs(mine - factor * true).max() > RIGHT * scale(truth):
            return None
    return factor


def special_arrays(cases):
    """(words, where to look, function of all arrays that gives the changed ones), the most telling first."""
    arrays, parameters = arrays_of(cases[0]), cases[0].parameters
    yield from _same_along(arrays, cases[0])
    for names in (parameters, cases[0].inputs):
        for a, b in itertools.combinations(names, 2):
            if all(now[a].shape == now[b].shape for now in map(arrays_of, cases)):
                look = f"Are {a} and {b} exchanged somewhere, or does one stand for the other?"
                yield f"{a} and {b} are equal", look, lambda now, a=a, b=b: {b: now[a]}
    for name in parameters:
        if all(a.ndim == 2 and len(a) == a.shape[1] for a in (arrays_of(case)[name] for case in cases)):
            look = f"Is {name} transposed where it should not be, or the other way round?"
            yield f"{name} is symmetric", look, lambda now, name=name: {name: (now[name] + now[name].T) / 2}
    for name, a in arrays.items():
        if (a < 0).any():
            look = f"Is an absolute value taken, or a sign lost, where {name} enters?"
            yield f"{name} has no negative elements", look, lambda now, name=name: {name: np.abs(now[name])}
    for value in (1.0, 0.0):
        for name in [*parameters, *(name for name in arrays if name not in parameters)]:
            look = f"Look where {name} enters, and how often." if value else f"Look at what comes through {name}."
            words = f"{name} is {value:g} everywhere"
            yield words, look, lambda now, name=name, value=value: {name: np.full_like(now[name], value)}


def _same_along(arrays, case):
    """Arrays that are the same along one axis."""
    for name, a in arrays.items():
        axes = AXES.get(a.ndim, ()) if name in case.inputs or name == "dy" else PARAMETER_AXES.get(a.ndim, ())
        for axis, word in enumerate(axes):
            look = f"Look at how {name} of one {word} meets that of another: sums, means and orders along this axis."
            words = f"{name} is the same for every {word}"
            yield words, look, lambda now, name=name, axis=axis: {name: _mean(now[name], axis)}


PARAMETER_AXES = {1: ("channel",), 2: ("input", "output"), 3: ("tap", "input", "output")}


def _mean(a, axis):
    return np.broadcast_to(a.mean(axis=axis, keepdims=True), a.shape)
