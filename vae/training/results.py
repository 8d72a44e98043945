"""Results as JSON has them."""

import numpy as np


def as_json(value, name="measure"):
    """The same out of Python's numbers, texts, lists and dicts: a NumPy number becomes one of Python's, an array lists.

    Raises TypeError, naming the part, for anything else; `name` is what error messages call the whole.
    """
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"{name} returned a dict with the key {key!r}: keys must be texts")
        return {key: as_json(part, f"{name}[{key!r}]") for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(part, f"{name}[{position}]") for position, part in enumerate(value)]
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
        return as_json(value, name) if isinstance(value, list) else _scalar(value, name)
    return _scalar(value, name)


def _scalar(value, name):
    if value is None:
        return None
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)  # also of subclasses, such as `metrics.Score`
    raise TypeError(
        f"{name} is {type(value).__name__} {value!r}: expected numbers, texts, or lists, arrays and dicts of them"
    )
