"""Adam for all parameters in one CUDA kernel: launching many takes longer than running them."""

import math
from functools import lru_cache

import numpy as np

from ..forms import array_module, check_together
from .elementwise import elementwise

_adam = elementwise(
    "raw T like, raw uint64 addresses, raw int64 starts, int32 arrays, T beta1, T beta2, T rest1, T rest2, T eps, "
    "T step_size",
    "",
    """
    int low = 0, high = arrays;  // which array does number i belong to?  Bisection in the list of where they start
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (starts[middle] <= i) low = middle; else high = middle;
    }
    ptrdiff_t k = i - starts[low];
    T &theta = reinterpret_cast<T*>(addresses[4 * low])[k];
    T g = reinterpret_cast<T*>(addresses[4 * low + 1])[k];
    T &m = reinterpret_cast<T*>(addresses[4 * low + 2])[k];
    T &v = reinterpret_cast<T*>(addresses[4 * low + 3])[k];
    m = beta1 * m + rest1 * g;
    v = beta2 * v + rest2 * g * g;
    theta -= step_size * m / (sqrt(v) + eps);
    """,
    "adam_update",
)


def adam_update(thetas, gradients, ms, vs, t, learning_rate, beta1, beta2, eps):
    """Step t of Adam's rule, in place, with the constants in two numbers as in `nn.fast.optimisers`.

    Raises ValueError unless all arrays are in C order and of one dtype.
    """
    root = math.sqrt(1 - beta2**t)
    step_size = learning_rate * root / (1 - beta1**t)
    check_together("Adam", thetas, gradients, ms, vs)
    xp, like = array_module(thetas[0]), thetas[0]
    gradients = [xp.ascontiguousarray(g) for g in gradients]  # one that is still zero has no memory of its own
    arrays = [array for four in zip(thetas, gradients, ms, vs, strict=True) for array in four]
    if not all(array.dtype == like.dtype and array.flags.c_contiguous for array in arrays):
        raise ValueError(
            "Adam on a GPU takes parameters of one dtype in C order: use parameter.data = xp.ascontiguousarray(...)"
        )
    table = _table(xp, tuple(array.data.ptr for array in arrays), tuple(theta.size for theta in thetas))
    addresses, starts, total = table
    _adam(
        like, addresses, starts, len(thetas), beta1, beta2, 1 - beta1, 1 - beta2, eps * root, step_size, size=total
    )  # fmt: skip


@lru_cache(maxsize=64)
def _table(xp, addresses, sizes):
    """(addresses, starts, total): where the arrays are, and the number of each parameter's first element among all.

    The two arrays go to the GPU only when that changes.
    """
    *starts, total = np.cumsum([0, *sizes]).tolist()
    return xp.asarray(np.array(addresses, np.uint64)), xp.asarray(np.array(starts, np.int64)), total
