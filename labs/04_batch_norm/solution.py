"""Lab 4: batch normalisation."""

import numpy as np


class Parameter:
    """Numbers that training adjusts: ``data``, and in ``grad`` the gradient of the loss for them."""

    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)


class BatchNorm:
    """y = scale * x_hat + shift,  x_hat = (x - mean) / sqrt(variance + eps), for each channel by itself.

    x, y : (batch, n) or (batch, height, width, n): a channel is normalised over all axes but the last.
    In training, mean and variance are the batch's own (the variance divided by m, the number of values a channel has).
    In evaluation they are the running averages, which each training step moves:
    running <- momentum * running + (1 - momentum) * value.
    """

    def __init__(self, scale, shift, momentum=0.9, eps=1e-3):
        self.scale, self.shift = Parameter(scale), Parameter(shift)
        self.momentum, self.eps = momentum, eps
        self.running_mean = np.zeros_like(scale)
        self.running_variance = np.ones_like(scale)

    def forward(self, x, training=True):
        """Return y, of x's shape; keep in ``self`` what backward needs; in training, move the running averages."""
        # BEGIN SOLUTION
        axes = tuple(range(x.ndim - 1))
        mean, variance = self.running_mean, self.running_variance
        if training:
            mean, variance = x.mean(axis=axes), x.var(axis=axes)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_variance = self.momentum * self.running_variance + (1 - self.momentum) * variance
        self.inverse_deviation = 1 / np.sqrt(variance + self.eps)
        self.x_hat = (x - mean) * self.inverse_deviation
        self.training = training
        return self.scale.data * self.x_hat + self.shift.data
        # END SOLUTION

    def backward(self, dy):
        """ADD the gradients to ``self.scale.grad`` and ``self.shift.grad``, and return dx.

        In training, mean and variance depend on x; in evaluation they are constants.
        """
        # BEGIN SOLUTION
        axes = tuple(range(dy.ndim - 1))
        m = dy.size // dy.shape[-1]
        dshift = dy.sum(axis=axes)
        dscale = (dy * self.x_hat).sum(axis=axes)
        self.shift.grad += dshift
        self.scale.grad += dscale
        factor = self.scale.data * self.inverse_deviation
        if not self.training:
            return factor * dy
        return factor * (dy - dshift / m - self.x_hat * dscale / m)
        # END SOLUTION
