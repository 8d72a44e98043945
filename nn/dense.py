"""The fully connected layer."""

import numpy as np

from .initialisers import xavier_uniform
from .layer import Layer, Parameter, check_device, check_float, check_gradient_shape
from .type_hints import Array, DType, Initialiser, Seed


class Dense(Layer):
    """y = x W + b, every output connected to every input (dissertation, eqs. 2.1 and 2.3).

    x : (batch, n_in) float;  y : (batch, n_out).

    Gradients (eqs. 2.13 to 2.15, for a whole batch at once):
    dW = x^T dy,  db = sum of dy over the batch,  dx = dy W^T.

    Parameters
    ----------
    n_in, n_out : numbers of inputs and outputs.
    bias : whether b is added; leave it out before a `BatchNorm`, which subtracts it again.
    initialiser : how W is drawn, `xavier_uniform` or `he_normal`; b starts at 0.
    rng : numpy Generator (or seed) that draws W.
    dtype : of the parameters, float32 or float64.

    Attributes: ``weight`` (n_in, n_out) and ``bias`` (n_out,), or None, are Parameters.
    Raises ValueError if x is not (batch, n_in).
    """

    def __init__(
        self, n_in: int, n_out: int, *,
        bias: bool = True, initialiser: Initialiser = xavier_uniform, rng: Seed = None, dtype: DType = np.float32,
    ):  # fmt: skip
        if min(n_in, n_out) < 1:
            raise ValueError(f"Dense needs at least one input and one output, got Dense({n_in}, {n_out})")
        self.n_in, self.n_out = n_in, n_out
        weight = initialiser((n_in, n_out), n_in, n_out, np.random.default_rng(rng))
        self.weight = Parameter(weight.astype(dtype), "weight")
        self.bias = Parameter(np.zeros(n_out, dtype), "bias") if bias else None

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self._check(x)
        self.save_for_backward(x)
        y = x @ self.weight.data  # (batch, n_in) (n_in, n_out) -> (batch, n_out)
        if self.bias is not None:
            y += self.bias.data
        return y

    def backward(self, dy: Array) -> Array:
        self.backward_parameters(dy)
        return dy @ self.weight.data.T  # (batch, n_out) (n_out, n_in) -> (batch, n_in)

    def backward_parameters(self, dy: Array) -> None:
        (x,) = self.saved()
        check_gradient_shape(self, dy, (len(x), self.n_out))
        self.weight.grad += x.T @ dy  # (n_in, batch) (batch, n_out) -> (n_in, n_out)
        if self.bias is not None:
            self.bias.grad += dy.sum(axis=0)  # (batch, n_out) -> (n_out,)

    def _check(self, x):
        check_float(self, x)
        check_device(self, x, self.weight)
        if x.ndim != 2:
            raise ValueError(f"{self!r} got an input of shape {x.shape}: flatten it first (nn.Flatten)")
        if x.shape[1] != self.n_in:
            raise ValueError(f"{self!r} got an input of shape {x.shape}: expected (batch, {self.n_in})")

    def __repr__(self):
        return f"Dense({self.n_in}, {self.n_out})"
