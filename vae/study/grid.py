"""Settings of runs: flat dicts of numbers and texts, and the key that a run is found again by."""

import hashlib
import json
import sys
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any

from .values import plain


def grid(**values: Any) -> list[dict[str, Any]]:
    """Every combination of the values, as a list of settings; the last name runs fastest.

    A value is a list (or range, or array) of choices, or a single number or text.  Settings of several grids are added
    up with +.

    >>> grid(architecture="shapes-dense", beta=[0, 4], random_state=range(2))
    [{'architecture': 'shapes-dense', 'beta': 0, 'random_state': 0}, ...]  # four settings
    """
    choices = [list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]
               for value in values.values()]  # fmt: skip
    return [dict(zip(values, map(plain, chosen), strict=True)) for chosen in product(*choices)]


def checked(setting, reserved):
    """The setting with Python's own numbers.

    Raises TypeError unless it is a flat dict of numbers, texts, booleans and None, ValueError for names that the table
    has for its own columns and for numbers that are not finite.
    """
    if not isinstance(setting, dict) or not setting or not all(isinstance(name, str) for name in setting):
        raise TypeError(f"a setting is a dict of names with numbers or texts, got {setting!r}")
    if taken := sorted(set(setting) & set(reserved)):
        raise ValueError(f"a setting cannot be called {', '.join(taken)}: the table has a column of that name")
    setting = {name: plain(value, f"setting {name!r}") for name, value in setting.items()}
    if bad := [name for name, value in setting.items() if value != value or value in (float("inf"), -float("inf"))]:
        raise ValueError(f"setting {bad[0]!r} is {setting[bad[0]]}: expected a finite number")
    return setting


def key(function, setting):
    """A short hash of the function's name and the setting.

    4 and 4.0 are the same, and so are None and a name that is not there, as in a table.
    """
    values = {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in setting.items()
        if value is not None
    }
    text = json.dumps([name_of(function), values], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def varying(settings):
    """The names by which the settings differ; all of them if there is one setting only."""
    names = list(dict.fromkeys(name for setting in settings for name in setting))
    first = next(iter(settings))
    return [name for name in names if any(setting.get(name) != first.get(name) for setting in settings)] or names


def name_of(function):
    """module.name of a function at the top level of a module or script; TypeError for others, which have no name."""
    name = getattr(function, "__qualname__", "<>")
    if not callable(function) or "<" in name:
        raise TypeError(
            f"a study runs a function at the top level of a module, to be known again by its name: got {function!r}; "
            "what changes from run to run stands in the setting"
        )
    module = function.__module__
    if module == "__main__":  # a script: its functions shall be called the same when it is imported
        module = Path(getattr(sys.modules["__main__"], "__file__", None) or module).stem
    return f"{module}.{name}"
