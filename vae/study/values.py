"""What stands in one cell of a table."""

import numpy as np


def plain(value, name="a value"):
    """The number, text, boolean or None as Python has it; TypeError, saying what `name` is, for anything else."""
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        value = value.item()
    if value is None:
        return None
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)  # also of subclasses, such as `metrics.Score`
    raise TypeError(f"{name} is {type(value).__name__} {value!r}: expected a number or a text")
