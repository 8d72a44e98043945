"""The truth: how every output moves with every element of one array.

    D(h) = [ f(a + h e) - f(a - h e) ] / (2 h),      J e = [ 4 D(h/2) - D(h) ] / 3  +  O(h^4)     (Richardson)

in float64.  Where the two steps disagree (a kink, such as a ReLU's at 0, lies within them), shorter steps are tried.
"""

import numpy as np

STEPS = (2e-3, 2e-5, 2e-6)  # times max(1, |a|)
AGREE = (1e-5, 1e-8, np.inf)  # D(h) and D(h/2) may differ by so much: their h^2 term, or else a kink
LARGEST = 20_000_000  # numbers in a Jacobian


def jacobian(function, array, elements=None):
    """The derivatives of function() for every element of `array`: shape array.shape + output.shape.

    With `elements`, flat indices, only for those: shape (len(elements), *output.shape).

    The array is moved in place and put back.  Raises ValueError where that would be too many numbers.
    """
    output = np.asarray(function())
    if elements is None and array.size * output.size > LARGEST:
        raise ValueError(
            f"a gradient of {array.size} numbers for {output.size} outputs is too large for a diagnosis: "
            "give a smaller example (a few examples, small images, few channels)"
        )
    flat = array.reshape(-1)
    if not np.shares_memory(flat, array):
        raise ValueError("only C-contiguous arrays can be moved in place")
    columns = np.array([_column(function, flat, k) for k in (range(array.size) if elements is None else elements)])
    return columns.reshape(array.shape + output.shape) if elements is None else columns


def _column(function, flat, k):
    best, good = None, False
    for relative, agree in zip(STEPS, AGREE, strict=True):
        step = relative * max(1.0, abs(flat[k]))
        whole, half = _difference(function, flat, k, step), _difference(function, flat, k, step / 2)
        error, size = np.abs(whole - half), 1 + np.abs(half)
        value = (4 * half - whole) / 3
        best = value if best is None else np.where(good, best, value)
        good = good | (error <= agree * size)
        if good.all():
            break
    return best


def _difference(function, flat, k, step):
    kept = flat[k]
    flat[k] = kept + step
    above = np.array(function(), dtype=np.float64)
    flat[k] = kept - step
    below = np.array(function(), dtype=np.float64)
    flat[k] = kept
    return (above - below) / (2 * step)
