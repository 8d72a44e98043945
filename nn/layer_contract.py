"""Does a layer keep its contract?  What finite differences cannot see, since one forward and one backward are right.

`Layer` promises more than a right gradient: backward ADDS to what ``grad`` holds, nothing that was passed in changes,
two layers know nothing of each other, and float64 in is float64 out.  Whoever breaks a promise is right in a test of
one layer and wrong in a network.
"""

import copy
from dataclasses import dataclass, replace
from itertools import chain

from .checked_copy import (
    generators, held_arrays, is_array, layers_in, named_parameters, random_like, root_mean_square, statistics,
)  # fmt: skip
from .forms import array_module

SAME = 1e-9  # results that should be equal may differ by so much, relative to their largest number: round-off
ZERO = 1e-3  # numbers smaller than this count as this large: some gradients are nothing but round-off
NEAR, FAR = 1e-9, 1e-6  # two steps; a float32 number moves in steps of 1e-7 of itself, so it cannot follow the first


@dataclass(frozen=True)
class Finding:
    """A promise that the layer breaks."""

    fault: str  # what is wrong, such as "changed in place"
    where: str  # the array with which it shows: "x", "gradient of weight", "saved array ..."
    explanation: str  # what was found and where to look

    def __str__(self):
        return f"{self.where}: {self.fault}. {self.explanation}"


@dataclass(frozen=True)
class Trial:
    """One forward and one backward, to be repeated: copies go in, so that no run disturbs the next."""

    layer: object
    x: object
    dy: object
    training: bool
    arguments: dict  # further arguments of forward

    def fresh_layer(self):
        """A copy of the layer that remembers no forward, its gradients zero."""
        layer = copy.deepcopy(self.layer)
        for parameter in layer.parameters():
            parameter.zero_grad()
        return layer

    def copied_arguments(self):
        """The further arguments of forward, arrays as copies."""
        return {name: value.copy() if is_array(value) else value for name, value in self.arguments.items()}

    def forward(self, layer):
        """The output y of the layer; its random generators start where those of the checked layer are."""
        for generator, original in zip(generators(layer), generators(self.layer), strict=True):
            generator.bit_generator.state = original.bit_generator.state
        return layer.forward(self.x.copy(), training=self.training, **self.copied_arguments())

    def run(self, layer):
        """{name: array} of all results of a forward and a backward: y, dx (of integers there is none), gradients."""
        return self.finish(layer, self.forward(layer))

    def finish(self, layer, y):
        """`run`, after its forward returned y."""
        dx = layer.backward(self.dy.copy())
        return {"y": y} | ({"dx": dx} if self.x.dtype.kind == "f" else {}) | gradients(layer)

    def moved_statistics(self, layer):
        """The names of the statistics in which a used layer differs from a fresh one."""
        pairs = zip(statistics(self.layer), statistics(layer), strict=True)
        return [name for (name, before), (_, now) in pairs if not _identical(now, before)]


def gradients(layer):
    """{name: array}, copies."""
    return {f"gradient of {name}": parameter.grad.copy() for name, parameter in named_parameters(layer)}


def find_faults(trial, rng, *, modes_differ=False, smooth=True):
    """All `Finding`s, as a list; `smooth` says that x is at no kink, where gradients jump with the smallest step."""
    faults = chain(
        changed_in_place(trial),
        overwritten_results(trial, rng),
        overwritten_gradients(trial, rng),
        other_gradients_without_dx(trial, rng),
        shared_state(trial, rng),
        lost_precision(trial, rng, smooth),
        equal_modes(trial) if modes_differ else (),
    )
    return list(faults)


def changed_in_place(trial):
    """forward and backward leave x, dy, y, all arguments, parameters and what was saved as they are."""
    layer, x, dy, arguments = trial.fresh_layer(), trial.x.copy(), trial.dy.copy(), trial.copied_arguments()
    given = [("x", x), *((name, value) for name, value in arguments.items() if is_array(value))]
    parameters = [(name, parameter.data) for name, parameter in named_parameters(layer)]
    remembered = parameters + statistics(layer)

    before_forward = held_arrays(layer)
    unchanged = _Snapshot(given + (parameters if trial.training else remembered))
    y = layer.forward(x, training=trial.training, **arguments)
    yield from unchanged.findings("forward", "Compute into a new array (y = 2 * x, not x *= 2)")

    old = {id(array) for _, array in before_forward}
    saved = [(f"saved array ({name})", array) for name, array in held_arrays(layer) if id(array) not in old]
    named = {id(array) for _, array in given} | {id(y)}
    saved = [(name, array) for name, array in saved if id(array) not in named]
    unchanged = _Snapshot([*given, ("dy", dy), ("y", y), *remembered, *saved])
    layer.backward(dy)
    yield from unchanged.findings("backward", "Compute into a new array (dx = dy * slope, not dy *= slope)")


class _Snapshot:
    """Arrays as they are now, to see later which of them were changed."""

    def __init__(self, arrays):
        self.arrays = [(name, array, array.copy()) for name, array in arrays]

    def findings(self, method, advice):
        for name, array, before in self.arrays:
            if not _identical(array, before):
                yield Finding("changed in place", name, f"{method} writes into it, and others still need it. {advice}.")


def overwritten_results(trial, rng):
    """What forward and backward returned belongs to the caller: the next pass leaves it as it is."""
    layer = trial.fresh_layer()
    first = trial.run(layer)
    before = {name: first[name].copy() for name in ("y", "dx") if name in first}
    _elsewhere(trial, rng).run(layer)
    for name, array in before.items():
        if not _identical(first[name], array):
            yield Finding(
                "overwritten by the next pass", name, "The layer returns memory that it uses again: return a new array."
            )


def overwritten_gradients(trial, rng):
    """Every backward adds to what ``grad`` holds; two give twice the gradient, and the same dx."""
    once = trial.run(trial.fresh_layer())
    layer, before = _with_gradients(trial, rng)
    first = trial.run(layer)
    after = gradients(layer)
    second = trial.run(layer)
    twice = gradients(layer)
    if "dx" in once and not (_same(first["dx"], once["dx"]) and _same(second["dx"], first["dx"])):
        yield Finding(
            "not repeatable", "dx", "A second forward and backward return another dx: something adds up in between."
        )
    for name, earlier in before.items():
        added = once[name]
        if _same(after[name], earlier + added) and _same(twice[name], earlier + 2 * added):
            continue
        assigned = _same(after[name], added) and _same(twice[name], added)
        how = "backward replaces what grad held" if assigned else "Two backwards do not give twice the gradient"
        yield Finding(
            "overwritten instead of added", name,
            f"{how}. Add to it (self.weight.grad += ...), and zero it nowhere in the layer: "
            "a shared parameter needs the sum.",
        )  # fmt: skip


def other_gradients_without_dx(trial, rng):
    """``backward_parameters`` adds the same gradients as ``backward``."""
    if not hasattr(trial.layer, "backward_parameters"):
        return
    one, _ = _with_gradients(trial, rng)
    other = copy.deepcopy(one)
    trial.run(one)
    trial.forward(other)
    other.backward_parameters(trial.dy.copy())
    expected = gradients(one)
    for name, gradient in gradients(other).items():
        if not _same(gradient, expected[name]):
            yield Finding(
                "backward_parameters differs", name,
                "It must add the same gradient as backward: let backward call it, or leave it to Layer.",
            )  # fmt: skip


def shared_state(trial, rng):
    """Two copies in turns, forward A, forward B, backward A, backward B, give what each gives alone."""
    other = _elsewhere(trial, rng)
    alone = [one.run(one.fresh_layer()) for one in (trial, other)]
    layers = trial.fresh_layer(), trial.fresh_layer()
    outputs = [one.forward(layer) for one, layer in zip((trial, other), layers, strict=True)]
    together = [one.finish(*both) for one, *both in zip((trial, other), layers, outputs, strict=True)]
    wrong = [
        name for name in alone[0] if not all(_same(a[name], b[name]) for a, b in zip(alone, together, strict=True))
    ]
    if wrong:
        yield Finding(
            "shared between layers", ", ".join(wrong),
            "Two layers used in turns disturb each other: something is kept in the class, a module or a default "
            "argument. Keep it in self.",
        )  # fmt: skip


def lost_precision(trial, rng, smooth):
    """In float64 every result follows a step of 1e-9 in x, dy and the parameters; in float32 that step is lost."""
    names = _losing_precision(trial, rng)
    if names:  # at two places, since a kink at the very place of the step looks the same
        elsewhere = _losing_precision(_elsewhere(trial, rng), rng)
        names = {name: dtype for name, dtype in names.items() if name in elsewhere and (smooth or name == "y")}
    if "y" in names:  # the gradients are computed from what forward saved: its rounding is theirs
        names = {"y": names["y"]}
    for name, dtype in names.items():
        yield Finding(
            "less precise than float64", name,
            f"It has dtype {dtype}, and a small step of x, dy and the parameters is lost on the way: look for float32 "
            f"(astype, np.float32, zeros(..., 'f')) in {'forward' if name == 'y' else 'backward'} or in what is saved "
            "for it.",
        )  # fmt: skip


def _losing_precision(trial, rng):
    """{name: dtype} of the results whose slopes, measured with two small steps, have nothing to do with each other."""
    here = trial.run(trial.fresh_layer())
    arrays = trial.x, trial.dy, *(parameter.data for _, parameter in named_parameters(trial.layer))
    dx, ddy, *dparameters = (random_like(array, rng) for array in arrays)

    def slopes(h):
        layer = trial.fresh_layer()
        for (_, parameter), direction in zip(named_parameters(layer), dparameters, strict=True):
            parameter.data[...] += h * direction
        moved = trial.x + h * dx if trial.x.dtype.kind == "f" else trial.x
        there = replace(trial, x=moved, dy=trial.dy + h * ddy).run(layer)
        return {name: (there[name] - here[name]) / h for name in here}

    near, far = slopes(NEAR), slopes(FAR)
    largest = max(map(root_mean_square, here.values()))

    def loses(name, array):
        size, difference = root_mean_square(array), root_mean_square(near[name] - far[name])
        round_off = 1e-3 * size + 1e-5 * largest  # of float64; in float32 it would be about 10 * size
        only_round_off = size < SAME * largest  # a bias in front of a batch norm has no other gradient
        return not only_round_off and difference > 1e-2 * root_mean_square(far[name]) + round_off

    return {name: array.dtype for name, array in here.items() if array.dtype != "float64" or loses(name, array)}


def equal_modes(trial):
    """The output of training is not that of evaluation."""
    training, evaluation = (replace(trial, training=mode) for mode in (True, False))
    if _same(training.forward(training.fresh_layer()), evaluation.forward(evaluation.fresh_layer())):
        parts = len(list(layers_in(trial.layer)))
        look = "Is it passed on to every layer inside?" if parts > 1 else "Does forward look at it?"
        yield Finding("training ignored", "y", f"It is the same with training=True and training=False. {look}")


def _with_gradients(trial, rng):
    """A fresh layer whose gradients already hold something, and that, by name."""
    layer = trial.fresh_layer()
    trial.run(layer)
    sizes = gradients(layer)
    before = {name: random_like(0 * size, rng) * max(1.0, root_mean_square(size)) for name, size in sizes.items()}
    layer = trial.fresh_layer()
    for name, parameter in named_parameters(layer):
        parameter.grad = before[f"gradient of {name}"].copy()
    return layer, before


def _elsewhere(trial, rng):
    """The trial with another x, whose numbers lie where those of x do, and another dy."""
    xp = array_module(trial.x)
    order = xp.asarray(rng.permutation(trial.x.size))
    x = trial.x.ravel()[order].reshape(trial.x.shape)
    if x.dtype.kind == "f":
        x = x * xp.asarray(rng.uniform(0.5, 1, x.shape))
    return replace(trial, x=x, dy=random_like(trial.dy, rng))


def _identical(a, b):
    return bool(((a == b) | (a != a)).all())


def _same(a, b):
    if a.shape != b.shape:
        return False
    a, b = array_module(a).asarray(a), array_module(b).asarray(b)
    largest = max(float(abs(a).max()), float(abs(b).max())) if a.size else 0.0
    return not a.size or not float(abs(a - b).max()) > SAME * max(largest, ZERO)
