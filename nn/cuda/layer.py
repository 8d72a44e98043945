"""Zeros on a GPU that take no memory and no launch: the first gradient that is added to them becomes the gradient.

The same as `nn.fast.layer` does for NumPy arrays; CuPy's arrays know no read-only memory, so that each way to write to
one is closed here.
"""

from functools import lru_cache

import numpy as np


def zero_gradient(data):
    """An array of zeros like `data`, to which ``zeros += a`` adds nothing: its result is `a` itself."""
    if data.ndim == 0:
        return np.zeros_like(data)
    zero = _zero(data.dtype.char)
    return _classes()[0](data.shape, data.dtype, zero.data, strides=(0,) * data.ndim)


@lru_cache(maxsize=4)
def _zero(dtype):
    import cupy

    return cupy.zeros((), dtype)


@lru_cache(maxsize=1)
def _classes():
    """(Zeros, Borrowed): made on the first call, since CuPy may not be there."""
    import cupy

    class Gradient(cupy.ndarray):  # memory of somebody else: in-place operators give an array of their own
        def __isub__(self, a):
            return cupy.subtract(self, a, out=self.copy())

        def __imul__(self, a):
            return cupy.multiply(self, a, out=self.copy())

        def __itruediv__(self, a):
            return cupy.true_divide(self, a, out=self.copy())

    class Zeros(Gradient):
        def __iadd__(self, a):
            if type(a) is cupy.ndarray and (a.shape, a.dtype) == (self.shape, self.dtype) and _is_one_zero(self):
                return Borrowed(a.shape, a.dtype, a.data, strides=a.strides)
            total = cupy.array(self, copy=True)
            total += a
            return total

        def __setitem__(self, index, value):
            if not _is_one_zero(self):
                super().__setitem__(index, value)
            elif bool((cupy.asarray(value) != 0).any()):
                raise ValueError(
                    "nothing has been added to this gradient yet: assign it as a whole (parameter.grad = ...)"
                )

        def fill(self, value):
            self[...] = value

    class Borrowed(Gradient):
        def __iadd__(self, a):
            return cupy.add(self, a, out=cupy.empty(self.shape, self.dtype))

    return Zeros, Borrowed


def _is_one_zero(a):
    """Whether all elements of an array are one in memory; results computed from such an array are of its class too."""
    return not any(a.strides)
