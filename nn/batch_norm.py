"""Batch normalisation."""

import numpy as np

from .device import to_device
from .forms import array_module, several_forms
from .layer import Layer, Parameter, check_device, check_float, check_gradient_shape
from .type_hints import Array, Device, DType, Seed


class BatchNorm(Layer):
    """y = scale * x_hat + shift, x_hat = (x - mean) / sqrt(variance + eps), for each channel by itself.

    x, y : (batch, n) or (batch, height, width, n); mean and variance are taken over all axes but the last, so a
    convolution's channel is normalised over the batch and all positions.

    In training, mean and (biased) variance are the batch's own (Ioffe and Szegedy 2015; dissertation, Algorithm 4).
    They depend on x, hence three terms in the gradient, with m the number of values a channel has in the batch:

        dshift = sum dy          dscale = sum dy * x_hat
        dx = scale / sqrt(variance + eps) * (dy - dshift / m - x_hat * dscale / m)

    In evaluation they are the running averages: constants, so dx = scale / sqrt(variance + eps) * dy.

    The running averages are exponential ones, a <- momentum a + (1 - momentum) value from a = 0, with Adam's bias
    correction, r = a / (1 - momentum^t) after t steps, which makes them right after a few steps too.  Both in one:
    r <- r + w (value - r),  w = (1 - momentum) / (1 - momentum^t).  (PyTorch does not correct the bias, and averages
    the unbiased variance.)

    Parameters
    ----------
    n : number of channels.
    momentum : how much of the running averages each training step keeps.
    eps : added to the variance; keeps a constant channel finite.
    rng : not used; here so that all layers with parameters are made alike.
    dtype : float32 or float64.

    Attributes: ``scale`` and ``shift``, Parameters of shape (n,); ``running_mean`` and ``running_variance``, arrays
    (n,), 0 and 1 before the first training step.
    Raises ValueError if the last axis of x is not n, or if in training a channel has one value only.
    """

    differs_in_training = True

    def __init__(
        self, n: int, momentum: float = 0.999, eps: float = 1e-4, *, rng: Seed = None, dtype: DType = np.float32
    ):
        if n < 1:
            raise ValueError(f"BatchNorm needs at least one channel, got {n}")
        if not 0 <= momentum < 1:
            raise ValueError(f"BatchNorm's momentum must be in [0, 1), got {momentum}")
        self.n, self.momentum, self.eps = n, float(momentum), float(eps)
        self.scale = Parameter(np.ones(n, dtype), "scale")
        self.shift = Parameter(np.zeros(n, dtype), "shift")
        self.running_mean, self.running_variance = np.zeros(n, dtype), np.ones(n, dtype)
        self._steps = np.zeros((), np.int64)

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self._check(x, training)
        scale, shift, eps = self.scale.data, self.shift.data, self.eps
        if training:
            self._steps += 1
            weight = (1 - self.momentum) / (1 - self.momentum ** int(self._steps))
            y, centred, deviation = normalise_batch(
                x, scale, shift, eps, self.running_mean, self.running_variance, weight
            )
        else:
            y, centred, deviation = normalise(x, self.running_mean, self.running_variance, scale, shift, eps)
        self.save_for_backward(centred, deviation, training)
        return y

    def backward(self, dy: Array) -> Array:
        centred, deviation, training = self.saved()
        check_gradient_shape(self, dy, centred.shape)
        dx, dscale, dshift = normalise_gradient(dy, centred, deviation, self.scale.data, training)
        self.scale.grad += dscale
        self.shift.grad += dshift
        return dx

    def arrays(self) -> dict[str, Array]:
        return super().arrays() | {
            "running_mean": self.running_mean, "running_variance": self.running_variance, "steps": self._steps
        }  # fmt: skip

    def to_device(self, device: Device) -> None:
        super().to_device(device)
        self.running_mean = to_device(self.running_mean, device)
        self.running_variance = to_device(self.running_variance, device)

    def _check(self, x, training):
        check_float(self, x)
        if x.ndim < 2 or x.shape[-1] != self.n:
            raise ValueError(f"{self!r} got an input of shape {x.shape}: expected {self.n} channels as its last axis")
        if training and x.size <= self.n:
            raise ValueError(
                f"{self!r} got an input of shape {x.shape} in training: one value a channel has no variance; give it a "
                "larger batch"
            )
        check_device(self, x, self.scale)

    def __repr__(self):
        return f"BatchNorm({self.n})"


@several_forms
def normalise(x, mean, variance, scale, shift, eps):
    """y, and for the gradient x - mean and the deviation sqrt(variance + eps)."""
    centred = x - mean
    deviation = array_module(x).sqrt(variance + eps)
    y = scale * (centred / deviation) + shift
    return y, centred, deviation


@several_forms
def normalise_batch(x, scale, shift, eps, running_mean, running_variance, weight):
    """`normalise` by the batch's own mean and variance, with which the running averages are moved."""
    all_but_last = tuple(range(x.ndim - 1))
    mean, variance = x.mean(axis=all_but_last), x.var(axis=all_but_last)
    running_mean += weight * (mean - running_mean)
    running_variance += weight * (variance - running_variance)
    return normalise(x, mean, variance, scale, shift, eps)


@several_forms
def normalise_gradient(dy, centred, deviation, scale, training):
    """dx, dscale and dshift."""
    all_but_last = tuple(range(dy.ndim - 1))
    x_hat = centred / deviation
    dshift = dy.sum(axis=all_but_last)
    dscale = (dy * x_hat).sum(axis=all_but_last)
    if training:
        m = dy.size // scale.size
        dx = scale / deviation * (dy - dshift / m - x_hat * (dscale / m))
    else:
        dx = scale / deviation * dy
    return dx, dscale, dshift
