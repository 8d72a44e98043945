"""The first forward and backward: is it written, do shapes and dtypes fit, are the caller's arrays left alone?"""

import numpy as np

from .arrays.evidence import scale
from .arrays.finding import Finding

STEP, ROUGH = 1e-7, 1e-9  # over so small a step a float64 function is straight: its second difference is below ROUGH


def first_run(cases):
    """Run every case once; the first `Finding`, or None.  Afterwards the cases have y, dy and gradients."""
    return next((finding for finding in map(_attempt, cases) if finding), None)


def _attempt(case):
    where = "forward"
    try:
        before = _inputs(case)
        case.y = case.forward()
        finding = _changed("x", where, before, _inputs(case)) or _wrong_output(case)
        if finding:
            return finding
        where = "backward"
        case.run()
        handed = case.dy.copy()
        if not case.is_loss:
            case.backward(handed)
        return (
            _changed("x", where, before, _inputs(case)) or _changed("dy", where, [case.dy], [handed]) or _missing(case)
        )
    except Exception as error:  # a student's mistake, of any kind
        if isinstance(error, NotImplementedError) or type(error).__name__ == "NotYetWritten":
            return _finding(
                "not written", f"{where} is not written yet ({error or type(error).__name__})", "", "written"
            )
        return _raised(error, where, case)


def _inputs(case):
    return [np.array(a) for a in (case.x, *case.more) if isinstance(a, np.ndarray)]


def _changed(name, where, before, after):
    if all(np.array_equal(a, b) for a, b in zip(before, after, strict=True)):
        return None
    look = "An operation in place (+=, *=, out=) writes into the caller's array: work on a new one."
    return _finding(f"{name} changed", f"{name} is another array after {where} than before it", look, "changed", name)


def _wrong_output(case):
    y = case.y
    if y.dtype == object:
        return _finding("nothing returned", "forward returned None", "Does it end with return y?", "written", "y")
    if y.dtype.kind != "f":
        return _finding(None, f"forward returned numbers of the kind {y.dtype}", "", "shape", "y")
    if y.dtype != np.float64 and not case.is_loss:
        look = "Look where an array is made or converted without regard to x.dtype."
        return _finding("float32 inside", f"for a float64 x, y is {y.dtype}", look, "shape", "y")
    if not np.isfinite(y).all():
        return _finding(None, "y has NaN or infinite values for ordinary x", "", "forward", "y")
    if _is_rough(case):
        look = "Look for float32 on the way from x to y."
        return _finding("float32 inside", "y moves in steps, as numbers of about 7 digits do", look, "shape", "y")
    return None


def _raised(error, where, case):
    sizes = f"The sizes of this draw: x is {case.x.shape}, y is {getattr(case, 'y', np.empty(0)).shape}."
    about_shapes = isinstance(error, ValueError) and ("broadcast" in str(error) or "shape" in str(error))
    name, stage = ("wrong shape", "shape") if about_shapes else (None, "written")
    return Finding(False, f"{where} raised {type(error).__name__}: {error}. {sizes}", name, where, stage)


def _missing(case):
    for label, gradient in case.gradients.items():
        if gradient is None or gradient.dtype == object:
            return _finding("nothing returned", f"there is no {label}", "Is it returned, or stored?", "written", label)
        if gradient.dtype.kind == "f" and gradient.dtype != np.float64:
            look = "Look where an array is made or converted without regard to dtypes."
            return _finding("float32 inside", f"for float64 arrays {label} is {gradient.dtype}", look, "shape", label)
    return None


def _is_rough(case):
    """Whether y moves in the jumps of float32 over a tiny step of x."""
    x, direction, values = case.x, np.random.default_rng(0).normal(size=case.x.shape), []
    for step in (-STEP, 0.0, STEP):
        case.x = x + step * direction
        values.append(case.forward())
    again = case.forward()
    case.x = x
    if not np.array_equal(again, values[-1]):
        return False  # random: the difference says nothing
    below, here, above = values
    return (np.abs(above - 2 * here + below) > ROUGH * (np.abs(here) + 1e-3 * scale(here))).mean() > 0.3


def _finding(name, seen, look, stage, array=None):
    message = f"{seen[:1].upper()}{seen[1:]}.{' ' if look else ''}{look}"
    return Finding(False, message, name, array or stage, stage, array)
