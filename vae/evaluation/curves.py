"""Numbers of several runs: their mean and error, and curves with error bars, such as a score over beta."""

from collections import defaultdict
from typing import NamedTuple

import numpy as np


class Mean(NamedTuple):
    """The mean of a number over runs that differ in the seed alone.

    Attributes
    ----------
    mean : over the runs;  deviation : their standard deviation, with n - 1;  error : of the mean, deviation / sqrt(n).
    runs : how many; with one run deviation and error are NaN.
    """

    mean: float
    deviation: float
    error: float
    runs: int

    def __str__(self):
        """``0.9413 ± 0.0031``, mean and error of the mean: the error to two digits, the mean to as many places."""
        if self.runs == 1:
            return f"{self.mean:.4g} (one run)"
        if 0 < self.error < 1e-6:
            return f"{self.mean:.3g} ± {self.error:.2g}"
        places = 0 if self.error >= 10 else 3 if self.error == 0 else int(1 - np.floor(np.log10(self.error)))
        return f"{self.mean:.{places}f} ± {self.error:.{places}f}"


def mean_of(values):
    """The `Mean` of numbers, one a run.  Raises ValueError if there is none."""
    values = np.asarray(values, float)
    if len(values) == 0:
        raise ValueError("there is no run to take the mean of")
    deviation = values.std(ddof=1) if len(values) > 1 else np.nan
    return Mean(values.mean(), deviation, deviation / np.sqrt(len(values)), len(values))


def select(rows, **settings):
    """The finished rows of a study's table with these settings: ``select(rows, beta=4, share=1.0)``."""
    return [
        row
        for row in rows
        if row.get("status", "done") != "failed" and all(row[name] == value for name, value in settings.items())
    ]


def over(rows, x, y):
    """The curve of column y over column x: the values of x in order, and the `Mean` of y at each."""
    values = defaultdict(list)
    for row in rows:
        values[row[x]].append(row[y])
    return [(value, mean_of(values[value])) for value in sorted(values)]


def draw_curve(axes, rows, x, y, **style):
    """`over`, with the standard deviation over the runs as error bars, on matplotlib axes."""
    points = over(rows, x, y)
    means = [mean.mean for _, mean in points]
    deviations = [0 if mean.runs == 1 else mean.deviation for _, mean in points]
    style = {"marker": "o", "ms": 3, "capsize": 2} | style
    return axes.errorbar([value for value, _ in points], means, deviations, **style)
