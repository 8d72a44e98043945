"""Batch normalisation."""

import numpy as np

from .device import array_module, to_device
from .layer import Layer, check_float, check_gradient_shape
from .parameter import Parameter


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
    Raises ValueError if the last axis of x is not n.
    """

    def __init__(self, n, momentum=0.999, eps=1e-4, *, rng=None, dtype=np.float32):
        if n < 1:
            raise ValueError(f"BatchNorm needs at least one channel, got {n}")
        if not 0 <= momentum < 1:
            raise ValueError(f"BatchNorm's momentum must be in [0, 1), got {momentum}")
        self.n, self.momentum, self.eps = n, float(momentum), float(eps)
        self.scale = Parameter(np.ones(n, dtype), "scale")
        self.shift = Parameter(np.zeros(n, dtype), "shift")
        self.running_mean, self.running_variance = np.zeros(n, dtype), np.ones(n, dtype)
        self._steps = np.zeros((), np.int64)

    def forward(self, x, *, training=False):
        self._check(x)
        xp = array_module(x)
        if training:
            mean = mean_over_batch(x)
            x_hat = x - self._like(x, mean)
            variance = mean_over_batch(x_hat * x_hat)
            self._update_averages(mean, variance)
        else:
            x_hat = x - self._like(x, self.running_mean)
            variance = self.running_variance
        inverse_deviation = 1 / xp.sqrt(variance + self.eps)
        x_hat *= self._like(x, inverse_deviation)
        self.keep(x_hat, inverse_deviation, training)
        y = x_hat * self._like(x, self.scale.data)
        y += self._like(x, self.shift.data)
        return y

    def backward(self, dy):
        x_hat, inverse_deviation, training = self.kept()
        check_gradient_shape(self, dy, x_hat.shape)
        dshift = mean_over_batch(dy)  # both still divided by m
        dscale = mean_over_batch(dy * x_hat)
        m = dy.size // self.n
        self.shift.grad += m * dshift
        self.scale.grad += m * dscale
        dx_of_dy = self._like(dy, self.scale.data * inverse_deviation)
        if not training:
            return dy * dx_of_dy
        dx = x_hat * self._like(dy, -dscale)
        dx += dy
        dx -= self._like(dy, dshift)
        dx *= dx_of_dy
        return dx

    def parameters(self):
        return [self.scale, self.shift]

    def state(self):
        return super().state() | {
            "running_mean": self.running_mean, "running_variance": self.running_variance, "steps": self._steps
        }  # fmt: skip

    def to_device(self, device):
        super().to_device(device)
        self.running_mean = to_device(self.running_mean, device)
        self.running_variance = to_device(self.running_variance, device)

    def _update_averages(self, mean, variance):
        self._steps += 1
        weight = (1 - self.momentum) / (1 - self.momentum ** int(self._steps))
        self.running_mean += weight * (mean - self.running_mean)
        self.running_variance += weight * (variance - self.running_variance)

    def _like(self, x, values):
        """A value for each channel, (n,), repeated over the positions of one example, (1, ..., n).

        Broadcasting would do the same in short loops over n; over whole examples it is several times faster.
        """
        return array_module(x).broadcast_to(values, (1, *x.shape[1:])).copy() if x.ndim > 2 else values

    def _check(self, x):
        check_float(self, x)
        if x.ndim < 2 or x.shape[-1] != self.n:
            raise ValueError(f"{self!r} got an input of shape {x.shape}: expected {self.n} channels as its last axis")

    def __repr__(self):
        return f"BatchNorm({self.n})"


def mean_over_batch(x):
    """The mean over all axes but the last: (..., n) -> (n,).

    Summed over the batch first: those are few additions of long rows, which is fast and loses little precision.
    """
    total = x.sum(axis=0).reshape(-1, x.shape[-1]).sum(axis=0)
    total /= x.size // x.shape[-1]
    return total
