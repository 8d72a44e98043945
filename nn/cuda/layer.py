"""Zeros on a GPU that take no memory and no launch: the first gradient added to them becomes the gradient."""

from functools import lru_cache

import numpy as np


def zero_gradient(data):
    """An array of zeros like `data`; ``zeros += a`` is `a` itself (see `nn.fast.layer`)."""
    return _zeros(data.shape, np.dtype(data.dtype))
