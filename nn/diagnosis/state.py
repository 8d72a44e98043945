"""The last question: is it still right when it is called more than once?

Gradients that overwrite or never vanish, a memory that two layers share, random numbers drawn again, and a training
flag that is ignored: nothing of that shows in one forward and one backward.
"""

import copy

import numpy as np

from .case import call_forward, parameters_of, zero
from .arrays.evidence import distance, scale
from .arrays.finding import Finding

SAME = 1e-9


def first_finding(cases):
    """The first `Finding` about the state, or None."""
    repeatable = () if cases[0].is_random else (_accumulated, _interleaved, _called_again, _evaluation)
    for question in (twice_backward, _zeroed, _running, *repeatable):
        try:
            finding = question(cases)
        except Exception as error:  # a student's mistake, of any kind
            seen = f"Called once more, it raised {type(error).__name__}: {error}."
            finding = _finding(None, seen, "What is left over from the first call?")
        if finding:
            return finding
    return None


def _finding(name, seen, look, array=None):
    return Finding(False, f"{seen} {look}", name, array or "state", "state", array)


def _near(a, b):
    return a.shape == b.shape and distance(a, b) <= SAME * scale(b)


def _fresh(case):
    """A copy of the case's layer with gradients of zero."""
    layer = copy.deepcopy(case.untouched)
    for parameter in parameters_of(layer).values():
        zero(parameter)
    return layer


def _forward(layer, case):
    return call_forward(layer, case.x.copy(), *case.more, training=case.training)


def _first(case):
    return f"d{case.names[0]}"


def _dx(layer, dy):
    result = layer.backward(dy.copy())
    return np.array(result[0] if isinstance(result, tuple) else result)


def twice_backward(cases):
    """A finding if two backwards after one forward differ."""
    case = cases[0]
    layer = _fresh(case)
    _forward(layer, case)
    try:
        first = {_first(case): _dx(layer, case.dy)} | _gradients(layer)
        for parameter in parameters_of(layer).values():
            zero(parameter)
        second = {_first(case): _dx(layer, case.dy)} | _gradients(layer)
    except Exception:  # some layers forget on purpose what backward has used
        return None
    for label in first:
        if not _near(second[label], first[label]):
            return _finding(
                "random again or changed in backward",
                f"After one forward, two backwards with the same dy give two different {label}.",
                "Are random numbers drawn again in backward, or is something overwritten that forward stored?",
                label,
            )
    return None


def _gradients(layer):
    return {f"{name}.grad": np.array(p.grad) for name, p in parameters_of(layer).items()}


def _accumulated(cases):
    case = cases[0]
    layer = _fresh(case)
    _forward(layer, case)
    _dx(layer, case.dy)
    once = _gradients(layer)
    _forward(layer, case)
    _dx(layer, case.dy)
    for label, twice in _gradients(layer).items():
        if _near(twice, 2 * once[label]) or not once[label].any():
            continue
        if _near(twice, once[label]):
            return _finding("grad overwritten", f"Two backwards leave in {label} what one leaves, not twice that.",
                            "A parameter may be used in several places: its gradients must add up.", label)  # fmt: skip
        return _finding(None, f"Two backwards do not leave in {label} twice what one leaves.", "", label)
    return None


def _zeroed(cases):
    layer = _fresh(cases[0])
    _forward(layer, cases[0])
    _dx(layer, cases[0].dy)
    for name, parameter in parameters_of(layer).items():
        if not hasattr(parameter, "zero_grad"):
            continue
        held = parameter.grad
        parameter.zero_grad()
        if parameter.grad is not None and np.any(parameter.grad):
            return _finding("old gradient survives zeroing", f"After zero_grad, {name}.grad is not zero.",
                            "Is the array that is zeroed the one that backward adds to?", f"{name}.grad")  # fmt: skip
        del held
    if hasattr(layer, "zero_grad"):
        _forward(layer, cases[0])
        _dx(layer, cases[0].dy)
        layer.zero_grad()
        for label, gradient in _gradients(layer).items():
            if gradient.dtype != object and np.any(gradient):
                return _finding("old gradient survives zeroing", f"After zero_grad, {label} is not zero.",
                                "Is the array that is zeroed the one that backward adds to?", label)  # fmt: skip
    return None


def _interleaved(cases):
    """forward of one layer, forward of another, backward of the first: it must not see the other's memory."""
    one, other = cases[0], cases[1]
    expected = one.gradients
    first, second = _fresh(one), _fresh(other)
    _forward(first, one)
    _forward(second, other)
    try:
        got = {_first(one): _dx(first, one.dy)} | _gradients(first)
        wrong = [label for label in got if not _near(got[label], expected[label])]
    except Exception:  # the other layer's arrays may have any shape
        wrong = [_first(one)]
    if not wrong:
        return None
    return _finding(
        "cache in the class",
        "A second layer's forward changes what this layer's backward returns.",
        "What forward stores must belong to the object (self), not to the class or the module.",
        wrong[0],
    )


def _called_again(cases):
    """A used layer gives for new arrays what a fresh one gives."""
    one, other = cases[0], cases[1]
    if {n: p.data.shape for n, p in one.parameters.items()} != {n: p.data.shape for n, p in other.parameters.items()}:
        return None
    used = _fresh(other)
    try:
        _forward(used, one)
        _dx(used, one.dy)
        for parameter in parameters_of(used).values():
            zero(parameter)
        y, dx = np.array(_forward(used, other)), _dx(used, other.dy)
    except Exception as error:
        return _finding("stale cache", f"The second forward, with another batch size, raised {error}.",
                        "Is something kept from the first call that belongs to its batch?")  # fmt: skip
    for label, got, want in (("y", y, other.y), ("dx", dx, other.gradients[_first(other)])):
        if not _near(got, want):
            return _finding("stale cache", f"A layer that was used before gives another {label} than a new one.",
                            "What is kept from the first call, and computed only once?", label)  # fmt: skip
    return None


def _running(cases):
    """Running averages move by a small part of the way to the batch's value, not by all but a small part."""
    case = cases[0]
    layer = _fresh(case)
    momentum = getattr(layer, "momentum", None)
    if not isinstance(momentum, float) or not 0.6 < momentum < 1 or case.x.ndim < 2:
        return None
    _forward(layer, case)
    before = {name: a.copy() for name, a in _running_arrays(layer).items()}
    other = copy.copy(case)
    other.x = (case.x + 1.0) * (2.0 + np.arange(case.x.shape[-1]))
    _forward(layer, other)
    for name, after in _running_arrays(layer).items():
        target = _statistic(name, other.x)
        if target is None or target.shape != after.shape:
            continue
        way = target - before[name]
        part = float(np.dot(after - before[name], way) / np.dot(way, way))
        if part == 0:
            return _finding("running average never moves", f"{name} stays where it is in training.", "", name)
        if abs(part - momentum) < 1e-6:
            seen = f"{name} moves {part:.4g} of the way to each batch's value; the momentum is {momentum:.4g}."
            look = "Which of the two weights belongs to the old value?"
            return _finding("weights of the running average swapped", seen, look, name)
    return None


def _statistic(name, x):
    """What a running array with this name averages over batches, or None."""
    axes = tuple(range(x.ndim - 1))
    return x.mean(axis=axes) if "mean" in name else x.var(axis=axes) if "var" in name else None


def _running_arrays(layer):
    return {name: a for name, a in vars(layer).items() if "running" in name and isinstance(a, np.ndarray)}


def _evaluation(cases):
    """In evaluation, an example's y depends on no other example, and running averages stand still."""
    case = cases[0]
    layer = _fresh(case)
    if not case.training:
        return None
    _forward(layer, case)
    before = {name: a.copy() for name, a in _running_arrays(layer).items()}
    whole = np.array(call_forward(layer, case.x.copy(), *case.more, training=False))
    if any(not np.array_equal(a, before[name]) for name, a in _running_arrays(layer).items()):
        seen = "With training=False, the running averages still move."
        return _finding("training flag ignored", seen, "What belongs to training only?", "running averages")
    rows = [a[:2] if isinstance(a, np.ndarray) and a.ndim and len(a) == len(case.x) else a for a in case.more]
    two = np.array(call_forward(layer, case.x[:2].copy(), *rows, training=False))
    if whole.shape[:1] == case.x.shape[:1] and not _near(two, whole[:2]):
        seen = "With training=False, an example's y depends on the other examples of its batch."
        look = "Which statistics belong to training, and which to evaluation?"
        return _finding("training flag ignored", seen, look, "y")
    return None
