"""Exponentials that cannot overflow: each exponent below is at most 0."""

from .device import array_module


def exp_minus_abs(x):
    """e = exp(-|x|), in [0, 1] for every x, also for x = +-1000."""
    xp = array_module(x)
    e = xp.abs(x)
    xp.negative(e, out=e)
    return xp.exp(e, out=e)


def sigmoid(x, e=None):
    """1 / (1 + exp(-x)), written as exp(min(x, 0)) / (1 + e) with e = exp(-|x|).

    Pass `e` if `exp_minus_abs(x)` is at hand already.  Dissertation, Appendix A.2.
    """
    xp = array_module(x)
    e = exp_minus_abs(x) if e is None else e
    y = xp.minimum(x, 0)  # not `where(x >= 0, 1, e)`: a choice for each number takes longer than one more exponential
    xp.exp(y, out=y)
    y /= 1 + e
    return y


def softmax(x):
    """exp(x_j) / sum_k exp(x_k) over the last axis, after subtracting the largest x (dissertation, eq. D.1)."""
    xp = array_module(x)
    y = xp.exp(x - x.max(axis=-1, keepdims=True))
    y /= y.sum(axis=-1, keepdims=True)
    return y
