"""Which factor of a matrix product is wrong?

Of truth = A B the columns lie in the span of A's, and the rows in that of B's.  Where the rank is small enough for that
to say something, a gradient whose columns lie in the same span has the right A, and so a wrong B.
"""

import numpy as np

from .evidence import scale
from .match import Match

LEFT_OVER = 1e-6
WAY = {
    (True, False): ("second", "first"),
    (False, True): ("first", "second"),
}


def wrong_factor(evidence):
    """A technique: an observation without a name."""
    pairs = [(g, t) for g, t in zip(evidence.gradient, evidence.truth, strict=True) if t.ndim == 2]
    kept = [_within(g, t) for g, t in pairs], [_within(g.T, t.T) for g, t in pairs]
    said = tuple(True in found and False not in found for found in kept)
    denied = tuple(False in found for found in kept)
    if said not in WAY or not denied[said.index(False)]:
        return []
    wrong, right = WAY[said]
    label = evidence.label
    seen = f"as a matrix product your {label} has the right {right} factor, and a wrong {wrong} one"
    return [Match(None, seen, "Which arrays are multiplied there?", f"the {wrong} factor of the product")]


def _within(gradient, truth):
    """Whether the gradient's columns lie in the span of the truth's; None where that says nothing.

    Of rows that add up to 0 the rank is one too small, too: that is no product.
    """
    live = (gradient != 0) | (truth != 0)
    truth, gradient = (a[live.any(axis=1)][:, live.any(axis=0)] for a in (truth, gradient))
    if not truth.size:
        return None
    left, singular, _ = np.linalg.svd(truth, full_matrices=False)
    rank = int((singular > 1e-8 * singular[0]).sum())
    if not 0 < rank < min(truth.shape) - 1 or not np.isfinite(gradient).all():
        return None
    span = left[:, :rank]
    return bool(np.abs(gradient - span @ (span.T @ gradient)).max() <= LEFT_OVER * scale(gradient))
