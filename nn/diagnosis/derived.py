"""What may stand in a formula besides the given arrays: differences of two, and a softmax or sigmoid of one."""

import itertools

import numpy as np

GRADIENTS = ("dy", "dz")


def derived(arrays, shape):
    """{words without blanks: array of this shape}, made of the arrays (of floats) that have it."""
    same = {name: a for name, a in arrays.items() if a.shape == shape and name not in GRADIENTS}
    found = {f"({m}-{n})": a - b for (m, a), (n, b) in itertools.combinations(same.items(), 2)}
    for name, a in same.items():
        if a.ndim > 1:
            with np.errstate(over="ignore"):
                found |= {f"sigmoid({name})": 1 / (1 + np.exp(-a)), f"softmax({name})": softmax(a)}
    return found


def softmax(x):
    """Along the last axis."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
