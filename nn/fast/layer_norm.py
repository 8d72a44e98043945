"""Group normalisation in fewer passes over the memory.

Sums run over the positions first, additions of long rows, and a group's value is repeated for its channels before it
meets x: NumPy would do both in loops as short as a group.  With one position there is nothing to gain.
"""

import math

import numpy as np

from .. import layer_norm

plain = layer_norm.normalise_groups.__wrapped__
plain_gradient = layer_norm.normalise_groups_gradient.__wrapped__


def normalise_groups(x, eps):
    """x_hat and the deviation of each group."""
    if x.shape[1] == 1:
        return plain(x, eps)
    x_hat = x - _for_channels(_mean(x.sum(axis=1), x), x)
    deviation = np.sqrt(_mean(_sum_product(x_hat, x_hat), x) + eps)
    x_hat *= _for_channels(1 / deviation, x)
    return x_hat, deviation


def normalise_groups_gradient(dx_hat, x_hat, deviation):
    """dx."""
    if dx_hat.shape[1] == 1:
        return plain_gradient(dx_hat, x_hat, deviation)
    dx = x_hat * _for_channels(-_mean(_sum_product(dx_hat, x_hat), x_hat), x_hat)
    dx += dx_hat
    dx -= _for_channels(_mean(dx_hat.sum(axis=1), dx), dx)
    dx *= _for_channels(1 / deviation, dx)
    return dx


def _sum_product(a, b):
    """The sum of a * b over the positions, (rows, groups, channels); the product is never written down."""
    rows, positions, *channels = a.shape
    flat = rows, positions, math.prod(channels)
    return np.einsum("rpk,rpk->rk", a.reshape(flat), b.reshape(flat)).reshape(rows, *channels)


def _mean(sums, x):
    """The means of x, (rows, 1, groups, 1), from its sums over the positions, (rows, groups, channels)."""
    return sums.sum(axis=-1)[:, None, :, None] / (x.shape[1] * x.shape[3])


def _for_channels(values, x):
    """A value for each group, (rows, 1, groups, 1), once for each of its channels."""
    return np.repeat(values, x.shape[3], axis=3)
