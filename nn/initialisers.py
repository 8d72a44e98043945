"""Random initial weights whose signals neither die out nor explode from layer to layer.

An initialiser is a function (shape, fan_in, fan_out, rng) -> float64 array.  fan_in and fan_out count the inputs
that one output sums over, and the outputs that one input feeds.
"""

import math

import numpy as np

from .type_hints import Array, Shape


def xavier_uniform(shape: Shape, fan_in: float, fan_out: float, rng: np.random.Generator) -> Array:
    """W ~ U[-a, a], a = sqrt(6 / (fan_in + fan_out)): variance 2 / (fan_in + fan_out).

    For tanh and sigmoid layers.  Glorot and Bengio (2010); dissertation, eq. 3.18.
    """
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, shape)


def he_normal(shape: Shape, fan_in: float, fan_out: float, rng: np.random.Generator) -> Array:
    """W ~ N(0, 2 / fan_in): twice the variance, since a ReLU lets half of its input through.

    For ReLU layers.  He et al. (2015); dissertation, eq. 3.20.
    """
    return rng.normal(0, np.sqrt(2 / fan_in), shape)


def truncated_normal(shape: Shape, fan_in: float, fan_out: float, rng: np.random.Generator) -> Array:
    """W ~ N(0, sigma^2), where draws beyond 2 sigma are drawn again; sigma so that the variance becomes 1 / fan_in.

    Keeps the variance of signals in linear and tanh layers, and in deep networks of them no weight stands out.
    The variance of such a W is sigma^2 (1 - 2 * 2 phi(2) / (2 Phi(2) - 1)) = 0.7737 sigma^2 with the density phi and
    the distribution function Phi of N(0, 1).  LeCun et al. (1998), Efficient BackProp, section 4.6; Keras calls it
    lecun_normal.
    """
    z = rng.normal(size=shape)
    while (far := np.abs(z) > 2).any():
        z[far] = rng.normal(size=far.sum())
    return z * np.sqrt(1 / fan_in / 0.7737413)


def orthogonal(shape: Shape, fan_in: float, fan_out: float, rng: np.random.Generator) -> Array:
    """A random W with orthonormal columns (or rows, if those are fewer): lengths of signals stay exactly as they are.

    W is a matrix (product of all other axes, last axis), for `Dense` (n_in, n_out); W^T W = I or W W^T = I.
    By the QR decomposition of a normal matrix; all such W are equally likely once R's diagonal is made positive.
    Saxe et al. (2014), section 3; multiply by sqrt(2) before a ReLU.  fan_in and fan_out are not used.
    """
    rows, columns = math.prod(shape[:-1]), shape[-1]
    q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
    q = q * np.sign(np.diag(r))  # orthonormal columns
    return (q if rows >= columns else q.T).reshape(shape)
