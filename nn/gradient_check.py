"""Is a hand-written gradient right?  Compare it with finite differences.

For a layer y = f(x) and a random upstream gradient dy, backward(dy) claims the gradient of L = <dy, f(x)>.  Moving
the input or a parameter a by a small h along a direction u must change L accordingly:

    <gradient, u>  =  D(h) + O(h^2),    D(h) = [ L(a + h u) - L(a - h u) ] / (2 h),  the central difference
                   =  [ 4 D(h/2) - D(h) ] / 3  +  O(h^4),    since the h^2 terms cancel (Richardson)

Everything is computed in float64: the smaller h, the better the formula and the worse the round-off, about 1e-16 L / h;
the second formula lets h stay large.  An upstream gradient of ones would not do: a batch norm's gradient for it is
zero, and any bug passes.
"""

import copy
from dataclasses import dataclass

import numpy as np

from .forms import array_module
from .layer import Layer, parts

ROUND_OFF = 1e-3  # gradients smaller than this are compared as if they were this large: the rest is round-off


@dataclass(frozen=True)
class Comparison:
    """The place in one array where the two gradients differ most, and by how much."""

    name: str  # "input", or the parameter's name
    probes: str  # how the array was tried: "12 elements" or "20 directions of 5000"
    index: tuple | str  # the element, or "direction k"
    analytic: float  # what backward says
    numerical: float  # what the finite differences say
    error: float  # relative: |analytic - numerical| / max(|analytic|, |numerical|, typical gradient)
    kink: bool  # the function has a kink there, or bends too sharply to tell


@dataclass(frozen=True)
class GradientReport:
    """What `check_gradients` found: a `Comparison` for the input and for each parameter."""

    comparisons: tuple
    tolerance: float
    redraws: int  # how often the input was drawn again because of a kink

    @property
    def worst(self):
        """The largest relative error."""
        return max((comparison.error for comparison in self.comparisons), default=0.0)

    @property
    def ok(self):
        """Whether every relative error is within the tolerance (a NaN is not)."""
        return all(comparison.error <= self.tolerance for comparison in self.comparisons)

    def __str__(self):
        head = f"{'array':<24}{'tried':<26}{'worst at':<18}{'analytic':>14}{'numerical':>14}{'rel. error':>12}"
        rows = [
            f"{c.name:<24}{c.probes:<26}{c.index!s:<18}{c.analytic:>14.6g}{c.numerical:>14.6g}{c.error:>12.1e}"
            + ("  <- kink" if c.kink else "" if c.error <= self.tolerance else "  <- WRONG")
            for c in self.comparisons
        ]
        verdict = "agree" if self.ok else "DISAGREE"
        again = f"; input drawn again {self.redraws} times to get away from kinks" if self.redraws else ""
        return "\n".join([head, *rows, f"the gradients {verdict} (tolerance {self.tolerance:.0e}){again}"])


def check_gradients(
    layer, x, *, training=True, rng=0, tolerance=1e-7, step=1e-4, max_elements=400, directions=20, max_redraws=20,
    **forward_arguments,
):  # fmt: skip
    """Compare a layer's `backward` with central differences, for the input and every parameter.

    The layer itself is not touched: a copy in float64 is checked, so that its parameters, gradients and running
    statistics stay as they are.  Random generators that layers hold (`Dropout`) are rewound before every forward.

    Parameters
    ----------
    layer : anything with ``forward(x, training=...)``, ``backward(dy)`` and ``parameters()``.
    x : the input, (batch, ...); it is turned into float64, unless it is integers (`Embedding`), which have no gradient.
    training : passed to forward: both modes of a `BatchNorm` deserve a check.
    rng : seed or numpy Generator for the upstream gradient, the directions and new inputs.
    tolerance : largest relative error that counts as agreement.
    step : h, the size of the finite step.
    max_elements : arrays up to this size are tried element by element, larger ones along `directions` random
        directions of +1 and -1 (a wrong element shows in nearly every direction).
    max_redraws : a kink (ReLU at 0) within the step makes the difference meaningless.  It is recognised by one-sided
        differences that enclose the analytic value; then x is moved at random and everything is tried again, this
        often at most.  A kink that stays counts as disagreement.
    **forward_arguments : further arguments of forward, such as a fixed ``eps``.

    Returns
    -------
    GradientReport with ``.ok``, ``.worst`` (the largest relative error) and a readable ``str``.

    Raises ValueError if forward gives two results for the same input (it draws random numbers, but not from a
    Generator that is an attribute of a layer).
    """
    rng = np.random.default_rng(rng)
    layer = _in_float64(layer)
    x = x if x.dtype.kind in "iu" else x.astype(np.float64)
    rewind = _rewinder(layer)

    def forward(x):
        rewind()
        # A copy, since the output may be a view of the input (Flatten), which is about to be moved.
        return array_module(x).array(layer.forward(x, training=training, **forward_arguments))

    def compare(x):
        return _compare(layer, x, forward, rng, tolerance, step, max_elements, directions)

    comparisons, redraws = compare(x), 0
    while x.dtype.kind == "f" and any(comparison.kink for comparison in comparisons) and redraws < max_redraws:
        x = x + array_module(x).asarray(rng.normal(scale=0.1, size=x.shape))
        comparisons, redraws = compare(x), redraws + 1
    return GradientReport(tuple(comparisons), tolerance, redraws)


def check_loss(loss, prediction, *arguments, **options):
    """`check_gradients` for a function (prediction, *arguments) -> (value, gradient for the prediction)."""
    return check_gradients(_LossAsLayer(loss, arguments), prediction, **options)


class _LossAsLayer(Layer):
    def __init__(self, loss, arguments):
        self.loss, self.arguments = loss, arguments

    def forward(self, x, *, training=False):
        value, gradient = self.loss(x, *self.arguments)
        self.save_for_backward(gradient)
        return array_module(x).asarray(value)

    def backward(self, dy):
        (gradient,) = self.saved()
        return dy * gradient


def _in_float64(layer):
    layer = copy.deepcopy(layer)
    for parameter in layer.parameters():
        parameter.data = parameter.data.astype(np.float64)
        parameter.zero_grad()
    return layer


def _rewinder(layer):
    """A function that brings every random generator in the layer back to where it is now."""
    layers = parts(layer) if isinstance(layer, Layer) else []
    generators = [g for part in layers for g in vars(part).values() if isinstance(g, np.random.Generator)]
    states = [generator.bit_generator.state for generator in generators]

    def rewind():
        for generator, state in zip(generators, states, strict=True):
            generator.bit_generator.state = state

    return rewind


def _compare(layer, x, forward, rng, tolerance, step, max_elements, directions):
    y = forward(x)
    if not bool((y == forward(x)).all()):
        raise ValueError("forward gave two results for one input: fix its random numbers (pass eps=...)")
    for parameter in layer.parameters():
        parameter.zero_grad()
    dy = array_module(x).asarray(rng.choice([-1.0, 1.0], y.shape) * rng.uniform(0.5, 1.5, y.shape))
    dx = layer.backward(dy)
    arrays = [("input", x, array_module(x).array(dx))] if x.dtype.kind == "f" else []
    arrays += [(name, parameter.data, parameter.grad.copy()) for name, parameter in _named_parameters(layer)]
    for name, array, gradient in arrays:
        if gradient.shape != array.shape:
            raise ValueError(f"the gradient of {name} has shape {gradient.shape}, but {name} itself {array.shape}")

    def slope(array, direction, h):
        """[L(a + h u) - L(a)] / h, the one-sided difference; h may be negative.  The array comes back as it was."""
        original = array.copy()
        array += h * direction
        change = ((forward(x) - y) * dy).sum()
        array[...] = original
        return float(change) / h

    def differences(array, direction):
        """The numerical derivative, and the one-sided ones of which it is made."""
        ahead, behind, near_ahead, near_behind = (
            slope(array, direction, h) for h in (step, -step, step / 2, -step / 2)
        )
        return (2 * (near_ahead + near_behind) - (ahead + behind) / 2) / 3, (ahead, behind)

    return [
        _worst(name, array, gradient, differences, rng, tolerance, max_elements, directions)
        for name, array, gradient in arrays
    ]


def _named_parameters(layer):
    names = {id(array): name for name, array in layer.arrays().items()} if isinstance(layer, Layer) else {}
    return [(names.get(id(parameter.data), parameter.name), parameter) for parameter in layer.parameters()]


def _worst(name, array, gradient, differences, rng, tolerance, max_elements, directions):
    """Try one array's gradient; return the probe with the largest error, one without a kink if any of them fails."""
    element_by_element = array.size <= max_elements
    probes = _elements(array) if element_by_element else _directions(array, directions, rng)
    norm = float(array_module(gradient).sqrt((gradient * gradient).sum()))
    typical = norm / np.sqrt(array.size) if element_by_element else norm
    tried = f"{array.size} elements" if element_by_element else f"{directions} directions of {array.size}"
    comparisons = []
    for index, direction in probes:
        analytic = float((gradient * direction).sum())
        numerical, one_sided = differences(array, direction)
        size = max(abs(analytic), abs(numerical), typical, ROUND_OFF)
        error = abs(analytic - numerical) / size
        slack = tolerance * size
        enclosed = min(one_sided) - slack <= analytic <= max(one_sided) + slack
        kink = bool(error > tolerance and enclosed)
        comparisons.append(Comparison(name, tried, index, analytic, numerical, error, kink))
    return max(comparisons, key=lambda c: (c.error > tolerance and not c.kink, not c.error <= tolerance, c.error))


def _elements(array):
    for index in np.ndindex(array.shape):
        direction = array_module(array).zeros(array.shape)
        direction[index] = 1
        yield index, direction


def _directions(array, how_many, rng):
    for k in range(how_many):
        yield f"direction {k}", array_module(array).asarray(rng.choice([-1.0, 1.0], array.shape))
