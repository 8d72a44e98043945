"""Layers that rearrange an array without computing anything."""

import math

from .layer import Layer, check_gradient_shape
from .type_hints import Array, Shape


class Reshape(Layer):
    """y = x with every example brought into `shape`; the numbers and their (row-major) order stay.

    x : (batch, ...);  y : (batch, *shape).  Gradient: dx is dy in the shape of x.

    Parameters
    ----------
    shape : the shape of one example, without the batch, for example ``(8, 8, 64)``.

    Raises ValueError if an example of x has another number of elements.
    """

    def __init__(self, shape: Shape):
        self.shape = tuple(shape)

    def forward(self, x: Array, *, training: bool = False) -> Array:
        if math.prod(x.shape[1:]) != math.prod(self.shape):
            raise ValueError(
                f"{self!r} got an input of shape {x.shape}: {math.prod(x.shape[1:])} elements an example "
                f"do not fill {self.shape}, which takes {math.prod(self.shape)}"
            )
        self.save_for_backward(x.shape)
        return x.reshape(len(x), *self.shape)

    def backward(self, dy: Array) -> Array:
        (shape,) = self.saved()
        check_gradient_shape(self, dy, (shape[0], *self.shape))
        return dy.reshape(shape)

    def __repr__(self):
        return f"Reshape({self.shape})"


class Flatten(Layer):
    """y = x with every example as one row: (batch, height, width, channels) -> (batch, height*width*channels)."""

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self.save_for_backward(x.shape)
        return x.reshape(len(x), math.prod(x.shape[1:]))

    def backward(self, dy: Array) -> Array:
        (shape,) = self.saved()
        check_gradient_shape(self, dy, (shape[0], math.prod(shape[1:])))
        return dy.reshape(shape)
