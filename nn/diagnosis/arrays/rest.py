"""Is the gradient right up to a power, if a known factor is taken away?

A step of RMSprop is gradient / root: if the root is forgotten, then step / gradient is the square of what it should be.
And if it is the 0th power, one number, then only that factor is left of it, and nothing else counts element by element.
"""

import numpy as np

from .evidence import scale
from .match import Match, number
from .powers import fits

POWERS = (0.0, 0.5, 2.0, -1.0, -0.5, -2.0)
EXACT = 1e-5  # of the logarithms
FEWEST = 16  # elements


def power_of_the_rest(evidence):
    """A technique: an observation without a name."""
    known = {name: arrays for name, arrays in evidence.quantities.items() if fits(arrays, evidence)}
    ones = {"": [np.ones(t.shape) for t in evidence.truth]}
    if sum(t.size for t in evidence.truth) < FEWEST or min(t.size for t in evidence.truth) < 3:
        return []
    for name, arrays in (ones | known).items():
        power = _power(arrays, evidence)
        if power is None or (not name and power == 0):
            continue
        label = evidence.label
        if power == 0:
            seen = f"your {label} is in every element {name} times one number; nothing else is in it"
            return [
                Match(None, seen, "What else should it depend on, element by element?", f"nothing but {name} in it")
            ]
        what = f"{label} / {name}" if name else label
        seen = f"your {what} is, but for a constant factor, the truth's to the power {number(power)}"
        look = "Is a root forgotten, or taken twice, or something multiplied that should be divided by?"
        return [Match(None, seen, look, f"a power of what {name or 'a constant'} is multiplied with")]
    return []


def _power(arrays, evidence):
    """The power in |g / q| = c |t / q|^power, with a c for each draw; None if it is none."""
    rows, values = [], []
    for draw, (g, t, q) in enumerate(zip(evidence.gradient, evidence.truth, arrays, strict=True)):
        if any((np.abs(a) <= 1e-9 * scale(a)).any() for a in (g, t, q)):
            return None
        drawn = np.broadcast_to(np.eye(len(evidence.truth))[draw], (t.size, len(evidence.truth)))
        rows.append(np.column_stack([np.log(np.abs(t / q)).ravel(), drawn]))
        values.append(np.log(np.abs(g / q)).ravel())
    rows, values = np.vstack(rows), np.concatenate(values)
    if np.linalg.matrix_rank(rows) < rows.shape[1]:
        return None
    found = np.linalg.lstsq(rows, values, rcond=None)[0]
    power = round(2 * float(found[0])) / 2
    exact = np.abs(rows @ found - values).max() <= EXACT and abs(found[0] - power) < EXACT
    return power if exact and power in POWERS else None
