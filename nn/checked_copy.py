"""The copy of a layer that is checked: in float64, with random parameters; and what a layer consists of."""

import copy

import numpy as np

from .forms import array_module
from .layer import Layer


def float64_copy(layer, rng, *, keep_parameters=False):
    """A copy of the layer in float64, its gradients zero.

    Unless `keep_parameters`, every parameter and running statistic is drawn anew (see `random_like`): a backward that
    forgets a `scale` is right as long as the scale is still 1, and one that forgets a bias as long as that is 0.
    """
    layer = copy.deepcopy(layer)
    for parameter in layer.parameters():
        xp = array_module(parameter.data)
        parameter.data = xp.array(parameter.data, np.float64)
        parameter.grad = xp.zeros(parameter.data.shape)
        if not keep_parameters:
            parameter.data = random_like(parameter.data, rng)
    for part in layers_in(layer):
        remembered = part.arrays() if isinstance(part, Layer) else {}
        for name, value in list(vars(part).items()):
            if is_array(value) and value.dtype.kind == "f":
                value = value.astype(np.float64)
                draw = name in remembered and not keep_parameters
                setattr(part, name, random_like(value, rng) if draw else value)
    return layer


def random_like(array, rng):
    """Random numbers of the array's size, 0.5 to 1.5 times its root mean square (1 if it is zero).

    They have random signs, unless all numbers in the array are positive (a variance): then these are, too.
    """
    typical = root_mean_square(array) or 1.0
    magnitudes = rng.uniform(0.5 * typical, 1.5 * typical, array.shape)
    signs = 1.0 if bool((array > 0).all()) else random_signs(array.shape, rng)
    return array_module(array).asarray(magnitudes * signs)


def random_signs(shape, rng):
    """+1 or -1 for each element, on the host."""
    return rng.choice([-1.0, 1.0], shape)


def root_mean_square(array):
    """The typical size of the array's numbers, a float."""
    return float(array_module(array).sqrt((array * array).mean())) if array.size else 0.0


def named_parameters(layer):
    """[(name, Parameter)]: each one once, by the first of its names."""
    named = layer.named_parameters() if isinstance(layer, Layer) else {p.name: p for p in layer.parameters()}
    return list({id(parameter): (name, parameter) for name, parameter in reversed(named.items())}.values())[::-1]


def generators(layer):
    """All random generators that the layer or a layer inside holds in an attribute."""
    return [g for part in layers_in(layer) for g in vars(part).values() if isinstance(g, np.random.Generator)]


def statistics(layer):
    """[(name, array)]: what the layer remembers besides its parameters, such as a batch norm's running averages."""
    return [
        (f"{name} of {part!r}", value)
        for part in layers_in(layer)
        if isinstance(part, Layer)
        for name, value in vars(part).items()
        if is_array(value) and name in part.arrays()
    ]


def held_arrays(layer):
    """[(name, array)]: every array that the layer or a layer inside holds in an attribute, in tuples and lists too."""
    return [
        (f"{name} of {part!r}", array)
        for part in layers_in(layer)
        for name, value in vars(part).items()
        for array in _arrays_in(value)
    ]


def layers_in(thing, seen=None):
    """The layer and all layers that it is made of, each one once."""
    seen = {} if seen is None else seen
    if id(thing) in seen:
        return
    seen[id(thing)] = thing
    if hasattr(thing, "forward"):
        yield thing
        inside = vars(thing).values()
    else:
        inside = _elements_of(thing)
    for value in inside:
        yield from layers_in(value, seen)


def is_array(value):
    """Whether the value is a NumPy or CuPy array that can be changed in place."""
    return hasattr(value, "dtype") and hasattr(value, "ndim") and not isinstance(value, np.generic)


def _arrays_in(value):
    if is_array(value):
        yield value
    for element in _elements_of(value):
        yield from _arrays_in(element)


def _elements_of(value):
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list | tuple) else ()
