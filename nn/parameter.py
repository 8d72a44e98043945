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
        if self._grad is None:
            self._grad = array_module(self.data).zeros(self.data.shape, self.data.dtype)
        elif self._grad_is_zero:
            self._grad.fill(0)
        self._grad_is_zero = False
        return self._grad

    @grad.setter
    def grad(self, value):
        self._grad = array_module(value).ascontiguousarray(value)
        self._grad_is_zero = False

    def zero_grad(self):
        """Make the gradient zero.

        The zeros are not written here: whoever reads ``grad`` next gets them, and a product that is added next
        (`add_product`) overwrites the old values, which saves two passes over the memory in every step.
        """
        self._grad_is_zero = True

    def forget_grad(self):
        """Drop the gradient and its memory; it is zero again when it is next asked for."""
        self._grad = None
        self._grad_is_zero = True

    def add_product(self, a, b):
        """grad += a @ b, where a is (n, k), b is (k, m), and n * m is the size of the parameter."""
        xp = array_module(a)
        shape = (a.shape[0], b.shape[1])
        if self._grad_is_zero and self._grad is not None:
            xp.matmul(a, b, out=self._grad.reshape(shape))
            self._grad_is_zero = False
        else:
            grad = self.grad.reshape(shape)
            grad += a @ b

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
