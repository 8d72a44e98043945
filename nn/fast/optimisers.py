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
    on_all_threads(lambda *arrays: _update(*arrays, beta1, beta2, eps * root, step_size), blocks)


def _blocks(*arrays):
    """Views of the same elements of all arrays, `ELEMENTS` of them or fewer; of single numbers too."""
    if arrays[0].ndim == 0 or arrays[0].size <= ELEMENTS:
        return [tuple(np.atleast_1d(np.asarray(a)) for a in arrays)]
    rows = max(1, ELEMENTS // math.prod(arrays[0].shape[1:]))
    return [tuple(np.asarray(a)[start : start + rows] for a in arrays) for start in range(0, len(arrays[0]), rows)]


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
