"""Random initial weights whose signals neither die out nor explode from layer to layer.

An initialiser is a function (shape, fan_in, fan_out, rng) -> float64 array.  fan_in and fan_out count the inputs
that one output sums over, and the outputs that one input feeds.
"""

import numpy as np


def xavier_uniform(shape, fan_in, fan_out, rng):
    """W ~ U[-a, a], a = sqrt(6 / (fan_in + fan_out)): variance 2 / (fan_in + fan_out).

    For tanh and sigmoid layers.  Glorot and Bengio (2010); dissertation, eq. 3.18.
    """
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, shape)


def he_normal(shape, fan_in, fan_out, rng):
    """W ~ N(0, 2 / fan_in): twice the variance, since a ReLU lets half of its input through.

    For ReLU layers.  He et al. (2015); dissertation, eq. 3.20.
    """
    return rng.normal(0, np.sqrt(2 / fan_in), shape)
