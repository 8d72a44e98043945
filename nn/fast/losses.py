"""The Bernoulli likelihood with one exponential of -|l| for value and gradient, in few arrays."""

import numpy as np

from ..losses import comparable


def bernoulli_nll(logits, target):
    """-log p(target) and its gradient for the logits; see `nn.losses.bernoulli_nll`."""
    target, batch = comparable("bernoulli_nll", logits, target), len(logits)
    e = np.abs(logits)
    np.negative(e, out=e)
    np.exp(e, out=e)  # exp(-|l|)
    dlogits = np.minimum(logits, 0)
    np.exp(dlogits, out=dlogits)
    dlogits /= 1 + e  # sigmoid(l)
    dlogits -= target
    dlogits /= batch
    terms = np.maximum(logits, 0)
    terms -= np.multiply(logits, target)
    terms += np.log1p(e, out=e)
    return terms.sum() / batch, dlogits
