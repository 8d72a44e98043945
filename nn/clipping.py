"""Gradients made smaller before a step, where one wild batch would otherwise throw the network far away."""

from .forms import array_module
from .layer import Parameter, unique
from .type_hints import Iterable, Scalar


def gradient_norm(parameters: Iterable[Parameter]) -> Scalar:
    """||g||_2 of all the parameters' gradients as one long vector: sqrt of the sum of all squares; a 0-d value."""
    squares = [(parameter.grad * parameter.grad).sum() for parameter in unique(parameters)]
    xp = array_module(squares[0])
    return xp.sqrt(xp.stack(squares).sum())


def clip_by_norm(parameters: Iterable[Parameter], largest: float) -> Scalar:
    """g <- g min(1, largest / ||g||): the same direction, no longer than `largest`.

    The norm is that of all gradients together (`gradient_norm`), so that their proportions stay.  Pascanu et al.
    (2013), Algorithm 1.  Call it between backward and the optimiser's step.

    Returns the norm before clipping, a 0-d value: worth looking at, to choose `largest`.
    """
    largest = positive("clip_by_norm", largest)
    parameters = unique(parameters)
    norm = gradient_norm(parameters)
    factor = largest / array_module(norm).maximum(norm, largest)
    for parameter in parameters:  # a new array: the gradient may still be the array that a layer added
        parameter.grad = array_module(norm).asarray(parameter.grad * factor.astype(parameter.grad.dtype))
    return norm


def clip_by_value(parameters: Iterable[Parameter], largest: float) -> None:
    """g_i <- min(max(g_i, -largest), largest), each number by itself: the direction changes."""
    largest = positive("clip_by_value", largest)
    for parameter in unique(parameters):
        xp = array_module(parameter.grad)
        parameter.grad = xp.asarray(xp.clip(parameter.grad, -largest, largest))


def positive(name, largest):
    """The limit as a Python float, which leaves float32 as it is; ValueError unless it is positive."""
    if not largest > 0:
        raise ValueError(f"{name} needs a positive limit, got {largest}")
    return float(largest)
