"""A single number, such as the value of a loss: what is its error, in each of several draws?

A number in each of three draws cannot be fitted by much.  But an error that is the same for each example, or for each
element, is told by its sizes; and one that is a simple multiple of a sum over a known array, by that sum.
"""

import itertools

import numpy as np

from .evidence import RIGHT
from .match import Match, number

DRAWS = 3
EXACT = 1e-7
GRID, LARGEST = 4, 4  # coefficients are whole multiples of 1 / GRID, up to LARGEST
CONDITION = 1e4


def error_of_number(evidence):
    """A technique: an observation without a name."""
    if len(evidence.truth) < DRAWS or any(t.size != 1 for t in evidence.truth):
        return []
    errors = np.array([float((g - t).ravel()[0]) for g, t in zip(evidence.gradient, evidence.truth, strict=True)])
    size = max(float(np.abs(t).max()) for t in evidence.truth)
    if (np.abs(errors) <= RIGHT * size).any():
        return []
    for name, count in _sizes(evidence).items():
        each = errors / count
        if np.ptp(each) <= EXACT * np.abs(each).max():
            what = f"one number, {number(float(each[0]))}, for each {name}" if name else number(float(each[0]))
            seen = f"your {evidence.label} is off by {what}"
            return [Match(None, seen, "Which constant is missing, or too much?", f"a constant{_for(name)}")]
    for divisor, by in _divisors(evidence):
        if found := _of_sums(errors * divisor, _sums(evidence)):
            words = " ".join(f"{'+' if c > 0 else '-'} {number(abs(c))} times {name}" for name, c in found.items())
            seen = f"your {evidence.label} is off by {words.removeprefix('+ ')}{by}"
            names = " and ".join(found)
            return [Match(None, seen, "Is such a term missing, too much, or another one?", f"a term with {names}")]
    return []


def _of_sums(errors, sums):
    """{words: simple coefficient} of one or two sums that make up the errors of all draws, or None."""
    for count in (1, 2):
        for names in itertools.combinations(sums, count):
            matrix = np.stack([sums[name] for name in names], axis=1)
            if np.linalg.cond(matrix / np.abs(matrix).max(axis=0)) > CONDITION:
                continue
            found = np.linalg.lstsq(matrix, errors, rcond=None)[0]
            simple = np.round(found * GRID) / GRID
            exact = np.abs(matrix @ simple - errors).max() <= EXACT * np.abs(matrix).max()
            if exact and simple.all() and (np.abs(simple) <= LARGEST).all():
                return dict(zip(names, simple.tolist(), strict=True))
    return None


def _for(name):
    return f" for each {name}" if name else ""


def _sizes(evidence):
    """How often a constant may be counted: once, or once for each thing whose number differs from draw to draw."""
    names = set.intersection(*map(set, evidence.sizes))
    found = {name: np.array([float(s[name]) for s in evidence.sizes]) for name in evidence.sizes[0] if name in names}
    found = {{"batch": "example"}.get(name, f"one of {name}"): n for name, n in found.items() if len(set(n)) > 1}
    return {"": np.ones(len(evidence.truth))} | found


def _divisors(evidence):
    batches = np.array([float(sizes.get("batch", 1)) for sizes in evidence.sizes])
    arrays = [next((a for a in q if a.ndim > 1), None) for q in zip(*evidence.quantities.values(), strict=True)]
    found = [(1.0, ""), (batches, ", divided by the batch size")]
    if arrays and all(a is not None for a in arrays):
        found += [(np.array([float(len(a)) for a in arrays]), ", divided by the number of rows"),
                  (np.array([float(a.size) for a in arrays]), ", divided by the number of elements")]  # fmt: skip
    return found


def _sums(evidence):
    """{words: one sum a draw} over the known arrays, their squares, absolute values and exponentials."""
    found = {}
    functions = {"{}": np.array, "{}^2": np.square, "|{}|": np.abs, "exp({})": np.exp, "exp(-{})": lambda a: np.exp(-a)}
    for name, arrays in evidence.quantities.items():
        for words, function in functions.items():
            with np.errstate(all="ignore"):
                values = np.array([float(function(a).sum()) for a in arrays])
            if np.isfinite(values).all() and values.all():
                found[f"the sum of {words.format(name)}"] = values
    return found
