"""Mutants by substitution: what the gradient would be if another array stood in place of one.

The truth is computed once more with the kernel turned, the input shifted by a pixel, y in place of x, ones in place of
the scale.  It costs as much as the truth, so the first draw decides which substitutions the others are tried with.
"""

import copy

import numpy as np

from .evidence import Evidence
from .mutants import known_mutants


def substituted(label, cases):
    """A technique (a function of the evidence) for the array with this label."""

    def technique(evidence):
        first = _only(evidence, 0)
        found = []
        for name, substitute in _substitutions(label, cases[0]):
            if not known_mutants(_with(first, name, [substitute(cases[0])])):
                continue
            found += known_mutants(_with(evidence, name, [substitute(case) for case in cases]))
        return found

    return technique


def _only(evidence, draw):
    return Evidence(
        [evidence.gradient[draw]], [evidence.truth[draw]], evidence.label, evidence.axes,
        [evidence.sizes[draw]], evidence.constants,
    )  # fmt: skip


def _with(evidence, name, candidate):
    evidence = copy.copy(evidence)
    evidence.mutants = {name: candidate}
    return evidence


def _substitutions(label, case):
    """(name, function of a case that gives the truth with something in place of something)."""
    arrays = {"x": case.x} | {name: p.data for name, p in case.parameters.items()}
    for name, array in arrays.items():
        for words, change in _changes(name, array, case):
            yield words, _truth_with(label, name, change)


def _changes(name, array, case):
    if name == "x":
        if case.y.shape == array.shape:
            yield "y for x (applied twice)", lambda case, a: case.y
            yield "dy for x", lambda case, a: case.dy
        if array.ndim == 4:
            for axis in (1, 2):
                for step in (1, -1):
                    words = f"x shifted by one pixel along {('height', 'width')[axis - 1]}"
                    yield words, lambda case, a, axis=axis, step=step: _shifted(a, {axis: step})
            for steps in ((1, 1), (-1, -1)):
                yield "x shifted by one pixel", lambda case, a, s=steps: _shifted(a, {1: s[0], 2: s[1]})
        yield "x without its sign", lambda case, a: np.abs(a)
        yield "x reversed over the batch", lambda case, a: a[::-1]
    else:
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
        result = np.roll(result, step, axis)
        edge = [slice(None)] * array.ndim
        edge[axis] = slice(0, step) if step > 0 else slice(step, None)
        result[tuple(edge)] = 0
    return result


def _truth_with(label, name, change):
    def truth(case):
        twin = copy.copy(case)
        if name == "x":
            twin.x = np.ascontiguousarray(change(case, case.x))
        else:
            twin.subject = copy.deepcopy(case.subject)
            parameter = twin.parameters_now()[name]
            parameter.data = np.ascontiguousarray(change(case, case.parameters[name].data))
        J = twin.derivatives(label)
        return np.tensordot(J, case.dy, case.dy.ndim)

    return truth
