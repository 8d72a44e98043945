"""A layer or a loss, in the order in which one finding makes the next ones meaningless.

written? -> shape, dtype, x and dy unchanged -> y -> gradients against finite differences -> a name -> state.
"""

import numpy as np

from . import state
from .case import cases_of
from .evidence import Evidence, scale
from .finding import Finding
from .formulas import known_about
from .from_jacobian import evidence_of
from .naming import name_gradient
from .substitution import substituted


def diagnose_layer(subject, x, *more, reference=None, training=True, know=None, constants=None, seed=0):
    """The first `Finding` for a layer or a loss; see `diagnose`."""
    cases = cases_of(subject, x, more, seed, training)
    constants = constants or {}
    return (
        _unwritten_or_changed(cases)
        or _forward(cases, reference)
        or _gradients(cases, know or (lambda *_, **__: {}), constants)
        or (None if cases[0].is_loss else state.first_finding(cases))
        or Finding(True, "nothing wrong was found: forward, every gradient and the state agree", stage="passed")
    )


def _unwritten_or_changed(cases):
    return next((finding for finding in map(_attempt, cases) if finding), None)


def _same_inputs(case, before):
    after = [a for a in (case.x, *case.more) if isinstance(a, np.ndarray)]
    return all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def _changed(where):
    look = "An operation in place (+=, out=) writes into the caller's array: work on a new one."
    return _finding("x changed", f"x is another array after {where} than before it", look, "changed", "x")


def _attempt(case):
    """Run forward and backward; a finding where that fails or gives no arrays."""
    where = "forward"
    try:
        before = [np.array(a) for a in (case.x, *case.more) if isinstance(a, np.ndarray)]
        case.y = case.forward()
        if not _same_inputs(case, before):
            return _changed("forward")
        if case.y.dtype == object or case.y.dtype.kind != "f":
            return _finding("nothing returned" if case.y.dtype == object else None,
                            f"forward returned {'None' if case.y.dtype == object else case.y.dtype}",
                            "Does it end with return y?", "written", "y")  # fmt: skip
        if case.y.dtype != np.float64 and not case.is_loss:
            return _finding("float32 inside", f"for a float64 x, y is {case.y.dtype}",
                            "Look where an array is made or converted without regard to x.dtype.", "shape", "y")  # fmt: skip
        if not np.isfinite(case.y).all():
            return _finding(None, "y has NaN or infinite values for ordinary x", "", "forward", "y")
        if _is_rough(case):
            return _finding("float32 inside", "y moves in steps, as numbers of about 7 digits do",
                            "Look for float32 on the way from x to y.", "shape", "y")  # fmt: skip
        where = "backward"
        case.run()
        if not _same_inputs(case, before):
            return _changed("backward")
        handed = case.dy.copy()
        if not case.is_loss:
            case.backward(handed)
        if not np.array_equal(handed, case.dy):
            return _finding("dy changed", "dy is another array after backward than before it",
                            "An operation in place writes into it: another layer may still need it.", "changed", "dy")  # fmt: skip
    except NotImplementedError as error:
        return _finding("not written", f"{where} is not written yet ({error or type(error).__name__})", "", "written")
    except Exception as error:  # a student's mistake, of any kind
        if type(error).__name__ == "NotYetWritten":
            return _finding("not written", f"{where} is not written yet ({error})", "", "written")
        return _raised(error, where, case)
    return _missing(case)


def _raised(error, where, case):
    text = f"{where} raised {type(error).__name__}: {error}"
    name = (
        "wrong shape"
        if isinstance(error, ValueError) and ("broadcast" in str(error) or "shape" in str(error))
        else None
    )
    look = f"The sizes of this draw: x is {case.x.shape}, y is {getattr(case, 'y', np.empty(0)).shape}."
    return Finding(False, f"{text}. {look}", name, where, "shape" if name else "written")


def _missing(case):
    for label, gradient in case.gradients.items():
        if gradient is None or gradient.dtype == object:
            what = "backward returned None" if label.startswith("d") else "it is None"
            return _finding(
                "nothing returned", f"there is no {label}: {what}", "Is it returned, or stored?", "written", label
            )
        if gradient.dtype.kind == "f" and gradient.dtype != np.float64:
            return _finding("float32 inside", f"for float64 arrays {label} is {gradient.dtype}",
                            "Look where an array is made or converted without regard to dtypes.", "shape", label)  # fmt: skip
    return None


def _is_rough(case):
    """Whether y, seen over a tiny step of x, moves in the jumps of float32: its second difference does not vanish."""
    x, direction = case.x, np.random.default_rng(0).normal(size=case.x.shape)
    values = []
    for step in (-1e-7, 0.0, 1e-7):
        case.x = x + step * direction
        values.append(case.forward())
    again = case.forward()
    case.x = x
    if not np.array_equal(again, values[-1]):
        return False  # random: the difference says nothing
    below, here, above = values
    rough = np.abs(above - 2 * here + below) > 1e-9 * (np.abs(here) + 1e-3 * scale(here))
    return rough.mean() > 0.3


def _forward(cases, reference):
    if reference is None:
        return None
    right = [_reference(case, reference) for case in cases]
    evidence = Evidence([case.y for case in cases], right, label="y", quantities=_forward_quantities(cases))
    finding = name_gradient(evidence)
    if finding.ok:
        return None
    stage = finding.stage if finding.stage == "shape" else "forward"
    return Finding(False, finding.message, finding.name, finding.location, stage, "y", finding.others)


def _reference(case, reference):
    if case.is_loss:
        value = reference(case.x, *case.more)
        return np.asarray(value[0] if isinstance(value, tuple) else value, dtype=np.float64)
    return np.asarray(reference(case.subject, case.x, *case.more), dtype=np.float64)


def _forward_quantities(cases):
    names = cases[0].parameters
    found = {name: [np.asarray(case.parameters[name].data) for case in cases] for name in names}
    return found | {"x": [case.x for case in cases]}


def _gradients(cases, know, constants):
    """The first wrong gradient that can be named, else the first wrong one; None if all are right."""
    known = [_knowledge(case, know) for case in cases]
    found, right = [], []
    labels = sorted(cases[0].gradients, key=lambda label: not label.endswith(".grad"))
    all_evidence = [evidence_of(label, cases, constants, [k.get(label, {}) for k in known]) for label in labels]
    for label, evidence in zip(labels, all_evidence, strict=True):
        evidence.mutants |= _gradients_of_others(evidence, all_evidence)
        finding = name_gradient(evidence, [] if cases[0].is_loss else [substituted(label, cases)])
        if finding.ok:
            right.append(label)
        else:
            found.append(finding)
    if not found:
        return None
    first = next((finding for finding in found if finding.name), found[0])
    if not first.name and not cases[0].is_loss:
        first = state.twice_backward(cases) or first
    also = [finding.array for finding in found if finding is not first]
    message = first.message
    message += f" Also wrong: {', '.join(also)}." if also else ""
    message += f" Right: {', '.join(right)}." if right else ""
    return Finding(False, message, first.name, first.location, first.stage, first.array, first.others)


def _gradients_of_others(evidence, all_evidence):
    """The truths of the other arrays as mutants; those of another shape explain nothing."""
    return {f"{other.label} for {evidence.label}": other.truth for other in all_evidence if other is not evidence}


def _knowledge(case, know):
    parameters = {name: p.data for name, p in case.parameters.items()}
    given = know(case.x, *case.more, dy=case.dy, y=case.y, parameters=parameters)
    found = known_about(case)
    for label, kinds in given.items():
        mine = found.setdefault(label, {})
        for kind, arrays in kinds.items():
            mine[kind] = arrays if kind == "terms" else mine.get(kind, {}) | arrays
    return found


def _finding(name, seen, look, stage, array=None):
    message = f"{seen[:1].upper()}{seen[1:]}.{' ' if look else ''}{look}"
    return Finding(False, message, name, array or stage, stage, array)
