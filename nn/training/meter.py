"""What a training's terms are, step by step, and the error if they are no longer numbers."""

import math

from ..device import to_host
from ..forms import array_module, device_of
from ..type_hints import Any


class DivergenceError(ArithmeticError):
    """The loss, or a parameter, is no longer finite."""


class Meter:
    """Means of an epoch's terms over its examples; they are read from the device every so many steps.

    Parameters
    ----------
    epoch : its number, for the error.
    watched : name of the term that must stay finite.
    read_every : steps between two looks at the terms; on a GPU each look waits for all that was launched before.
    last : number of the epoch's last step, if it is known: `means` reads it, in one look with the parameters.
    """

    def __init__(self, epoch: int = 1, watched: str = "loss", read_every: int = 1, last: int | None = None):
        self.epoch, self.watched, self.read_every, self.last = epoch, watched, read_every, last
        self.unread, self.sums, self.examples, self.steps = [], {}, 0, 0
        self.latest = {}

    def add(self, terms: dict[str, Any], examples: int) -> None:
        """Note the terms of one step, {name: 0-d value}.  Raises DivergenceError if one that was read is not finite."""
        self.unread.append((terms, examples))
        if len(self.unread) >= self.read_every and self.steps + len(self.unread) != self.last:
            self._read()

    def means(self, finite: Any = True) -> dict[str, float]:
        """{name: mean over all examples}, as floats.

        finite : whether the parameters are (`all_finite`), since no step has seen those that the last one made.
            Raises DivergenceError if they are not.
        """
        if not self._read(finite):
            raise DivergenceError(
                f"training diverged: parameters are no longer finite after epoch {self.epoch}; "
                "try a smaller learning rate, or clip the gradients"
            )
        return {name: total / self.examples for name, total in self.sums.items()}

    def _read(self, *more):
        """Read all unread terms, and more values with them, in one look; returns the last value."""
        unread, self.unread = self.unread, []
        values = [value for terms, _ in unread for value in terms.values()]
        numbers = iter(as_floats([*values, *more]))
        for terms, examples in unread:
            self._count({name: next(numbers) for name in terms}, examples)
        return next(numbers, None)

    def _count(self, terms, examples):
        self.steps += 1
        self.latest = terms
        if not math.isfinite(terms[self.watched]):
            raise DivergenceError(
                f"training diverged: the {self.watched} is {terms[self.watched]} at epoch {self.epoch}, step "
                f"{self.steps}; try a smaller learning rate, or clip the gradients"
            )
        for name, value in terms.items():
            self.sums[name] = self.sums.get(name, 0.0) + examples * value
        self.examples += examples

    def __str__(self):
        return ", ".join(f"{name} {value:.4g}" for name, value in self.latest.items())


def as_floats(values):
    """Numbers and 0-d arrays as floats; those on a GPU in one copy, and so with one wait instead of one for each."""
    there = [value for value in values if hasattr(value, "ndim") and device_of(value) == "gpu"]
    read = iter(to_host(array_module(there[0]).stack(there)).tolist() if there else [])
    on_gpu = {id(value) for value in there}
    return [float(next(read) if id(value) in on_gpu else value) for value in values]


def all_finite(arrays):
    """Whether every number in some arrays is finite: a 0-d value where they are, so that nothing waits."""
    floats = [array for array in arrays if array.dtype.kind == "f"]
    xp = array_module(floats[0])
    return xp.stack([xp.isfinite(array).all() for array in floats]).all()
