"""How far one form of a function is from its plain form."""

import numpy as np

from ..device import to_device, to_host
from ..forms import TABLE


def moved(value, device, dtype):
    """An argument of a function, copied, in the dtype, on the device."""
    if isinstance(value, list):
        return [moved(a, device, dtype) for a in value]
    if not isinstance(value, np.ndarray):
        return value
    return to_device(value.astype(dtype if value.dtype.kind == "f" else value.dtype), device)


def arrays_in(values):
    """All arrays in arguments or results, on the host."""
    for value in values if isinstance(values, tuple | list) else (values,):
        if isinstance(value, list):
            yield from arrays_in(value)
        elif hasattr(value, "dtype"):
            yield np.asarray(to_host(value))


def difference(left, right):
    """The largest difference between arrays, relative to the largest number in each pair; infinite for wrong dtypes."""
    worst = 0.0
    for a, b in zip(left, right, strict=True):
        if a.dtype != b.dtype or a.shape != b.shape:
            return float("inf")
        if a.dtype == bool:
            worst = max(worst, float((a != b).any()))
        elif a.size:
            worst = max(worst, float(np.abs(a - b).max() / max(np.abs(a).max(), 1e-30)))
    return worst


def form_difference(name, form, case, dtype, device="cpu"):
    """How far results and changed arguments of a form are from those of the plain form on the CPU.

    form : its name in the table, or a function.
    """
    function = TABLE[name][form] if isinstance(form, str) else form
    ours, theirs = (tuple(moved(value, where, dtype) for value in case) for where in ("cpu", device))
    result, other = TABLE[name]["plain"](*ours), function(*theirs)
    return difference([*arrays_in(result), *arrays_in(ours)], [*arrays_in(other), *arrays_in(theirs)])
