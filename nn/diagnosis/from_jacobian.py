"""What can be in a wrong gradient of any function, known from its Jacobian alone.

With J[a, o] the derivative of output o for element a, the truth is t[a] = sum_o J[a, o] dy[o].  Without knowing any
formula, the contributions J dy tell which examples, positions and channels are summed, and J tells what happens if dy
is forgotten, if only the diagonal counts, or if the Jacobian is applied transposed or twice.
"""

import copy

import numpy as np

from .derived import derived
from .arrays.evidence import Evidence, scale

PROBED, SHIFT = 4, 0.25  # elements of the truth that are asked for exp(p x), and how far x is moved
AXES = {1: ("feature",), 2: ("batch", "feature"), 3: ("batch", "position", "channel")}
IMAGE_AXES = ("batch", "height", "width", "channel")


def evidence_of(label, cases, constants, known):
    """The `Evidence` for one array of several cases.

    known : for each case {"terms": {...}, "mutants": {...}, "quantities": {...}} for this array.
    """
    jacobians = [case.derivatives(label) for case in cases]
    truth = [np.tensordot(J, case.dy, case.dy.ndim) for J, case in zip(jacobians, cases, strict=True)]
    is_input = not label.endswith(".grad")
    mutants, summands, quantities = [], [], []
    for J, t, case in zip(jacobians, truth, cases, strict=True):
        summands.append(_summands(J, case.dy, is_input))
        mutants.append(_mutants(label, J, t, case) | _not_summed(summands[-1]))
        quantities.append(_quantities(label, J, t, case))
    extra = {kind: together([k.get(kind, {}) for k in known]) for kind in ("terms", "mutants", "quantities")}
    return Evidence(
        [case.gradients[label] for case in cases],
        truth,
        label=label,
        axes=_axes(label, truth[0]),
        sizes=[_sizes(case) for case in cases],
        constants=constants,
        terms=extra["terms"],
        mutants=extra["mutants"] | together(mutants),
        quantities=extra["quantities"] | together(quantities),
        summands=together(summands),
    )


def together(dictionaries):
    """A list of dictionaries of arrays as a dictionary of lists, with the names that all of them have."""
    names = [name for name in dictionaries[0] if all(name in d for d in dictionaries)]
    return {name: [np.asarray(d[name]) for d in dictionaries] for name in names}


def _axes(label, t):
    if label.endswith(".grad"):
        named = {1: ("channel",), 2: ("input", "output"), 4: ("kernel height", "kernel width", "input", "output")}
    else:
        named = AXES | {4: IMAGE_AXES}
    return named.get(t.ndim, ())


def _sizes(case):
    """The sizes of x and y, by what their axes are."""
    x_axes, y_axes = AXES.get(case.x.ndim, IMAGE_AXES), AXES.get(case.y.ndim, IMAGE_AXES)
    sizes = dict(zip(x_axes, case.x.shape, strict=False))
    for axis, size in zip(y_axes, case.y.shape, strict=False):
        if sizes.get(axis) != size:
            sizes[f"output {axis}"] = size
    return sizes


def _mutants(label, J, t, case):
    dy, y = case.dy, case.y
    found = {}
    if dy.ndim:
        found["dy forgotten"] = J.sum(axis=tuple(range(t.ndim, J.ndim)))
        others = {"y for dy": y, "x for dy": case.x, "dy without its sign": np.abs(dy), "dy squared": dy * dy}
        found |= {name: _contract(J, w) for name, w in others.items() if w.shape == dy.shape}
        found["sign of dy for dy"] = _contract(J, np.sign(dy))
        for axis, name in zip(range(dy.ndim), _names_of_output(dy), strict=False):
            found |= {words: _contract(J, w) for words, w in _along(dy, axis, name).items()}
        if dy.ndim == 4:
            inner = np.zeros_like(dy)
            inner[:, 1:-1, 1:-1] = dy[:, 1:-1, 1:-1]
            found["border of the output left out"] = _contract(J, inner)
    if case.is_first(label) and t.shape == y.shape:
        found |= _same_shape(J, t, case)
    if label.startswith("d"):
        found |= _slopes_again(label, t, case)
    if y.ndim == 4:
        found |= _one_patch(J, t, dy)
    return found


def _along(dy, axis, name):
    """What may stand in dy's place: reversed, summed, only one end of it, or all but an end."""
    mean = np.broadcast_to(dy.mean(axis=axis, keepdims=True), dy.shape)
    place = np.arange(dy.shape[axis]).reshape([-1 if k == axis else 1 for k in range(dy.ndim)])
    last = dy.shape[axis] - 1
    return {
        f"dy reversed along {name}": np.flip(dy, axis),
        f"dy averaged along {name}": mean,
        f"dy summed along {name}": mean * dy.shape[axis],
        f"mean of dy along {name} subtracted": dy - mean,
        f"first {name} only": dy * (place == 0),
        f"last {name} only": dy * (place == last),
        f"first {name} left out": dy * (place > 0),
        f"last {name} left out": dy * (place < last),
    }


def _names_of_output(dy):
    names = {2: ("example", "output"), 3: ("example", "position", "output channel")}
    return names.get(dy.ndim, ("example", "output row", "output column", "output channel"))


def _contract(J, w):
    return np.tensordot(J, w, w.ndim)


def _same_shape(J, t, case):
    """Where x and y have one shape: diagonals, masks, and the Jacobian where it is no longer needed."""
    x, dy = case.x, case.dy
    square = J.reshape(t.size, t.size)
    diagonal = square.diagonal().reshape(t.shape)
    found = {
        "slope forgotten": dy,
        "diagonal of the Jacobian only": diagonal * dy,
        "matrix transposed": (dy.ravel() @ square).reshape(t.shape),
        "Jacobian applied twice": (square @ t.ravel()).reshape(t.shape),
        "slope squared": diagonal**2 * dy,
        "inverse slope": dy / np.where(diagonal == 0, np.nan, diagonal),
    }
    masks = {"x": x, "dy": dy, "y": case.y}
    for name, array in masks.items():
        found[f"masked by {name}"] = dy * (array > 0)
        found[f"truth masked by {name}"] = t * (array > 0)
    found["mask inverted"] = dy * (x <= 0)
    return found


def _slopes_again(label, t, case):
    """The slope of a well-known activation, applied though it is already in the gradient, and exp mistaken."""
    found = {}
    for name, a in case.inputs.items():
        if a.shape != t.shape:
            continue
        with np.errstate(over="ignore"):
            found |= {
                f"derivative for exp({name}/2), not for {name}": 2 * t * np.exp(-a / 2),
                f"derivative for exp({name}), not for {name}": t * np.exp(-a),
            }
            power = _power_of_exp(label, name, case)
            for other in (-1, -0.5, 0, 0.5, 1, 1.5, 2):
                if power and other != power:
                    ending = f"for {_exp(name, power)}" if other else "forgotten"
                    found[f"{_exp(name, other or power)} {ending}"] = t * np.exp((other - power) * a)
            if label == f"d{name}":
                s = 1 / (1 + np.exp(-a))
                p = np.exp(a - a.max(axis=-1, keepdims=True))
                p /= p.sum(axis=-1, keepdims=True)
                found["sigmoid slope twice"] = t * s * (1 - s)
                found["tanh slope twice"] = t * (1 - np.tanh(a) ** 2)
                found["softmax Jacobian twice"] = p * (t - (p * t).sum(axis=-1, keepdims=True))
            if (a > 0).all():
                found[f"derivative for log({name}), not for {name}"] = t * a
    return found


def _power_of_exp(label, name, case):
    """The p for which the truth is exp(p name) times what does not change with name; None if it is not so."""
    some = np.random.default_rng(0).permutation(case.array(label).size)[:PROBED]
    twin = copy.copy(case)
    twin.more = list(case.more)
    moved = twin.array(f"d{name}")
    before = twin.derivatives(label, some)
    moved += SHIFT
    after = twin.derivatives(label, some)
    big = np.abs(before) > 1e-3 * scale(before)
    if not big.any() or (after[big] / before[big]).min() <= 0:
        return None
    powers = np.log(after[big] / before[big]) / SHIFT
    power = round(2 * float(powers.mean())) / 2
    return power if power and np.abs(powers - power).max() < 1e-5 else None


def _exp(name, power):
    words = {0.5: f"{name}/2", 1: name, 1.5: f"3 {name}/2", 2: f"2 {name}", -0.5: f"-{name}/2", -1: f"-{name}"}
    return f"exp({words.get(power, f'{power:g} {name}')})"


def _one_patch(J, t, dy):
    """Where several windows overlap, what the first or the last one alone gives."""
    parts = (J * dy).sum(axis=(t.ndim, J.ndim - 1))  # over examples and channels: (array, height, width)
    reached = (J != 0).any(axis=(t.ndim, J.ndim - 1)).reshape(*t.shape, -1)
    parts = parts.reshape(*t.shape, -1)
    first = reached.argmax(axis=-1)[..., None]
    last = reached.shape[-1] - 1 - reached[..., ::-1].argmax(axis=-1)[..., None]
    return {
        "last patch only": np.take_along_axis(parts, last, -1)[..., 0],
        "first patch only": np.take_along_axis(parts, first, -1)[..., 0],
    }


def _summands(J, dy, is_input):
    """{axis of y: (length of that axis, *array)}: what each index of the axis contributes."""
    parts, ndim = J * dy, J.ndim - dy.ndim
    found = {}
    for axis, name in zip(range(dy.ndim), _names_of_output(dy), strict=False):
        if axis == 0 and is_input:
            continue
        others = tuple(ndim + k for k in range(dy.ndim) if k != axis)
        found[name] = np.moveaxis(parts.sum(axis=others), -1, 0)
    return found


def _not_summed(summands):
    """Another statistic in place of the sum."""
    kinds = {"maximum": np.max, "median": np.median, "product": np.prod, "minimum": np.min}
    return {f"{kind} for sum over {n}": f(parts, axis=0) for n, parts in summands.items() for kind, f in kinds.items()}


def _quantities(label, J, t, case):
    dy, x = case.dy, case.x
    found = dict(case.inputs)
    if dy.ndim:
        found |= {"dy": dy, "y": case.y}
    found |= {f"{name}": np.asarray(p.data) for name, p in case.parameters.items()}
    found |= _squashed(label, case) if case.is_loss else {}
    if x.ndim > 1:
        axes = tuple(range(x.ndim - 1))
        found |= {"the deviation of each channel": x.std(axis=axes), "the mean of each channel": x.mean(axis=axes)}
    if case.is_first(label) and t.shape == case.y.shape and t.size > 1:
        found["the slope"] = J.reshape(t.size, t.size).diagonal().reshape(t.shape)
    found |= {} if label.endswith(".grad") else derived(case.inputs, t.shape)
    found |= {f"exp({name})": np.exp(a) for name, a in case.inputs.items() if np.abs(a).max() < 50}
    if dy.ndim and not label.endswith(".grad"):
        through = {name: np.asarray(p.data) for name, p in case.parameters.items() if p.data.shape == dy.shape[-1:]}
        found |= {f"{name} (in dy)": _contract(J, np.broadcast_to(a, dy.shape)) for name, a in through.items()}
    return found


def _squashed(label, case):
    """Of a loss on logits: the slope of their sigmoid, and whole-number labels as rows of 0 and 1."""
    x, name = case.x, case.names[0]
    if x.ndim != 2 or label != f"d{name}":
        return {}
    s, found = 1 / (1 + np.exp(-x)), {}
    for other, a in zip(case.names[1:], case.more, strict=True):
        if isinstance(a, np.ndarray) and a.dtype.kind == "f" and a.shape == x.shape:
            found[f"|{name} - {other}|"] = np.abs(x - a)
        if isinstance(a, np.ndarray) and a.dtype.kind in "iu" and a.shape == x.shape[:1]:
            found[f"one-hot({other})"] = 1.0 * (a[:, None] == np.arange(x.shape[1]))
            found[f"column - {other}"] = np.arange(x.shape[1]) - 1.0 * a[:, None]
    return found | {f"the slope of sigmoid({name})": s * (1 - s)}
