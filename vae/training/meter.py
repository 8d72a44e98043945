"""What a training's objective is, step by step, and the error if it is no longer a number."""

import numpy as np

import nn


class DivergenceError(ArithmeticError):
    """The objective is no longer finite."""


class Meter:
    """Means over an epoch, read from the device every so many steps."""

    def __init__(self, epoch, read_every):
        self.epoch, self.read_every = epoch, read_every
        self.unread, self.sums, self.examples, self.steps = [], np.zeros(3), 0, 0
        self.latest = np.full(3, np.nan)

    def add(self, terms, examples):
        self.unread.append((terms, examples))
        if len(self.unread) == self.read_every:
            self._read()

    def means(self):
        self._read()
        return dict(zip(("objective", "reconstruction", "kl"), (self.sums / self.examples).tolist(), strict=True))

    def _read(self):
        if not self.unread:
            return
        rows, sizes = zip(*self.unread, strict=True)
        for values, examples in zip(read(rows), sizes, strict=True):
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
