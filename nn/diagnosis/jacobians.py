"""The student's whole Jacobian, beside the true one.

backward is linear in dy.  So dy = (0, .., 1, .., 0), once for each output, shows the student's Jacobian.
"""

import functools

import numpy as np

from .arrays.evidence import distance, scale

LARGEST, LARGEST_JACOBIAN = 4000, 4_000_000  # outputs: backward is called once for each
SLOW = 500  # outputs, where forward has to be called each time, too
NEAR = 1e-7


class Jacobians:
    """For one array of several cases: the gradients for any dy, and both Jacobians, of array.shape + y.shape."""

    def __init__(self, label, cases):
        self.label, self.cases = label, cases

    @functools.cached_property
    def can_be_asked(self):
        """Whether backward takes a dy, and would not be called too often."""
        return all(
            not case.is_loss
            and not case.is_random
            and case.y.ndim > 0
            and case.y.size <= LARGEST
            and case.y.size * case.gradients[self.label].size <= LARGEST_JACOBIAN
            for case in self.cases
        )

    @functools.cached_property
    def mine(self):
        """The student's Jacobian in the first draw; None if there is none, empty if it would take too long."""
        return self._own(self.cases[0])

    @functools.cached_property
    def true(self):
        """The true one in the first draw."""
        return self.cases[0].derivatives(self.label)

    @functools.cached_property
    def pairs(self):
        """[(student's, true)] of all draws; empty if one of the student's cannot be had."""
        if not self.can_be_asked or self.mine is None or not len(self.mine):
            return []
        mine = [self.mine, *(self._own(case) for case in self.cases[1:])]
        if any(J is None or not len(J) for J in mine):
            return []
        true = [self.true, *(case.derivatives(self.label) for case in self.cases[1:])]
        return list(zip(mine, true, strict=True))

    def gradients(self, dys, case, again=False):
        """The gradients for several dy, after one forward or (again) each after a forward of its own."""
        found = []
        for k, dy in enumerate(dys):
            if again or k == 0:
                case.start_again()
                case.forward()
            found.append(case.backward(dy)[self.label])
        return found

    def _own(self, case):
        units, gradient = list(_units(case.dy)), case.gradients[self.label]
        for again in (False, True):
            if again and len(units) > SLOW:
                return np.empty(0)  # backward has changed what forward left, or it is not linear: who knows
            columns = self.gradients(units, case, again)
            mine = np.stack(columns, axis=-1).reshape(gradient.shape + case.dy.shape)
            if distance(np.tensordot(mine, case.dy, case.dy.ndim), gradient) <= NEAR * scale(gradient):
                return mine
        return None


def _units(dy):
    for k in range(dy.size):
        unit = np.zeros(dy.size)
        unit[k] = 1
        yield unit.reshape(dy.shape)
