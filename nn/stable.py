"""Exponentials that cannot overflow: each exponent below is at most 0."""

import numpy as np

from .forms import array_module


def sigmoid(x):
    """1 / (1 + exp(-x)), written as exp(min(x, 0)) / (1 + exp(-|x|)) (dissertation, Appendix A.2)."""
    xp = array_module(x)
    return xp.exp(xp.minimum(x, 0)) / (1 + xp.exp(-xp.abs(x)))


def softmax(x):
    """exp(x_j) / sum_k exp(x_k) over the last axis, after subtracting the largest x (dissertation, eq. D.1)."""
    y = array_module(x).exp(x - x.max(axis=-1, keepdims=True))
    return y / y.sum(axis=-1, keepdims=True)


def softplus(x):
    """log(1 + exp(x)), written as max(x, 0) + log(1 + exp(-|x|))."""
    xp = array_module(x)
    return xp.maximum(x, 0) + xp.log1p(xp.exp(-xp.abs(x)))


def erf(x):
    """2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x: SciPy's, or CuPy's, as NumPy has none."""
    if array_module(x) is np:
        from scipy.special import erf
    else:
        from cupyx.scipy.special import erf
    return erf(x)
