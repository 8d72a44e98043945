"""The front door: arrays, a layer or a loss."""

from typing import Any

import numpy as np

from .arrays.evidence import Evidence
from .arrays.finding import Finding
from .from_jacobian import together
from .layers import diagnose_layer
from .arrays.naming import name_gradient


def diagnose(subject: Any, *arguments: Any, **options: Any) -> Finding:
    """Say what is wrong with a gradient, a layer, or a loss: by name, or else by place.

    Three things can be diagnosed.  In each, a list stands for draws: one entry for each of several random cases, which
    must all agree on a name.  Three draws with different sizes (distinct odd primes) tell most.

    ``diagnose(gradient, truth, ...)``: an array (or list of arrays) and what it should be.  Also for values that are no
    gradients: a step of Adam, a running average.

        name="dW"                  how messages call the array
        axes=("batch", "feature")  names of its axes, for messages
        sizes={"batch": 5}         numbers of things, that a factor may be made of (axes add themselves)
        constants={"beta": 4.0}    the same for numbers that are no sizes
        quantities={"scale": s}    arrays that may stand in a wrong factor or an added term (broadcast to the truth)
        terms={"mean part": a}     the formula's terms; they add up to the truth
        mutants={"no bias correction": a}   what known wrong formulas give
        summands={"batch": a}      the truth before it was summed over the first axis of a

    ``diagnose(layer, x, *more, ...)``: anything with ``forward(x, *more, training=...)``, ``backward(dy)``, which
    returns dx (or a tuple: the gradients for x and more), and ``parameters()``, a list of objects with ``.data``,
    ``.grad`` and ``.name``.  x is an example, or a shape; draws are made from it with other numbers, other batch sizes
    and random parameters.  Lists of layers and of x (one each draw) let all sizes differ.  The layer itself is not
    touched: copies are.  The truth comes from finite differences.

    ``diagnose(loss, prediction, *more, ...)``: a function that returns (value, gradient, ...): the gradients for its
    first arguments.

        reference=f                what forward should compute, f(layer, x, *more) -> y, or for a loss
                                   f(prediction, *more) -> value; without it, forward is taken to be right
        training=True              passed to forward, where forward takes it
        know=f                     f(x, *more, dy=dy, y=y, parameters={name: array}) -> {array name: {"terms": {...},
                                   "mutants": {...}, "quantities": {...}}}: what this layer's gradients are made of
        constants={}, seed=0       as above; of the draws

    In the first form, each of sizes, constants, quantities ... may also be a list of dictionaries, one each draw.
    Returns a `Finding`: ``.ok``, ``.name``, ``.location``, ``.message``, ``.stage``, ``.array``, ``.others``.
    Raises TypeError where it is neither of these, and ValueError where the draws do not fit together.
    """
    if _is_array(subject):
        return _diagnose_arrays(subject, *arguments, **options)
    first = subject[0] if isinstance(subject, list) and subject else subject
    if not (callable(first) or hasattr(first, "forward")):
        raise TypeError(
            f"diagnose got {type(first).__name__}: give an array with its truth, a layer (forward, backward) with "
            "an x, or a loss (a function) with its arguments"
        )
    if not arguments:
        raise TypeError(f"diagnose got {type(first).__name__} without an x: give an example, or its shape")
    return diagnose_layer(subject, *arguments, **options)


def _is_array(subject):
    if isinstance(subject, list):
        return bool(subject) and _is_array(subject[0])
    return isinstance(subject, np.ndarray | np.generic | float | int)


def _diagnose_arrays(
    gradient, truth, *, name="gradient", axes=(), sizes=None, constants=None, quantities=None, terms=None, mutants=None,
    summands=None,
):  # fmt: skip
    gradients, truths = _draws(gradient), _draws(truth)
    if len(gradients) != len(truths):
        raise ValueError(f"diagnose got {len(gradients)} gradients and {len(truths)} truths: one of each is one draw")
    if not all(np.isfinite(t).all() for t in truths):
        raise ValueError("the truth has NaN or infinite values: nothing can be compared with it")
    count = len(truths)
    evidence = Evidence(
        gradients, truths, label=name, axes=tuple(axes), sizes=_sizes(sizes, count), constants=_common(constants),
        quantities=_lists(quantities, count), terms=_lists(terms, count), mutants=_lists(mutants, count),
        summands=_lists(summands, count),
    )  # fmt: skip
    return name_gradient(evidence)


def _draws(arrays):
    return [np.asarray(a, dtype=np.float64) for a in (arrays if isinstance(arrays, list) else [arrays])]


def _sizes(sizes, count):
    if isinstance(sizes, list):
        return [dict(s) for s in sizes]
    given = sizes or {}
    return [{k: (v[draw] if isinstance(v, list) else v) for k, v in given.items()} for draw in range(count)]


def _common(constants):
    """The constants of the first draw that all draws share."""
    if not isinstance(constants, list):
        return {name: float(value) for name, value in (constants or {}).items()}
    return {k: float(v) for k, v in constants[0].items() if all(c.get(k) == v for c in constants)}


def _lists(arrays, count):
    """{name: [array of each draw]} from that, from {name: array} of a single draw, or from one dictionary a draw."""
    if not arrays:
        return {}
    if isinstance(arrays, list):
        return {name: [a.astype(np.float64) for a in a_list] for name, a_list in together(arrays).items()}
    result = {}
    for name, value in arrays.items():
        values = value if isinstance(value, list) else [value] * count
        if len(values) != count:
            raise ValueError(f"{name} has {len(values)} arrays for {count} draws")
        result[name] = [np.asarray(a, dtype=np.float64) for a in values]
    return result
