"""How should the gradient answer if an array changes sign, doubles, or is shifted, and how does yours?

The derivative of an even function is odd; a softmax does not feel a number added to all of x; what is linear in W
doubles with W.  Such laws are read off the truth, without its formula: if it becomes exactly r times itself (in all
elements and draws), the gradient must do so, too.  If it does not, the message says which array enters once too often,
without its sign, or without what would cancel a shift.
"""

import itertools

import numpy as np

from .asking import arrays_of, ask, with_arrays
from .arrays.evidence import scale
from .arrays.match import Match, number
from .special import LARGEST, wrong_elements

SAME = 1e-5  # of the largest element
FEWEST = 4  # elements
FIRST = 4


def broken_law(label, cases):
    """A technique: an observation without a name."""

    def technique(evidence):
        if any(case.is_random or case.y.size > LARGEST for case in cases):
            return []
        watched = [wrong_elements(g, t) for g, t in zip(evidence.gradient, evidence.truth, strict=True)]
        if min(map(len, watched)) < FEWEST:
            return []
        before = [
            np.array([a.ravel()[w] for a in pair])
            for *pair, w in zip(evidence.gradient, evidence.truth, watched, strict=True)
        ]
        for words, look, change in changes(cases):
            if match := _broken(label, words, look, change, cases, watched, before):
                return [match]
        return []

    return technique


def _broken(label, words, look, change, cases, watched, before):
    factors = []
    for case, places, old in zip(cases, watched, before, strict=True):
        twin = with_arrays(case, change(arrays_of(case)))
        for count in (FIRST, len(places)):
            new = ask(twin, label, places[:count])
            if new is None:
                return None
            mine, true = (_factor(n, o[:count]) for n, o in zip(new, old, strict=True))
            if true is None or (mine is not None and abs(mine - true) < 1e-3):
                return None
        factors.append((mine, true))
    mine, true = ([pair[k] for pair in factors] for k in (0, 1))
    if np.ptp(true) > 1e-3 or true[0] == 0:
        return None
    yours = _words(mine[0]) if None not in mine and np.ptp(mine) < 1e-3 else "does not"
    seen = f"if {words}, the true {label} {_words(true[0])}, and yours {yours}"
    return Match(None, seen, look, f"how it changes if {words}")


def _factor(new, old):
    """The one number that all elements have been multiplied by, or None."""
    square = float(old @ old)
    factor = float(new @ old) / square if square else 0.0
    return factor if np.abs(new - factor * old).max() <= SAME * max(scale(old), scale(new)) else None


def _words(factor):
    known = {1: "stays as it is", -1: "turns its sign", 0: "becomes 0"}
    return known.get(round(factor, 3), f"becomes {number(round(factor, 3))} times as large")


def changes(cases):
    """(words, where to look, function of all arrays that gives the changed ones)."""
    arrays, names = arrays_of(cases[0]), list(cases[0].inputs)
    for name in arrays:
        look = f"Which term takes away what is added to the whole of {name}?"
        yield f"1 is added to all of {name}", look, lambda now, name=name: {name: now[name] + 1}
    for name in arrays:
        look = f"Look where the sign of {name} enters: squares and absolute values lose it."
        yield f"the signs of {name} are turned", look, lambda now, name=name: {name: -now[name]}
    if len(names) > 1:
        words = f"the signs of {' and '.join(names)} are turned"
        yield words, "Look at signs, squares and absolute values.", lambda now: {name: -now[name] for name in names}
    for name in arrays:
        look = f"How often does {name} enter as a factor, and how often should it?"
        yield f"{name} is doubled", look, lambda now, name=name: {name: 2 * now[name]}
    for a, b in itertools.combinations(names, 2):
        if all(now[a].shape == now[b].shape for now in map(arrays_of, cases)):
            look = f"Does each of {a} and {b} enter in its own way?"
            yield f"{a} and {b} are exchanged", look, lambda now, a=a, b=b: {a: now[b], b: now[a]}
