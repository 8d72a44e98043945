"""A learned vector for each of a set of things: words, classes, pixel values."""

import numpy as np

from .forms import array_module, several_forms
from .layer import Layer, Parameter, check_device, check_gradient_shape
from .type_hints import Array, DType, Seed


class Embedding(Layer):
    """y = W[x]: each index becomes its row of W.

    x : (batch, ...) integers from 0 to n_in - 1;  y : (batch, ..., n_out) float.

    It is a `Dense` layer without bias for one-hot vectors, y = onehot(x) W, that skips the zeros.  So from
    dW = onehot(x)^T dy: row i of dW is the sum of dy over all places where x is i.  There is no dx: an index cannot
    be moved a little, so `backward` returns None, and the layer stands first in its network.

    Parameters
    ----------
    n_in : how many different indices there are.
    n_out : the length of each vector.
    rng : numpy Generator (or seed) that draws W from N(0, 1).
    dtype : of W, float32 or float64.

    Attributes: ``weight``, a Parameter (n_in, n_out).
    Raises TypeError if x is not an array of integers, ValueError if it holds an index outside of 0 to n_in - 1 (on a
    GPU, to see that, the host has to wait for x).
    Source: Bengio et al. (2003), section 2, the matrix C.
    """

    def __init__(self, n_in: int, n_out: int, *, rng: Seed = None, dtype: DType = np.float32):
        if min(n_in, n_out) < 1:
            raise ValueError(f"Embedding needs at least one index and one output, got Embedding({n_in}, {n_out})")
        self.n_in, self.n_out = n_in, n_out
        self.weight = Parameter(np.random.default_rng(rng).normal(size=(n_in, n_out)).astype(dtype), "weight")

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self._check(x)
        self.save_for_backward(x)
        return self.weight.data[x]

    def backward(self, dy: Array) -> None:
        (x,) = self.saved()
        check_gradient_shape(self, dy, (*x.shape, self.n_out))
        self.weight.grad += sum_by_index(dy.reshape(-1, self.n_out), x.ravel(), self.n_in)

    def _check(self, x):
        array_module(x)
        if x.dtype.kind not in "iu":
            raise TypeError(f"{self!r} got an input of dtype {x.dtype}: expected integers (x.astype('int64'))")
        check_device(self, x, self.weight)
        if x.size and not 0 <= int(x.min()) <= int(x.max()) < self.n_in:
            raise ValueError(f"{self!r} got indices from {x.min()} to {x.max()}: expected 0 to {self.n_in - 1}")

    def __repr__(self):
        return f"Embedding({self.n_in}, {self.n_out})"


@several_forms
def sum_by_index(rows, index, n):
    """For each i from 0 to n - 1 the sum of the rows whose index is i: (m, c), (m,) -> (n, c)."""
    xp = array_module(rows)
    sums = xp.zeros((n, rows.shape[1]), rows.dtype)
    xp.add.at(sums, index, rows)  # unlike sums[index] += rows, which adds one row only where an index comes twice
    return sums
