"""What a function answers to changed inputs, boiled down to few numbers: what `conclusions` are drawn from.

This runs in the child process beside the student's code if a check has failed, and once with the solution.  For each
result of a check it notes

    changed/y/x       whether x is another array afterwards
    answers/y         for each change of the inputs, three weighted sums over y and its largest absolute value
    touched/y/x/0     for each index of x's first axis, which indices of y's axes change with it
    slope/y/x         how y changes with each number of x: where y is one number, or depends on x number by number
    sum/y/x           how a weighted sum over y changes with each number of x
    sum/y/x/0         the same for whole x[i], where x has many numbers
"""

import time
import warnings

import numpy as np

from .changes import changes, slices, weights
from .checking import results_only

STEP = 1e-4  # of a small change
ROUND_OFF = 1e-12  # of the largest number
MOST = 500  # numbers of an input that are changed one after the other
FEW = 320  # the same for sums over arrays
POSITIONS = 100  # of an image


def summary(array):
    """Three weighted sums over the array and its largest absolute value: two arrays with the same ones are the same."""
    a = np.asarray(array, np.float64)
    with np.errstate(all="ignore"):
        return np.array([*(float((weights(a.shape, k) * a).sum()) for k in range(3)), np.abs(a).max(initial=0.0)])


def outcomes(check, lab, inputs, seconds=np.inf):
    """{"answers/y": array, ...} for one draw; after so many seconds of the processor what is left is not tried."""
    with warnings.catch_warnings(), np.errstate(all="ignore"), results_only():
        warnings.simplefilter("ignore")
        return _Trial(check, lab, inputs, seconds).everything()


class _Trial:
    def __init__(self, check, lab, inputs, seconds):
        self.check, self.lab, self.inputs = check, lab, inputs
        self.end = time.process_time() + seconds
        self.base = self.results(inputs) or {}

    def everything(self):
        found = self.changed() | self.answers() | self.touched()
        for name, a in self.inputs.items() if self.check.slopes else ():
            if a.dtype.kind == "f":
                found |= self.slopes(name, a)
        return found

    def results(self, inputs):
        """{name: float array} of the check's results; None if the function fails on these inputs, or time is up."""
        if time.process_time() > self.end:
            return None
        try:
            found = self.check.arrays(self.lab, inputs)
        except Exception:  # what a function does with inputs that it was not made for is its own affair
            return None
        return {name: np.float64(a) for name, a in found.items() if " " not in name and a.dtype.kind == "f"}

    def changed(self):
        """Which arrays are others afterwards than those that the function was given."""
        given = {name: a.copy() for name, a in self.inputs.items() if a.ndim}
        try:
            self.check.run(self.lab, **{name: given[name] if a.ndim else a.item() for name, a in self.inputs.items()})
        except Exception:  # what is told about it is another's affair
            return {}
        return {
            f"changed/{result}/{name}": np.array(not np.array_equal(a, self.inputs[name]))
            for name, a in given.items()
            for result in self.base
        }

    def answers(self):
        """The first answer is to the same inputs once more."""
        answers = [self.results(self.inputs), *(self.results(change.inputs) for change in changes(self.inputs))]
        return {
            f"answers/{name}": np.array([summary(a[name]) if a and name in a else [np.nan] * 4 for a in answers])
            for name in self.base
        }

    def touched(self):
        found = {}
        for (name, axis), changed in slices(self.inputs).items():
            answers = [self.results(inputs) for inputs in changed]
            for result, base in self.base.items():
                if base.ndim and all(a and result in a and a[result].shape == base.shape for a in answers):
                    found[f"touched/{result}/{name}/{axis}"] = np.array([_indices(a[result], base) for a in answers])
        return found

    def slopes(self, name, a):
        found = {}
        numbers = [result for result, base in self.base.items() if not base.ndim]
        arrays = [result for result, base in self.base.items() if base.ndim]
        own = [result for result in arrays if self._is_number_by_number(result, name, a)]
        if numbers and 0 < a.size <= MOST:
            found |= {f"slope/{k}/{name}": s for k, s in self._each(name, a, numbers, np.eye(a.size)).items()}
        if own and (all_at_once := self._derivative(name, np.ones(a.shape))):
            found |= {f"slope/{k}/{name}": all_at_once[k] for k in own}
        summed = [result for result in arrays if result not in own]
        if not summed or not a.ndim:
            return found
        if a.size <= FEW:
            found |= {f"sum/{k}/{name}": s for k, s in self._each(name, a, summed, np.eye(a.size)).items()}
        else:
            for axes in _groups(a):
                lengths = [a.shape[axis] for axis in axes]
                units = _units(a, axes)
                key = "".join(map(str, axes))
                for k, s in self._each(name, a, summed, units).items():
                    found[f"sum/{k}/{name}/{key}"] = s.reshape(lengths)
        return found

    def _each(self, name, a, results, units):
        """{result: array} of how the (weighted sum over the) result changes along each unit."""
        rows = [self._derivative(name, unit.reshape(a.shape)) for unit in units]
        if any(row is None for row in rows):
            return {}
        shape = a.shape if len(rows) == a.size else (len(rows),)
        weighted = {k: weights(self.base[k].shape) if self.base[k].ndim else 1.0 for k in results}
        return {k: np.array([(weighted[k] * row[k]).sum() for row in rows]).reshape(shape) for k in results}

    def _derivative(self, name, direction):
        """{result: its derivative in this direction}, by central differences; None if the function fails there."""
        ahead, back = (self.results(self.inputs | {name: self.inputs[name] + h * direction}) for h in (STEP, -STEP))
        if not ahead or not back or not self.base.keys() <= ahead.keys() & back.keys():
            return None
        if any(not ahead[k].shape == back[k].shape == base.shape for k, base in self.base.items()):
            return None
        return {k: self._without_noise(k, (ahead[k] - back[k]) / (2 * STEP)) for k in self.base}

    def _without_noise(self, result, slope):
        tiny = ROUND_OFF / STEP * np.abs(self.base[result]).max(initial=0.0)
        return np.where(np.abs(slope) > tiny, slope, 0.0)

    def _is_number_by_number(self, result, name, a):
        """Whether each number of the result depends on that one number of the input alone that stands over it."""
        base = self.base[result]
        try:
            if np.broadcast_shapes(base.shape, a.shape) != base.shape:
                return False
        except ValueError:
            return False
        if a.ndim == 0:
            return True
        chosen = weights(a.shape) > 0
        answer = self.results(self.inputs | {name: np.where(chosen, a * 1.1 + 0.1, a)})
        if not answer or result not in answer or answer[result].shape != base.shape:
            return False
        return not _differs(answer[result], base)[~np.broadcast_to(chosen, base.shape)].any()


def _indices(answer, base):
    """Whether anything changes, for each index of each axis, one axis after the other."""
    differs = _differs(answer, base)
    axes = range(base.ndim)
    return np.concatenate([differs.any(axis=tuple(k for k in axes if k != axis)) for axis in axes])


def _differs(answer, base):
    return ~np.isclose(answer, base, rtol=0, atol=ROUND_OFF * np.abs(base).max(initial=0.0), equal_nan=True)


def _groups(a):
    """Sets of axes whose indices are changed one after the other, the rest at once."""
    groups = [(axis,) for axis in range(a.ndim) if 1 < a.shape[axis] <= 30]
    return groups + ([(1, 2)] if a.ndim == 4 and a.shape[1] * a.shape[2] <= POSITIONS else [])


def _units(a, axes):
    """Directions which are fixed numbers for one index (or pair) each, and 0 for all others."""
    direction = weights(a.shape, 1)
    for index in np.ndindex(*(a.shape[axis] for axis in axes)):
        place = [slice(None)] * a.ndim
        for axis, k in zip(axes, index, strict=True):
            place[axis] = k
        unit = 0 * direction
        unit[tuple(place)] = direction[tuple(place)]
        yield unit
