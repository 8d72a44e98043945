"""The Bernoulli likelihood with one exponential of -|l| for value and gradient, in few arrays."""

import numpy as np

from ..losses import comparable, shares


def bernoulli_nll(logits, target, weights=None):
    """-log p(target) and its gradient for the logits; see `nn.losses.bernoulli_nll`."""
    target, share = comparable("bernoulli_nll", logits, target), shares("bernoulli_nll", logits, weights)
    e = np.abs(logits)
    np.negative(e, out=e)
    np.exp(e, out=e)  # exp(-|l|)
    dlogits = np.minimum(logits, 0)
    np.exp(dlogits, out=dlogits)
    dlogits /= 1 + e  # sigmoid(l)
    dlogits -= target
    dlogits *= share
    terms = np.maximum(logits, 0)
    terms -= np.multiply(logits, target)
    terms += np.log1p(e, out=e)
    terms *= share
    return terms.sum(), dlogits
