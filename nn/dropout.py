"""Dropout."""

import numpy as np

from .device import to_device
from .forms import device_of
from .layer import Layer, check_float, check_gradient_shape
from .type_hints import Array, Seed


class Dropout(Layer):
    """y = x * mask / (1 - rate) in training, each number of the mask 0 with probability `rate` and else 1;  y = x else.

    The factor 1 / (1 - rate) keeps the mean of y at x, so that nothing has to be rescaled in evaluation.  The mask is
    a constant for this forward, hence dx = dy * mask / (1 - rate).

    x, y : any shape, float.  The mask is drawn on the host whatever the device, so that a training on a GPU sees the
    same masks.  `check_gradients` rewinds the generator before every forward, so the layer can be checked in training.

    Parameters
    ----------
    rate : the share of numbers to drop, from 0 to less than 1.
    rng : numpy Generator (or seed) that draws the masks.  It is no part of `state()`: a training that is read from a
        file goes on with other masks.

    Raises ValueError for another rate.
    Source: Srivastava et al. (2014), section 4, with the factor moved from evaluation to training (section 10).
    """

    differs_in_training = True

    def __init__(self, rate: float = 0.5, *, rng: Seed = None):
        if not 0 <= rate < 1:
            raise ValueError(f"Dropout's rate must be in [0, 1), got {rate}")
        self.rate, self.rng = float(rate), np.random.default_rng(rng)

    def forward(self, x: Array, *, training: bool = False) -> Array:
        check_float(self, x)
        mask = to_device(self.rng.random(x.shape, np.float32) >= self.rate, device_of(x)) if training else None
        self.save_for_backward(mask, x.shape)
        return x if mask is None else x * mask / (1 - self.rate)

    def backward(self, dy: Array) -> Array:
        mask, shape = self.saved()
        check_gradient_shape(self, dy, shape)
        return dy if mask is None else dy * mask / (1 - self.rate)

    def __repr__(self):
        return f"Dropout({self.rate})"
