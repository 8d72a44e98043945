"""Batch normalisation in fewer passes over the memory.

Sums run over the batch first: those are few additions of long rows.  A value for each channel is repeated over the
positions of one example before it meets a batch: broadcasting would do the same in short loops over the channels.
x_hat = centred / deviation is never written down.
"""

import numpy as np


def normalise(x, mean, variance, scale, shift, eps):
    """y, x - mean and the deviation sqrt(variance + eps)."""
    return _normalise_centred(x - _over_positions(x, mean), variance, scale, shift, eps)


def normalise_batch(x, scale, shift, eps, running_mean, running_variance, weight):
    """`normalise` by the batch's own mean and variance, with which the running averages are moved."""
    mean = _mean_by_channel(x)
    centred = x - _over_positions(x, mean)
    variance = _mean_product_by_channel(centred, centred)
    running_mean += weight * (mean - running_mean)
    running_variance += weight * (variance - running_variance)
    return _normalise_centred(centred, variance, scale, shift, eps)


def _normalise_centred(centred, variance, scale, shift, eps):
    deviation = np.sqrt(variance + eps)
    y = centred * _over_positions(centred, scale / deviation)
    y += _over_positions(y, shift)
    return y, centred, deviation


def normalise_gradient(dy, centred, deviation, scale, training):
    """dx, dscale and dshift."""
    m = dy.size // len(deviation)
    mean_dy = _mean_by_channel(dy)
    mean_product = _mean_product_by_channel(dy, centred) / deviation  # of dy and x_hat
    dx_of_dy = _over_positions(dy, scale / deviation)
    if training:
        dx = centred * _over_positions(dy, -mean_product / deviation)
        dx += dy
        dx -= _over_positions(dy, mean_dy)
        dx *= dx_of_dy
    else:
        dx = dy * dx_of_dy
    return dx, m * mean_product, m * mean_dy


def _mean_by_channel(x):
    return _mean_over_positions(x.sum(axis=0), len(x))


def _mean_product_by_channel(a, b):
    """The mean of a * b for each channel; the product is never written down."""
    sums = np.einsum("bi,bi->i", a.reshape(len(a), -1), b.reshape(len(b), -1))
    return _mean_over_positions(sums.reshape(a.shape[1:]), len(a))


def _mean_over_positions(sums, batch):
    mean = sums.reshape(-1, sums.shape[-1]).sum(axis=0) if sums.ndim > 1 else sums
    mean /= batch * (sums.size // sums.shape[-1])
    return mean


def _over_positions(x, values):
    """A value for each channel, (n,), repeated over the positions of one example of x: (1, ..., n)."""
    return np.broadcast_to(values, (1, *x.shape[1:])).copy() if x.ndim > 2 else values
