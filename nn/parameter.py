"""A learned array and the gradient that belongs to it."""

import numpy as np

from .device import array_module, to_device


class Parameter:
    """An array to be learned, ``data``, with dL/d(data), ``grad``, of the same shape and dtype.

    The same Parameter may stand in several layers.  Every layer ADDS its share to ``grad``, so that the shared
    weight gets the sum over all places where it is used (dissertation, eqs. 2.16 and 2.17).

    Parameters
    ----------
    data : float array of any shape.
    name : what reports call it, for example ``"weight"``.
    """

    def __init__(self, data, name="parameter"):
        self.data = data
        self.name = name
        self.forget_grad()

    def __repr__(self):
        return f"Parameter({self.name!r}, shape={self.data.shape}, dtype={self.data.dtype})"

    @property
    def grad(self):
        """The gradient summed up since the last `zero_grad`."""
        grad, empty = self.grad_to_fill()
        if empty:
            grad.fill(0)
        return grad

    @grad.setter
    def grad(self, value):
        self._grad = array_module(value).ascontiguousarray(value)
        self._grad_is_zero = False

    def zero_grad(self):
        """Make the gradient zero.

        The zeros are not written here: whoever reads ``grad`` next gets them, and a product that is added next
        (`add_product`, `add_sum`) overwrites the old values, which saves two passes over the memory in every step.
        """
        self._grad_is_zero = True

    def forget_grad(self):
        """Drop the gradient and its memory; it is zero again when it is next asked for."""
        self._grad = None
        self._grad_is_zero = True

    def add_product(self, a, b):
        """grad += a @ b, where a is (..., n, k), b is (..., k, m), and a @ b has the size of the parameter."""
        grad, empty = self.grad_to_fill()
        grad = grad.reshape(*a.shape[:-1], b.shape[-1])
        if empty:
            array_module(a).matmul(a, b, out=grad)
        else:
            grad += a @ b

    def add_sum(self, dy):
        """grad += dy summed over all axes but the last, (..., n) -> (n,): the gradient of a bias."""
        rows = dy if dy.ndim == 2 else dy.sum(axis=0).reshape(-1, dy.shape[-1])
        grad, empty = self.grad_to_fill()
        if empty:
            rows.sum(axis=0, out=grad)
        else:
            grad += rows.sum(axis=0)

    def grad_to_fill(self):
        """(grad, empty) for whoever writes a gradient in place: if empty, the values are void and must be replaced."""
        empty = self._grad_is_zero
        if self._grad is None:
            self._grad = array_module(self.data).empty(self.data.shape, self.data.dtype)
        self._grad_is_zero = False
        return self._grad, empty

    def to_device(self, device):
        """Move ``data`` to ``"cpu"`` or ``"gpu"`` and forget the gradient."""
        self.data = to_device(self.data, device)
        self.forget_grad()


def unique(parameters):
    """The parameters in their order, each one once even where several layers share it."""
    return list({id(parameter): parameter for parameter in parameters}.values())


def count(parameters):
    """How many numbers the parameters hold, a shared one counted once."""
    return sum(int(np.prod(parameter.data.shape)) for parameter in unique(parameters))
