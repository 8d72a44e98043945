"""Adam in blocks that stay in the cache from line to line, on all threads."""

import math

import numpy as np

from .threads import on_all_threads

ELEMENTS = 2**18  # numbers of one array


def adam_update(thetas, gradients, ms, vs, t, learning_rate, beta1, beta2, eps):
    """Step t of Adam's rule, in place, with the constants of both corrections in two numbers.

    With root = sqrt(1 - beta2^t), so that sqrt(v_hat) = sqrt(v) / root:
    learning_rate * m_hat / (sqrt(v_hat) + eps) = step_size * m / (sqrt(v) + eps * root).
    """
    root = math.sqrt(1 - beta2**t)
    step_size = learning_rate * root / (1 - beta1**t)
    blocks = [block for arrays in zip(thetas, gradients, ms, vs, strict=True) for block in _blocks(*arrays)]
    blocks.sort(key=lambda block: -block[0].size)  # the small ones last: all threads end at about the same time
    on_all_threads(lambda *arrays: _update(*arrays, beta1, beta2, eps * root, step_size), blocks)


def _blocks(*arrays):
    """Views of the same elements of all arrays, `ELEMENTS` of them or fewer; of single numbers too."""
    arrays = [np.asarray(a) for a in arrays]
    first = arrays[0]
    if first.ndim == 0:
        return [[a.reshape(1) for a in arrays]]
    if first.size <= ELEMENTS:
        return [arrays]
    rows = math.ceil(len(first) / math.ceil(first.size / ELEMENTS))
    return [[a[start : start + rows] for a in arrays] for start in range(0, len(first), rows)]


def _update(theta, g, m, v, beta1, beta2, eps, step_size):
    work = g * (1 - beta1)
    m *= beta1
    m += work
    np.multiply(g, g, out=work)
    work *= 1 - beta2
    v *= beta2
    v += work
    np.sqrt(v, out=work)
    work += eps
    np.divide(m, work, out=work)
    work *= step_size
    theta -= work
