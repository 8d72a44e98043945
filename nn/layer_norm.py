"""Layer and group normalisation: as `BatchNorm`, but every example by itself.

Mean and variance come from the example's own numbers, so there are no running averages, training and evaluation are
the same, and a batch of one will do.  For m numbers x that are normalised together,

    x_hat = (x - mean) / sqrt(variance + eps)
    dx = (dx_hat - mean(dx_hat) - x_hat * mean(dx_hat * x_hat)) / sqrt(variance + eps),   means over the same m numbers

as mean and variance depend on every x.  After that, y = scale * x_hat + shift with a scale and a shift a channel, so

    dx_hat = scale * dy,   dscale = sum dy * x_hat,   dshift = sum dy   (sums over all axes but the channels).
"""

import numpy as np

from .forms import array_module
from .layer import Layer, Parameter, check_device, check_float, check_gradient_shape


class LayerNorm(Layer):
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
    Source: Ba, Kiros and Hinton (2016), eq. 3.
    """

    def __init__(self, n, eps=1e-5, *, rng=None, dtype=np.float32):
        if n < 2:
            raise ValueError(f"LayerNorm needs at least two channels, since one alone has no variance, got {n}")
        self.n, self.eps = n, float(eps)
        self.scale, self.shift = Parameter(np.ones(n, dtype), "scale"), Parameter(np.zeros(n, dtype), "shift")

    def forward(self, x, *, training=False):
        check_channels(self, x)
        x_hat, deviation = normalise(x, -1, self.eps)
        self.save_for_backward(x_hat, deviation)
        return self.scale.data * x_hat + self.shift.data

    def backward(self, dy):
        x_hat, deviation = self.saved()
        check_gradient_shape(self, dy, x_hat.shape)
        add_scale_and_shift_gradients(self, dy, x_hat)
        return normalise_gradient(self.scale.data * dy, x_hat, deviation, -1)

    def __repr__(self):
        return f"LayerNorm({self.n})"


class GroupNorm(Layer):
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
    Source: Wu and He (2018), eqs. 1 to 7.
    """

    def __init__(self, groups, n, eps=1e-5, *, rng=None, dtype=np.float32):
        if groups < 1 or n < 1 or n % groups:
            raise ValueError(f"GroupNorm needs groups of equally many channels, got {groups} groups of {n} channels")
        self.groups, self.n, self.eps = groups, n, float(eps)
        self.scale, self.shift = Parameter(np.ones(n, dtype), "scale"), Parameter(np.zeros(n, dtype), "shift")

    def forward(self, x, *, training=False):
        check_channels(self, x)
        if x[0:1].size == self.groups:
            raise ValueError(f"{self!r} got an input of shape {x.shape}: one number a group has no variance")
        grouped, deviation = normalise(self._groups_of(x), (1, 3), self.eps)
        x_hat = grouped.reshape(x.shape)
        self.save_for_backward(x_hat, deviation)
        return self.scale.data * x_hat + self.shift.data

    def backward(self, dy):
        x_hat, deviation = self.saved()
        check_gradient_shape(self, dy, x_hat.shape)
        add_scale_and_shift_gradients(self, dy, x_hat)
        dx_hat = self.scale.data * dy
        return normalise_gradient(self._groups_of(dx_hat), self._groups_of(x_hat), deviation, (1, 3)).reshape(dy.shape)

    def _groups_of(self, x):
        """(batch, ..., n) -> (batch, positions, groups, n/groups)."""
        return x.reshape(len(x), -1, self.groups, self.n // self.groups)

    def __repr__(self):
        return f"GroupNorm({self.groups}, {self.n})"


def normalise(x, axes, eps):
    """x_hat, and the deviation sqrt(variance + eps), with mean and variance over the axes."""
    centred = x - x.mean(axis=axes, keepdims=True)
    variance = (centred * centred).mean(axis=axes, keepdims=True)
    deviation = array_module(x).sqrt(variance + eps)
    return centred / deviation, deviation


def normalise_gradient(dx_hat, x_hat, deviation, axes):
    """dx; the two means are what the dependence of the mean and of the variance on x takes away."""
    mean, product = dx_hat.mean(axis=axes, keepdims=True), (dx_hat * x_hat).mean(axis=axes, keepdims=True)
    return (dx_hat - mean - x_hat * product) / deviation


def add_scale_and_shift_gradients(layer, dy, x_hat):
    """dscale = sum dy * x_hat and dshift = sum dy, over all axes but the channels."""
    all_but_last = tuple(range(dy.ndim - 1))
    layer.scale.grad += (dy * x_hat).sum(axis=all_but_last)
    layer.shift.grad += dy.sum(axis=all_but_last)


def check_channels(layer, x):
    """Raise unless x is floats with the layer's n channels as the last axis, on its device."""
    check_float(layer, x)
    if x.ndim < 2 or x.shape[-1] != layer.n:
        raise ValueError(f"{layer!r} got an input of shape {x.shape}: expected {layer.n} channels as its last axis")
    check_device(layer, x, layer.scale)
