"""Layer and group normalisation: as `BatchNorm`, but every example by itself.

Mean and variance come from the example's own numbers, so there are no running averages, training and evaluation are
the same, and a batch of one will do.  For m numbers x that are normalised together,

    x_hat = (x - mean) / sqrt(variance + eps)
    dx = (dx_hat - mean(dx_hat) - x_hat * mean(dx_hat * x_hat)) / sqrt(variance + eps),   means over the same m numbers

as mean and variance depend on every x.  After that, y = scale * x_hat + shift with a scale and a shift a channel, so

    dx_hat = scale * dy,   dscale = sum dy * x_hat,   dshift = sum dy   (sums over all axes but the channels).
"""

import numpy as np

from .forms import array_module, several_forms
from .layer import Layer, Parameter, check_device, check_float, check_gradient_shape
from .type_hints import Array, DType, Seed


@several_forms
def normalise_groups(x, eps):
    """x_hat, and the deviation sqrt(variance + eps) of each group: (rows, positions, groups, channels in a group)."""
    centred = x - x.mean(axis=(1, 3), keepdims=True)
    variance = (centred * centred).mean(axis=(1, 3), keepdims=True)
    deviation = array_module(x).sqrt(variance + eps)  # (rows, 1, groups, 1)
    return centred / deviation, deviation


@several_forms
def normalise_groups_gradient(dx_hat, x_hat, deviation):
    """dx; the two means are what the dependence of mean and variance on x takes away."""
    mean = dx_hat.mean(axis=(1, 3), keepdims=True)
    product = (dx_hat * x_hat).mean(axis=(1, 3), keepdims=True)
    return (dx_hat - mean - x_hat * product) / deviation


class _NormByExample(Layer):
    """What the two have in common: all but which numbers are normalised together."""

    def __init__(self, n: int, eps: float, dtype: DType):
        self.n, self.eps = n, float(eps)
        self.scale, self.shift = Parameter(np.ones(n, dtype), "scale"), Parameter(np.zeros(n, dtype), "shift")

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self._check(x)
        grouped, deviation = normalise_groups(self._groups_of(x), self.eps)
        x_hat = grouped.reshape(x.shape)
        self.save_for_backward(x_hat, deviation)
        return self.scale.data * x_hat + self.shift.data

    def backward(self, dy: Array) -> Array:
        x_hat, deviation = self.saved()
        check_gradient_shape(self, dy, x_hat.shape)
        all_but_last = tuple(range(dy.ndim - 1))
        self.scale.grad += (dy * x_hat).sum(axis=all_but_last)
        self.shift.grad += dy.sum(axis=all_but_last)
        dx_hat = self.scale.data * dy
        return normalise_groups_gradient(self._groups_of(dx_hat), self._groups_of(x_hat), deviation).reshape(dy.shape)

    def _groups_of(self, x):
        """x as (rows, positions, groups, channels): what has one row and one group is normalised together."""
        raise NotImplementedError

    def _check(self, x):
        check_float(self, x)
        if x.ndim < 2 or x.shape[-1] != self.n:
            raise ValueError(f"{self!r} got an input of shape {x.shape}: expected {self.n} channels as its last axis")
        check_device(self, x, self.scale)


class LayerNorm(_NormByExample):
    """y = scale * x_hat + shift, each row of n channels normalised by its own mean and (biased) variance.

    x, y : (batch, ..., n): for images (batch, height, width, n), every pixel by itself.  (To normalise an image's
    pixels together, as some papers do, take ``GroupNorm(1, n)``.)  Gradients: at the head of this file.

    Parameters
    ----------
    n : number of channels, at least 2.
    eps : added to the variance; keeps a constant row finite.
    rng : not used; here so that all layers with parameters are made alike.
    dtype : float32 or float64.

    Attributes: ``scale`` and ``shift``, Parameters of shape (n,).
    Raises ValueError if the last axis of x is not n.
    Source: Ba, Kiros and Hinton (2016), section 3, eq. 3.
    """

    def __init__(self, n: int, eps: float = 1e-5, *, rng: Seed = None, dtype: DType = np.float32):
        if n < 2:
            raise ValueError(f"LayerNorm needs at least two channels, since one alone has no variance, got {n}")
        super().__init__(n, eps, dtype)

    def _groups_of(self, x):
        return x.reshape(-1, 1, 1, self.n)

    def __repr__(self):
        return f"LayerNorm({self.n})"


class GroupNorm(_NormByExample):
    """y = scale * x_hat + shift, normalised over groups of neighbouring channels and all positions of an example.

    x, y : (batch, n) or (batch, height, width, n).  Channels 0 to n/groups - 1 are the first group, and so on;
    mean and (biased) variance are those of the height * width * n/groups numbers of a group.
    ``GroupNorm(1, n)`` normalises a whole example, ``GroupNorm(n, n)`` each channel's image ("instance norm").
    Gradients: at the head of this file.

    Parameters
    ----------
    groups : number of groups; it divides n.
    n : number of channels.
    eps, rng, dtype : as for `LayerNorm`.

    Attributes: ``scale`` and ``shift``, Parameters of shape (n,), one number a channel.
    Raises ValueError if groups does not divide n, the last axis of x is not n, or a group has one number only.
    Source: Wu and He (2018), section 3.
    """

    def __init__(self, groups: int, n: int, eps: float = 1e-5, *, rng: Seed = None, dtype: DType = np.float32):
        if groups < 1 or n < 1 or n % groups:
            raise ValueError(f"GroupNorm needs groups of equally many channels, got {groups} groups of {n} channels")
        super().__init__(n, eps, dtype)
        self.groups = groups

    def _groups_of(self, x):
        return x.reshape(len(x), -1, self.groups, self.n // self.groups)

    def _check(self, x):
        super()._check(x)
        if x.size == len(x) * self.groups:
            raise ValueError(f"{self!r} got an input of shape {x.shape}: one number a group has no variance")

    def __repr__(self):
        return f"GroupNorm({self.groups}, {self.n})"
