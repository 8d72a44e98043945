"""Mutants by substitution: what the gradient would be if another array stood in place of one.

The truth is computed once more with the kernel turned, the input shifted by a pixel, y in place of x, ones in place of
the scale.  That costs as much as the truth, so a few elements decide which substitutions are worth it.
"""

import copy
import itertools

import numpy as np

from .case import parameters_of
from .arrays.evidence import distance, scale
from .arrays.mutants import known_mutants, matching

TRIED = 6  # elements


def substituted(label, cases):
    """A technique (a function of the evidence) for the array with this label."""

    def technique(evidence):
        some = np.random.default_rng(0).permutation(evidence.truth[0].size)[:TRIED]
        found = []
        for name, substitute in _substitutions(label, cases[0]):
            if _may_be(evidence.gradient[0].ravel()[some], substitute(cases[0], some)):
                found += _matches(evidence, name, [substitute(case) for case in cases])
        return found

    return technique


def _may_be(gradient, candidate):
    """Whether some elements of the gradient are a multiple of the candidate's."""
    square = float(candidate @ candidate)
    factor = float(gradient @ candidate) / square if square else 0.0
    return distance(factor * candidate, gradient) <= 1e-5 * scale(gradient)


def _matches(evidence, name, candidate):
    evidence = copy.copy(evidence)
    evidence.mutants = {name: candidate}
    return matching(known_mutants(evidence), evidence)


def _substitutions(label, case):
    """(name, function of a case that gives the truth with something in place of something)."""
    x = case.names[0]
    arrays = {x: case.x} | {name: p.data for name, p in case.parameters.items()}
    for name, array in arrays.items():
        changes = _changes_of_input(name, array, case) if name == x else _changes_of_parameter(name, array)
        if name != x:
            yield f"{name}.grad for {name}", _truth_with(label, name, _gradient_of(name))
        for words, change in changes:
            yield words, _truth_with(label, name, change)


def _changes_of_input(name, array, case):
    if case.y.shape == array.shape:
        yield f"y for {name} (applied twice)", lambda case, a: case.y
        yield f"dy for {name}", lambda case, a: case.dy
    if array.ndim == 4:
        for steps in itertools.product((0, 1, -1), repeat=2):
            if any(steps):
                yield f"{name} shifted by one pixel", lambda case, a, s=steps: _shifted(a, {1: s[0], 2: s[1]})
    if array.ndim == 3:
        for step in (1, -1):
            yield f"{name} shifted by one position", lambda case, a, s=step: _shifted(a, {1: s})
    yield f"mean of {name} subtracted", lambda case, a: a - a.mean(axis=0)
    yield f"{name} without its sign", lambda case, a: np.abs(a)
    yield f"{name} reversed over the batch", lambda case, a: a[::-1]


def _gradient_of(name):
    return lambda case, a: case.gradients[f"{name}.grad"]


def _changes_of_parameter(name, array):
    if array.ndim == 4:
        yield f"{name} turned by 180 degrees", lambda case, a: a[::-1, ::-1]
        yield f"{name} flipped vertically", lambda case, a: a[::-1]
        yield f"{name} flipped horizontally", lambda case, a: a[:, ::-1]
    if array.ndim >= 2 and array.shape[-1] == array.shape[-2]:
        yield f"{name} transposed", lambda case, a: a.swapaxes(-1, -2)
    yield f"{name} forgotten (as if 1)", lambda case, a: np.ones_like(a)
    yield f"{name} squared", lambda case, a: a * a
    yield f"{name} without its sign", lambda case, a: np.abs(a)
    yield f"{name} as if 0", lambda case, a: np.zeros_like(a)


def _shifted(array, steps):
    result = array
    for axis, step in steps.items():
        if step == 0:
            continue
        result = np.roll(result, step, axis)
        edge = [slice(None)] * array.ndim
        edge[axis] = slice(0, step) if step > 0 else slice(step, None)
        result[tuple(edge)] = 0
    return result


def _truth_with(label, name, change):
    def truth(case, elements=None):
        twin = copy.copy(case)
        if name == case.names[0]:
            twin.x = np.ascontiguousarray(change(case, case.x))
        else:
            twin.untouched = copy.deepcopy(case.untouched)
            parameter = parameters_of(twin.untouched)[name]
            parameter.data = np.ascontiguousarray(change(case, case.parameters[name].data))
        J = twin.derivatives(label, elements)
        return np.tensordot(J, case.dy, case.dy.ndim)

    return truth
