"""What is known of well-known functions, recognised by what they compute.

A layer whose y is a normalised x is a batch norm, whatever it is called, and its dx has three terms.  Each function
here takes a `Case` and returns {array label: {"terms": {...}, "mutants": {...}, "quantities": {...}}}, or None if y is
not what it would be.
"""

import itertools

import numpy as np

from .arrays.evidence import distance, scale


def known_about(case):
    """What the first formula that computes the case's y says about its gradients; {} if there is none."""
    for formula in (normalisation, softmax):
        known = formula(case)
        if known is not None:
            return known
    return {}


def softmax(case):
    """y_j = exp(x_j) / sum_k exp(x_k);  dx = y dy - y sum_k dy_k y_k."""
    x, y, dy = case.x, case.y, case.dy
    if y.shape != x.shape or x.ndim < 2 or distance(y, _softmax(x)) > 1e-9:
        return None
    terms = {"y dy": y * dy, "the sum over the row": -y * (dy * y).sum(axis=-1, keepdims=True)}
    mutants = {
        "sum over the batch axis": y * (dy - (dy * y).sum(axis=0)),
        "sum over everything": y * (dy - (dy * y).sum()),
        "mean for sum": y * (dy - (dy * y).mean(axis=-1, keepdims=True)),
        "y forgotten in the sum": y * (dy - dy.sum(axis=-1, keepdims=True)),
    }
    return {f"d{case.names[0]}": {"terms": terms, "mutants": mutants}}


def _softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def normalisation(case):
    """y = scale x_hat + shift with x_hat = (x - mean) / deviation, over all axes but the last, or over the last.

    dx = (u - mean(u) - x_hat mean(u x_hat)) / deviation  with u = scale dy.
    """
    x, y = case.x, case.y
    if y.shape != x.shape or x.ndim < 2:
        return None
    vectors = {name: p.data for name, p in case.parameters.items() if p.data.shape == x.shape[-1:]}
    for axes in (tuple(range(x.ndim - 1)), (x.ndim - 1,)):
        for scale_name, shift_name in [
            *itertools.permutations(vectors, 2),
            *((v, None) for v in vectors),
            (None, None),
        ]:
            factor = vectors.get(scale_name, np.ones(x.shape[-1]))
            x_hat, deviation = _normalised(x, (y - vectors.get(shift_name, 0.0)) / factor, axes)
            if x_hat is not None:
                return _about_normalisation(case, axes, factor, x_hat, deviation, scale_name)
    return None


def _normalised(x, x_hat, axes):
    """(x_hat, deviation) if x_hat is the normalised x, with any eps; else (None, None)."""
    difference = x - x.mean(axis=axes, keepdims=True)
    deviation = np.sqrt((difference**2).mean(axis=axes, keepdims=True))
    with np.errstate(all="ignore"):
        deviation = deviation / np.sqrt((x_hat**2).mean(axis=axes, keepdims=True))
    if not np.isfinite(deviation).all() or distance(x_hat * deviation, difference) > 1e-8 * scale(x):
        return None, None
    return x_hat, deviation


def _about_normalisation(case, axes, factor, x_hat, deviation, scale_name):
    x, dy, u = case.x, case.dy, factor * case.dy
    m = np.prod([x.shape[axis] for axis in axes])

    def dx(m=m, u=u, deviation=deviation, x_hat=x_hat):
        through_mean = u.sum(axis=axes, keepdims=True) / m
        through_variance = x_hat * (u * x_hat).sum(axis=axes, keepdims=True) / m
        return (u - through_mean - through_variance) / deviation

    mean = u.mean(axis=axes, keepdims=True)
    terms = {
        "the direct term": u / deviation,
        "the term through the mean": -np.broadcast_to(mean, x.shape) / deviation,
        "the term through the variance": -x_hat * (u * x_hat).mean(axis=axes, keepdims=True) / deviation,
    }
    mutants = {
        "sum for mean": dx(m=1),
        "scale forgotten": dx(u=dy),
        "deviation forgotten": dx(deviation=1.0),
        "x for x_hat": dx(x_hat=x),
        "x - mean for x_hat": dx(x_hat=x_hat * deviation),
        "x for x_hat in one place": (u - mean - x * (u * x_hat).mean(axis=axes, keepdims=True)) / deviation,
    }
    if len(axes) > 1:
        mutants["m is the batch only"] = dx(m=len(x))
        mutants["m without the batch"] = dx(m=m / len(x))
    mutants["m - 1 for m"] = dx(m=m - 1)
    known = {f"d{case.names[0]}": {"terms": terms, "mutants": mutants, "quantities": {"deviation": deviation}}}
    if scale_name:
        over = tuple(range(x.ndim - 1))
        known[f"{scale_name}.grad"] = {
            "mutants": {
                "x for x_hat": (dy * x).sum(axis=over),
                "x - mean for x_hat": (dy * x_hat * deviation).sum(axis=over),
                "y for x_hat": (dy * case.y).sum(axis=over),
                "x_hat forgotten": dy.sum(axis=over),
            },
        }
    return known


def adam(gradients, start, learning_rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """(right, mutants): where Adam brings `start` with these gradients (one a step), and where the classic mistakes do.

    For ``diagnose(parameter - start, right - start, mutants=...)``.
    """

    def run(first_step=1, m_corrected=True, v_corrected=True, inside=False, squared=True, swapped=False, root=True):
        b1, b2 = (1 - beta1, 1 - beta2) if swapped else (beta1, beta2)
        theta, m, v = np.array(start, dtype=np.float64), 0.0, 0.0
        for t, g in enumerate(gradients, first_step):
            m = b1 * m + (1 - b1) * g
            v = b2 * v + (1 - b2) * (g * g if squared else g)
            m_hat = m / (1 - b1**t) if m_corrected else m
            v_hat = v / (1 - b2**t) if v_corrected else v
            below = np.sqrt(v_hat + eps) if inside else (np.sqrt(v_hat) if root else v_hat) + eps
            theta = theta - learning_rate * m_hat / below
        return theta

    with np.errstate(all="ignore"):
        mutants = {
            "no bias correction": run(m_corrected=False, v_corrected=False),
            "no bias correction of the first moment": run(m_corrected=False),
            "no bias correction of the second moment": run(v_corrected=False),
            "eps inside the root": run(inside=True),
            "t counted from 0": run(first_step=0),
            "t one too large": run(first_step=2),
            "root forgotten": run(root=False),
            "gradient not squared": run(squared=False),
            "1 - beta for beta": run(swapped=True),
        }
    return run(), mutants
