"""What a training's terms are, step by step, and the error if they are no longer numbers."""

import math


class DivergenceError(ArithmeticError):
    """The loss, or a parameter, is no longer finite."""


class Meter:
    """Means of an epoch's terms over its examples; they are read from the device every so many steps.

    Parameters
    ----------
    epoch : its number, for the error.
    watched : name of the term that must stay finite.
    read_every : steps between two looks at the terms; on a GPU each look waits for all that was launched before.
    """

    def __init__(self, epoch=1, watched="loss", read_every=1):
        self.epoch, self.watched, self.read_every = epoch, watched, read_every
        self.unread, self.sums, self.examples, self.steps = [], {}, 0, 0
        self.latest = {}

    def add(self, terms, examples):
        """Note the terms of one step, {name: 0-d value}.  Raises DivergenceError if one that was read is not finite."""
        self.unread.append((terms, examples))
        if len(self.unread) >= self.read_every:
            self._read()

    def means(self):
        """{name: mean over all examples}, as floats."""
        self._read()
        return {name: total / self.examples for name, total in self.sums.items()}

    def _read(self):
        unread, self.unread = self.unread, []
        for terms, examples in unread:
            self.steps += 1
            self.latest = {name: float(value) for name, value in terms.items()}
            if not math.isfinite(self.latest[self.watched]):
                raise DivergenceError(
                    f"training diverged: the {self.watched} is {self.latest[self.watched]} at epoch {self.epoch}, step "
                    f"{self.steps}; try a smaller learning rate, or clip the gradients"
                )
            for name, value in self.latest.items():
                self.sums[name] = self.sums.get(name, 0.0) + examples * value
            self.examples += examples

    def __str__(self):
        return ", ".join(f"{name} {value:.4g}" for name, value in self.latest.items())
