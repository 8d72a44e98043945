"""Arguments of layers that slide a window over images, checked."""

import numpy as np


def positive(value, name):
    """`value` as an int; ValueError unless it is a positive whole number."""
    if not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(f"{name} must be a positive whole number, got {value!r}")
    return int(value)


def pair(value, name):
    """n or (vertical, horizontal) as a pair of positive ints."""
    values = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(values) != 2:
        raise ValueError(f"{name} must be one number or a pair (vertical, horizontal), got {value!r}")
    return tuple(positive(v, name) for v in values)


def checked_padding(padding):
    """``"same"``, ``"valid"`` or ((top, bottom), (left, right)) whole numbers, none of them negative."""
    if padding in ("same", "valid"):
        return padding
    try:
        (top, bottom), (left, right) = padding
        amounts = (int(top), int(bottom)), (int(left), int(right))
    except (TypeError, ValueError):
        amounts = ((-1, -1), (-1, -1))
    if min(map(min, amounts)) < 0:
        raise ValueError(f"padding must be 'same', 'valid' or ((top, bottom), (left, right)) zeros, got {padding!r}")
    return amounts
