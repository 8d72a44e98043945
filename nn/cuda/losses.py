"""The Bernoulli likelihood and its gradient in one CUDA kernel."""

from .. import losses
from ..forms import array_module
from .elementwise import GPU_THREADS, elementwise

_bernoulli = elementwise(  # the loss in pieces, one a thread
    "raw T logits, raw T target, int64 size, int64 batch",
    "T loss, raw T dlogits",
    """
    loss = 0;
    for (ptrdiff_t k = i; k < size; k += _ind.size()) {
        T l = logits[k], x = target[k], e = exp(-abs(l));
        loss += max(l, T(0)) - l * x + log1p(e);
        dlogits[k] = ((l >= 0 ? T(1) : e) / (1 + e) - x) / batch;
    }
    loss /= batch;
    """,
    "bernoulli_nll",
)


def bernoulli_nll(logits, target, weights=None):
    """-log p(target) and its gradient for the logits; see `nn.losses.bernoulli_nll`, which computes weighted ones."""
    if weights is not None or not len(logits):
        return losses.bernoulli_nll.__wrapped__(logits, target, weights)
    target = losses.comparable("bernoulli_nll", logits, target)
    xp = array_module(logits)
    logits, target = xp.ascontiguousarray(logits), xp.ascontiguousarray(target)
    pieces, dlogits = (xp.empty(shape, logits.dtype) for shape in (min(logits.size, GPU_THREADS // 4), logits.shape))
    _bernoulli(logits, target, logits.size, len(logits), pieces, dlogits)
    return pieces.sum(), dlogits
