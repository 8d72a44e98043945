"""Is a hand-written gradient right?  Compare it with finite differences.

For a layer y = f(x) and a random upstream gradient dy, backward(dy) claims the gradient of L = <dy, f(x)>.  Moving
the input or a parameter a by a small h along a direction u must change L accordingly:

    <gradient, u>  =  D(h) + O(h^2),    D(h) = [ L(a + h u) - L(a - h u) ] / (2 h),  the central difference
                   =  [ 4 D(h/2) - D(h) ] / 3  +  O(h^4),    since the h^2 terms cancel (Richardson)

Everything is computed in float64: the smaller h, the better the formula and the worse the round-off, about 1e-16 L / h;
the second formula lets h stay large.  An upstream gradient of ones would not do: a batch norm's gradient for it is
zero, and any bug passes.  Nor would parameters as they are at the start: with a scale of 1 and a shift of 0, a backward
that forgets them passes, so they are drawn at random.  What a layer promises besides is in `layer_contract`.
"""

from dataclasses import dataclass, replace

import numpy as np

from .checked_copy import float64_copy, is_array, named_parameters, random_like, random_signs
from .forms import array_module
from .layer import Layer
from .layer_contract import Finding, Trial, find_faults
from .type_hints import Any, Array, Loss, Seed

ROUND_OFF = 1e-3  # gradients smaller than this are compared as if they were this large: the rest is round-off


@dataclass(frozen=True)
class Comparison:
    """The place in one array where the two gradients differ most, and by how much."""

    name: str  # "input", or the parameter's name
    probes: str  # how the array was tried: "12 elements" or "20 directions of 5000"
    index: tuple[int, ...] | str  # the element, or "direction k"
    analytic: float  # what backward says
    numerical: float  # what the finite differences say
    error: float  # relative: |analytic - numerical| / max(|analytic|, |numerical|, typical gradient)
    kink: bool  # the function has a kink there, or bends too sharply to tell


@dataclass(frozen=True)
class GradientReport:
    """What `check_gradients` found: a `Comparison` for the input and for each parameter, and the promises broken."""

    comparisons: tuple[Comparison, ...]
    findings: tuple[Finding, ...]  # what is wrong although each gradient may be right
    tolerance: float
    redraws: int  # how often the input was drawn again because of a kink

    @property
    def worst(self) -> float:
        """The largest relative error."""
        return max((comparison.error for comparison in self.comparisons), default=0.0)

    @property
    def ok(self) -> bool:
        """Whether every relative error is within the tolerance (a NaN is not), and nothing else was found."""
        return self._agree and not self.findings

    @property
    def _agree(self):
        return all(comparison.error <= self.tolerance for comparison in self.comparisons)

    def __str__(self) -> str:
        head = f"{'array':<24}{'tried':<26}{'worst at':<18}{'analytic':>14}{'numerical':>14}{'rel. error':>12}"
        rows = [
            f"{c.name:<24}{c.probes:<26}{c.index!s:<18}{c.analytic:>14.6g}{c.numerical:>14.6g}{c.error:>12.1e}"
            + ("  <- kink" if c.kink else "" if c.error <= self.tolerance else "  <- WRONG")
            for c in self.comparisons
        ]
        again = f"; input drawn again {self.redraws} times to get away from kinks" if self.redraws else ""
        verdict = f"the gradients {'agree' if self._agree else 'DISAGREE'} (tolerance {self.tolerance:.0e}){again}"
        return "\n".join([head, *rows, verdict, *(f"WRONG: {finding}" for finding in self.findings)])


def check_gradients(
    layer: Layer, x: Array, *,
    training: bool | str = True, modes_differ: bool = False, keep_parameters: bool = False, rng: Seed = 0,
    tolerance: float = 1e-7, step: float = 1e-4, max_elements: int = 400, directions: int = 20, max_redraws: int = 20,
    **forward_arguments: Any,
) -> GradientReport:  # fmt: skip
    """Compare a layer's `backward` with central differences, for the input and every parameter.

    It also looks for broken promises that a single forward and backward do not show (see `layer_contract`): gradients
    overwritten instead of added, arrays changed in place, state shared between layers, float32 inside, a
    ``backward_parameters`` that differs.

    The layer itself is not touched: a copy in float64 is checked, so that its parameters, gradients and running
    statistics stay as they are.  Random generators that layers hold (`Dropout`) are rewound before every forward.

    Parameters
    ----------
    layer : anything with ``forward(x, training=...)``, ``backward(dy)`` and ``parameters()``.
    x : the input, (batch, ...); it is turned into float64, unless it is integers (`Embedding`), which have no gradient.
        With a few examples of different numbers (not one example,
        not all zeros), two layers that share what they save show it.
    training : passed to forward: both modes of a `BatchNorm` deserve a check.  ``"both"`` checks one after the other.
    modes_differ : whether the layer computes something else in training than in evaluation, as a `BatchNorm` does and
        any network with one.  If True, an output that is the same in both is reported.
    keep_parameters : check with the layer's own parameters and running statistics, not with random ones of their size.
    rng : seed or numpy Generator for the parameters, the upstream gradient, the directions and new inputs.
    tolerance : largest relative error that counts as agreement.
    step : h, the size of the finite step.
    max_elements : arrays up to this size are tried element by element, larger ones along `directions` random
        directions of +1 and -1 (a wrong element shows in nearly every direction).
    max_redraws : a kink (ReLU at 0) within the step makes the difference meaningless.  It is recognised by one-sided
        slopes that differ; then x is moved at random and everything is tried again, this often at most.  A kink that
        stays counts as disagreement.
    **forward_arguments : further arguments of forward, such as fixed noise.

    Returns
    -------
    GradientReport with ``.ok``, ``.worst`` (the largest relative error), ``.findings`` and a readable ``str``.

    Raises ValueError if forward gives two results for the same input (it draws random numbers, but not from a
    Generator that is an attribute of a layer) or numbers that are not finite, or if a gradient has not the shape of its
    array.
    """
    if training not in (True, False, "both"):
        raise ValueError(f"training must be True, False or 'both', got {training!r}")
    rng = np.random.default_rng(rng)
    layer = float64_copy(layer, rng, keep_parameters=keep_parameters)
    x = x.astype(np.float64) if x.dtype.kind not in "iu" else x
    comparisons, findings, redraws = [], [], 0

    for mode in (True, False) if training == "both" else (training,):
        trial, compared, again = _away_from_kinks(
            layer, x, mode, forward_arguments, rng, max_redraws, tolerance, step, max_elements, directions
        )
        x, redraws = trial.x, redraws + again
        smooth = not any(comparison.kink for comparison in compared)
        findings += find_faults(trial, rng, modes_differ=modes_differ, smooth=smooth)
        if training == "both":
            compared = [replace(c, name=f"{c.name}, {'training' if mode else 'evaluation'}") for c in compared]
        comparisons += compared
    return GradientReport(tuple(comparisons), tuple(dict.fromkeys(findings)), tolerance, redraws)


def check_loss(loss: Loss, prediction: Array, *arguments: Any, **options: Any) -> GradientReport:
    """`check_gradients` for a function (prediction, *arguments) -> (value, gradient for the prediction).

    Arguments that are a `Parameter`, to whose gradient the loss adds, are checked as well.
    """
    return check_gradients(_LossAsLayer(loss, arguments), prediction, **options)


class _LossAsLayer(Layer):
    def __init__(self, loss, arguments):
        self.loss, self.arguments = loss, list(arguments)

    def forward(self, x, *, training=False):
        parameters = self.parameters()
        before = [parameter.grad for parameter in parameters]
        for parameter in parameters:
            parameter.zero_grad()
        value, gradient = self.loss(x, *self.arguments)
        self.save_for_backward(gradient, [parameter.grad for parameter in parameters])
        for parameter, grad in zip(parameters, before, strict=True):
            parameter.grad = grad  # adding to it is backward's task
        return array_module(x).asarray(value)

    def backward(self, dy):
        gradient, of_parameters = self.saved()
        for parameter, own in zip(self.parameters(), of_parameters, strict=True):
            parameter.grad += dy * own
        return dy * gradient


def _away_from_kinks(layer, x, training, arguments, rng, max_redraws, *probing):
    """(the trial, its comparisons, how often x was drawn again): until no kink is in the way, or so often at most."""
    redraws = 0
    for attempt in range(max_redraws + 1):
        if attempt and x.dtype.kind == "f":
            x = x + array_module(x).asarray(rng.normal(scale=0.1, size=x.shape))
            redraws += 1
        trial = _trial(layer, x, training, arguments, rng)
        compared = _compare(trial, rng, *probing)
        if not any(comparison.kink for comparison in compared):
            break
    return trial, compared, redraws


def _trial(layer, x, training, arguments, rng):
    """The forward and backward to be tried, with a random upstream gradient; refused if forward is no function of x."""
    trial = Trial(layer, x, None, training, arguments)
    layer = trial.fresh_layer()
    y = trial.forward(layer)
    xp = array_module(y)
    if not bool(xp.isfinite(y).all()):
        raise ValueError(
            "forward gave numbers that are not finite: check it with another x, or with keep_parameters=True if its "
            "parameters cannot be any numbers"
        )
    y = xp.array(y)  # a copy, in case the layer returns the same memory again
    if not bool((y == trial.forward(layer)).all()):
        moved = [] if training else trial.moved_statistics(layer)
        why = (
            f"it moves {', '.join(moved)} in evaluation"
            if moved
            else "fix its random numbers (pass them as an argument)"
        )
        raise ValueError(f"forward gave two results for one input: {why}")
    return replace(trial, dy=random_like(xp.zeros(y.shape), rng))


def _compare(trial, rng, tolerance, step, max_elements, directions):
    layer, x, dy = trial.fresh_layer(), trial.x, trial.dy
    x = x.copy()
    xp = array_module(x)
    y = xp.array(trial.forward(layer))  # copies, since the layer's memory may be written to again
    dx = layer.backward(dy.copy())
    arrays = [(name, parameter.data, xp.array(parameter.grad)) for name, parameter in named_parameters(layer)]
    if x.dtype.kind == "f":
        if not is_array(dx):
            raise ValueError(f"backward returned {type(dx).__name__}, not an array: it must return dx")
        arrays.insert(0, ("input", x, xp.array(dx)))
    for name, array, gradient in arrays:
        if gradient.shape != array.shape:
            raise ValueError(f"the gradient of {name} has shape {gradient.shape}, but {name} itself {array.shape}")
    there = replace(trial, x=x)  # this x is the one that moves

    def slope(array, direction, h):
        """[L(a + h u) - L(a)] / h, the one-sided difference; h may be negative.  The array comes back as it was."""
        original = array.copy()
        array += h * direction
        change = ((there.forward(layer) - y) * dy).sum()
        array[...] = original
        return float(change) / h

    def differences(array, direction):
        """The numerical derivative, and by how much the slopes to either side of here differ, which tells a kink.

        With S(h) = slope + O(h) to one side, 2 S(h/2) - S(h) = slope + O(h^2).
        """
        ahead, behind, near_ahead, near_behind = (
            slope(array, direction, h) for h in (step, -step, step / 2, -step / 2)
        )
        numerical = (2 * (near_ahead + near_behind) - (ahead + behind) / 2) / 3
        return numerical, abs(2 * (near_ahead - near_behind) - (ahead - behind))

    return [
        _worst(name, array, gradient, differences, rng, tolerance, max_elements, directions)
        for name, array, gradient in arrays
    ]


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
        numerical, sides = differences(array, direction)
        size = max(abs(analytic), abs(numerical), typical, ROUND_OFF)
        error = abs(analytic - numerical) / size
        kink = error > tolerance and sides > 0.1 * abs(analytic - numerical)
        comparisons.append(Comparison(name, tried, index, analytic, numerical, error, kink))
    return max(comparisons, key=lambda c: (c.error > tolerance and not c.kink, not c.error <= tolerance, c.error))


def _elements(array):
    for index in np.ndindex(array.shape):
        direction = array_module(array).zeros(array.shape)
        direction[index] = 1
        yield index, direction


def _directions(array, how_many, rng):
    for k in range(how_many):
        yield f"direction {k}", array_module(array).asarray(random_signs(array.shape, rng))
