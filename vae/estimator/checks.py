"""Settings that are what they should be."""

import numpy as np


def check_number(name, value, *, at_least, at_most=np.inf, whole=False):
    """Raise ValueError, saying what was expected, unless value is a number within the limits."""
    kinds, noun = (int | np.integer, "whole number") if whole else (int | float | np.number, "number")
    number = isinstance(value, kinds) and not isinstance(value, bool) and np.isfinite(value)
    if not number or not at_least <= value <= at_most:
        limits = f"of at least {at_least}" if at_most == np.inf else f"from {at_least} to {at_most}"
        raise ValueError(f"{name} must be a {noun} {limits}, got {value!r}")


def check_choice(name, value, choices):
    """Raise ValueError unless value is one of the choices, all of them texts."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
