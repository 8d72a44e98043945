"""Zeros that take no memory and no time: the first gradient that is added to them becomes the gradient.

That saves filling a gradient with zeros and adding to them, two passes over the memory for each parameter.
"""

from functools import lru_cache

import numpy as np


def zero_gradient(data):
    """A `Zeros` of the shape and dtype of `data`: the same one for all, since nothing can change it."""
    return _zeros(data.shape, data.dtype)


class _Gradient(np.ndarray):
    """Memory of somebody else: ``gradient *= a`` and the like give an array of their own.

    What is computed from it is an ordinary array, and it is printed as one.
    """

    def __isub__(self, a):
        return np.subtract(self, a, out=np.array(self))

    def __imul__(self, a):
        return np.multiply(self, a, out=np.array(self))

    def __itruediv__(self, a):
        return np.divide(self, a, out=np.array(self))

    def __array_wrap__(self, array, context=None, return_scalar=False):
        return array[()] if return_scalar else np.asarray(array)

    def __repr__(self):
        return repr(np.asarray(self))


class Zeros(_Gradient):
    """An array of zeros to which ``zeros += a`` adds nothing: its result is `a` itself.

    All its elements are the same one in memory and cannot be changed one by one: instead of ``grad[...] = a`` write
    ``parameter.grad = a`` as long as nothing has been added.
    """

    def __new__(cls, shape, dtype):
        return np.broadcast_to(np.zeros((), dtype), shape).view(cls)

    def __iadd__(self, a):
        if not self.flags.writeable and type(a) is np.ndarray and (a.shape, a.dtype) == (self.shape, self.dtype):
            return a.view(Borrowed)
        total = self if self.flags.writeable else np.zeros(self.shape, self.dtype)
        return np.add(total, a, out=total)

    def __setitem__(self, index, value):
        if self.flags.writeable:
            return super().__setitem__(index, value)
        if np.any(np.asarray(value) != 0):
            raise ValueError("nothing has been added to this gradient yet: assign it as a whole (parameter.grad = ...)")

    def fill(self, value):
        self[...] = value

    def __reduce_ex__(self, protocol):
        return super().__reduce_ex__(protocol) if self.flags.writeable else (Zeros, (self.shape, self.dtype))

    def __deepcopy__(self, memo):
        return np.array(self) if self.flags.writeable else Zeros(self.shape, self.dtype)


class Borrowed(_Gradient):
    """The first gradient that was added, in the memory of whoever added it: the next one is not added in place."""

    def __iadd__(self, a):
        return np.add(self, a, out=np.empty_like(self, subok=False))


_zeros = lru_cache(maxsize=1024)(Zeros)  # making one takes 5 microseconds, and a small network's step has many
