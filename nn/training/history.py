"""What happened in a training, as a table."""

import csv
import math
from pathlib import Path

import numpy as np

from ..device import to_host
from ..files import atomic_write
from ..type_hints import Any


class History(dict[str, list[float]]):
    """A table: a dict of lists of numbers, one list for each column, all of the same length.

    >>> history = nn.fit(...)
    >>> history["validation_loss"][-1]
    """

    def add(self, row: dict[str, float]) -> None:
        """Append a row, {column: number}; what it, or an earlier row, does not have is NaN."""
        before = self.rows
        for name in {**self, **row}:  # in their order
            self.setdefault(name, [math.nan] * before).append(row.get(name, math.nan))

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.values()), []))

    def save(self, path: str | Path) -> None:
        """Write the table as CSV, whole or not at all."""
        with atomic_write(path, "w") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self)
            writer.writerows(zip(*self.values(), strict=True))

    @classmethod
    def load(cls, path: str | Path) -> "History":
        """The table that `save` wrote; ValueError if the file holds something else."""
        with open(path, newline="") as file:
            names, *rows = csv.reader(file)
        try:
            columns = zip(*([float(value) for value in row] for row in rows), strict=True)
            return cls(zip(names, map(list, columns), strict=True)) if rows else cls({name: [] for name in names})
        except ValueError as error:
            raise ValueError(f"{path} is no table of numbers that a History wrote ({error}): delete it") from error

    def to_frame(self) -> Any:
        """The table as a pandas DataFrame; ImportError if pandas is not installed."""
        try:
            import pandas
        except ImportError as error:
            raise ImportError("History.to_frame needs pandas: pip install pandas") from error
        return pandas.DataFrame(self)


class Recorder:
    """A callback that writes down the terms of a training: in its ``history``, and as CSV.

    A term that is an array becomes a column for each of its numbers: ``kl.0``, ``kl.1``, ...

    Parameters
    ----------
    path : of the CSV file, written anew after every epoch; None for none.
    every : a row every so many steps; None for one after each epoch, the row of the training's own history.
    resume : begin with the rows of the file, as far as they lie before the step at which the training goes on.

    Attribute: ``history``, a `History`.
    """

    def __init__(self, path: str | Path | None = None, every: int | None = None, resume: bool = False):
        check_every("Recorder", every)
        self.path, self.every, self.history = path, every, History()
        self._earlier = History.load(path) if resume and path is not None and Path(path).exists() else History()

    def after_step(self, state: Any) -> None:
        """Write a row, if it is time."""
        if self.every and state.step % self.every == 0:
            self._take_earlier("step", state.step)
            self.history.add({"epoch": state.epoch, "step": state.step} | as_numbers(state.terms))

    def after_epoch(self, state: Any) -> None:
        """Write the file."""
        if self.every is None:
            self._take_earlier("epoch", state.epoch)
            self.history.add({name: column[-1] for name, column in state.history.items()})
        if self.path is not None:
            self.history.save(self.path)

    def _take_earlier(self, column, now):
        rows = zip(*self._earlier.values(), strict=True)
        for row in (dict(zip(self._earlier, values, strict=True)) for values in rows):
            if row[column] < now:
                self.history.add(row)
        self._earlier = History()

    def to_frame(self) -> Any:
        """`History.to_frame` of what was recorded."""
        return self.history.to_frame()


def as_numbers(terms):
    """{name: float} of terms that are numbers or arrays on any device; an array's numbers are name.0, name.1, ..."""
    numbers = {}
    for name, value in terms.items():
        value = to_host(value) if hasattr(value, "ndim") else np.asarray(value)
        if value.ndim == 0:
            numbers[name] = float(value)
        else:
            numbers |= {f"{name}.{i}": number for i, number in enumerate(value.ravel().tolist())}
    return numbers


def check_every(name, every):
    """Raise ValueError unless `every` is None or a positive whole number of steps."""
    if every is not None and (every != int(every) or every < 1):
        raise ValueError(f"{name} takes every=..., a positive whole number of steps, got {every}")
