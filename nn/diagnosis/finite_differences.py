"""The truth: how every output moves with every element of one array.

    D(h) = [ f(a + h e) - f(a - h e) ] / (2 h),      J e = [ 4 D(h/2) - D(h) ] / 3  +  O(h^4)     (Richardson)

in float64.  Where the two steps disagree (a kink, such as a ReLU's at 0, lies within them), shorter steps are tried.
"""

import numpy as np

STEPS = (2e-3, 2e-5, 2e-6)  # times max(1, |a|)
AGREE = (1e-5, 1e-8, np.inf)  # D(h) and D(h/2) may differ by so much: their h^2 term, or else a kink
LARGEST = 20_000_000  # numbers in a Jacobian


def jacobian(function, array):
    """The derivatives of function(array) for every element of `array`: shape array.shape + output.shape.

    The array is moved in place and put back.  Raises ValueError where that would be too many numbers.
    """
    output = np.asarray(function())
    if array.size * output.size > LARGEST:
        raise ValueError(
            f"a gradient of {array.size} numbers for {output.size} outputs is too large for a diagnosis: "
            "give a smaller example (a few examples, small images, few channels)"
        )
    result = np.empty((array.size, *output.shape))
    flat = array.reshape(-1)
    if not np.shares_memory(flat, array):
        raise ValueError("only C-contiguous arrays can be moved in place")
    for k in range(array.size):
        result[k] = _column(function, flat, k)
    return result.reshape(array.shape + output.shape)


def _column(function, flat, k):
    best = None
    for relative, agree in zip(STEPS, AGREE, strict=True):
        step = relative * max(1.0, abs(flat[k]))
        whole, half = _difference(function, flat, k, step), _difference(function, flat, k, step / 2)
        error, size = np.abs(whole - half), 1 + np.abs(half)
        value = (4 * half - whole) / 3
        best = value if best is None else np.where(good, best, value)
        good = (error <= agree * size) if relative == STEPS[0] else good | (error <= agree * size)
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
