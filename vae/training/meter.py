"""What a training's objective is, step by step, and the error if it is no longer a number."""

import numpy as np

import nn


class DivergenceError(ArithmeticError):
    """The objective is no longer finite."""


class Meter:
    """Means over an epoch of so many steps, read from the device every `read_every` of them and at the end."""

    def __init__(self, epoch, steps, read_every):
        self.epoch, self.read_every, self.steps_left = epoch, read_every, steps
        self.unread, self.sums, self.examples, self.steps = [], np.zeros(3), 0, 0
        self.latest = np.full(3, np.nan)

    def add(self, terms, examples):
        """Note a step's (objective, reconstruction, KL), 0-d arrays.  Raises DivergenceError if they are not finite."""
        self.unread.append((terms, examples))
        self.steps_left -= 1
        if len(self.unread) == self.read_every and self.steps_left:  # what is left at the end is read by `means`
            rows, _ = zip(*self.unread, strict=True)
            self._count(read(rows))

    def means(self, finite):
        """The epoch's means.  Raises DivergenceError unless `finite`, whether the last step's parameters are, holds.

        finite : 0-d array, read together with the last steps' terms: no step has seen these parameters.
        """
        rows, _ = zip(*self.unread, strict=True)
        *values, (finite, *_) = read([*rows, (finite,) * 3])
        self._count(values)
        if not finite:
            raise DivergenceError(
                f"training diverged: parameters are no longer finite after epoch {self.epoch}; "
                "try a smaller learning rate"
            )
        return dict(zip(("objective", "reconstruction", "kl"), (self.sums / self.examples).tolist(), strict=True))

    def _count(self, rows):
        for values, (_, examples) in zip(rows, self.unread, strict=True):
            self.steps += 1
            self.latest = values
            if not np.isfinite(self.latest[0]):
                raise DivergenceError(
                    f"training diverged: the objective is {self.latest[0]} at epoch {self.epoch}, step {self.steps}; "
                    "try a smaller learning rate"
                )
            self.sums += examples * self.latest
            self.examples += examples
        self.unread = []

    def __str__(self):
        objective, reconstruction, kl = self.latest
        return f"objective {objective:.4g}, reconstruction {reconstruction:.1f}, KL {kl:.2f}"


def read(rows):
    """A float64 array (rows, columns) from tuples of 0-d arrays: one wait for the GPU instead of one for each."""
    xp = nn.array_module(rows[0][0])
    return nn.to_host(xp.stack([value for row in rows for value in row])).reshape(len(rows), -1).astype(float)
