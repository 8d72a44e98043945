"""Adam for up to 32 parameters in one CUDA kernel: launching many takes longer than running them."""

import math
from functools import lru_cache

import numpy as np

from ..forms import array_module, check_together
from .elementwise import elementwise

GROUP = 32  # parameters of one launch

# Where parameters and moments are stands in a table in the GPU's memory.  Gradients are elsewhere in every step: their
# addresses are arguments, which cost no copy.
_cases = " ".join(f"case {k}: g_address = g{k}; break;" for k in range(GROUP))
_adam = elementwise(
    "raw T like, raw uint64 addresses, raw int64 starts, int32 arrays, T beta1, T beta2, T rest1, T rest2, T eps, "
    "T step_size, " + ", ".join(f"uint64 g{k}" for k in range(GROUP)),
    "",
    f"""
    int low = 0, high = arrays;  // which array does number i belong to?  Bisection in the list of where they start
    while (high - low > 1) {{
        int middle = (low + high) / 2;
        if (starts[middle] <= i) low = middle; else high = middle;
    }}
    unsigned long long g_address = 0;
    switch (low) {{ {_cases} }}
    ptrdiff_t k = i - starts[low];
    T &theta = reinterpret_cast<T*>(addresses[3 * low])[k];
    T &m = reinterpret_cast<T*>(addresses[3 * low + 1])[k];
    T &v = reinterpret_cast<T*>(addresses[3 * low + 2])[k];
    T g = reinterpret_cast<T*>(g_address)[k];
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
    check_together("Adam", thetas, gradients, ms, vs)
    xp, dtype = array_module(thetas[0]), thetas[0].dtype
    gradients = [xp.ascontiguousarray(g) for g in gradients]  # one that is still zero has no memory of its own
    arrays = [*thetas, *gradients, *ms, *vs]
    if not all(array.dtype == dtype and array.flags.c_contiguous for array in arrays):
        raise ValueError(
            "Adam on a GPU takes parameters of one dtype in C order: use parameter.data = xp.ascontiguousarray(...)"
        )
    root = math.sqrt(1 - beta2**t)
    constants = beta1, beta2, 1 - beta1, 1 - beta2, eps * root, learning_rate * root / (1 - beta1**t)
    for start in range(0, len(thetas), GROUP):
        group = slice(start, start + GROUP)
        _update(xp, thetas[group], gradients[group], ms[group], vs[group], constants)


def _update(xp, thetas, gradients, ms, vs, constants):
    addresses = tuple(array.data.ptr for three in zip(thetas, ms, vs, strict=True) for array in three)
    table, starts, total = _table(xp, addresses, tuple(theta.size for theta in thetas))
    pointers = [g.data.ptr for g in gradients] + [0] * (GROUP - len(gradients))
    _adam(thetas[0], table, starts, len(thetas), *constants, *pointers, size=total)


@lru_cache(maxsize=64)
def _table(xp, addresses, sizes):
    """(addresses, starts, total): where the arrays are, and the number of each parameter's first element among all.

    The two arrays go to the GPU only when that changes.
    """
    *starts, total = np.cumsum([0, *sizes]).tolist()
    return xp.asarray(np.array(addresses, np.uint64)), xp.asarray(np.array(starts, np.int64)), total
