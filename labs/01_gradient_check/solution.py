"""Lab 1: is a gradient right?  Compare it with finite differences."""

import numpy as np


def central_difference(f, x, h):
    """Return the array of [ f(x + h e) - f(x - h e) ] / (2 h), for every unit array e; it has x's shape.

    f : a function of an array, which returns a number;  x : an array, which stays as it is.
    Compute in float64 whatever x is: in float32 the difference would drown in round-off.
    """
    # BEGIN SOLUTION
    moved = np.array(x, dtype=np.float64)
    result = np.zeros(moved.shape)
    for index in np.ndindex(moved.shape):
        centre = moved[index]
        moved[index] = centre + h
        ahead = f(moved)
        moved[index] = centre - h
        result[index] = (ahead - f(moved)) / (2 * h)
        moved[index] = centre
    return result
    # END SOLUTION


def richardson(f, x, h):
    """Return [ 4 D(h / 2) - D(h) ] / 3, where D is `central_difference`: the error's h^2 cancels."""
    # BEGIN SOLUTION
    return (4 * central_difference(f, x, h / 2) - central_difference(f, x, h)) / 3
    # END SOLUTION


def relative_error(a, b):
    """Return the largest |a - b| of any entry, divided by the largest |a| or |b| of any entry; 0 if both are zeros."""
    # BEGIN SOLUTION
    size = max(np.abs(a).max(), np.abs(b).max())
    return float(np.abs(a - b).max() / size) if size else 0.0
    # END SOLUTION


def check_layer(layer, x, rng):
    """Return whether all gradients of a layer are right: True or False.

    layer.forward(x) returns y;  layer.backward(dy) returns dx and ADDS to the ``grad`` of each of layer.parameters,
    a list of objects with ``data`` and ``grad``.  The check, for the loss <dy, y> with a RANDOM dy:

    - dx and every parameter's gradient agree with finite differences, with a relative error below 1e-6;
    - two calls of backward give twice the parameter's gradient of one call.

    What ``grad`` holds before does not count, nor what it holds in the end.
    x and the parameters' data hold in the end what they held at the beginning.
    """
    # BEGIN SOLUTION
    dy = rng.normal(size=layer.forward(x).shape)
    for parameter in layer.parameters:
        parameter.grad[...] = 0
    layer.forward(x)
    dx = np.array(layer.backward(dy))
    once = [parameter.grad.copy() for parameter in layer.parameters]
    layer.forward(x)
    layer.backward(dy)
    twice = [parameter.grad.copy() for parameter in layer.parameters]
    agree = [relative_error(dx, richardson(lambda a: (layer.forward(a) * dy).sum(), x, 1e-3)) < 1e-6]
    for parameter, one, two in zip(layer.parameters, once, twice, strict=True):
        kept = parameter.data.copy()

        def loss(a, parameter=parameter):
            parameter.data[...] = a
            return (layer.forward(x) * dy).sum()

        agree += [relative_error(one, richardson(loss, kept, 1e-3)) < 1e-6, relative_error(two, 2 * one) < 1e-6]
        parameter.data[...] = kept
    return all(agree)
    # END SOLUTION
