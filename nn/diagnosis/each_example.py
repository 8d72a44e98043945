"""What does each example add to the gradient of a parameter?

The gradient of a parameter is a sum over the examples.  Asked with a dy that is 0 but for one example, the student's
backward tells that example's share, and the truth's shares are known.  In the shares the mistake stands as it was made,
before it is hidden in a sum: a mask, a factor of each example, a formula; or which factor of a product x^T d is wrong.
"""

import copy

import numpy as np

from .arrays.evidence import Evidence, distance, scale
from .arrays.match import Match
from .arrays.naming import explanations
from .arrays.products import wrong_factor

SUM = 1e-7  # the shares add up to the gradient, as a part of it


def each_example(label, cases):
    """A technique for a parameter's array."""

    def technique(evidence):
        truth = evidence.summands.get("example")
        if truth is None or not label.endswith(".grad") or any(case.is_random for case in cases):
            return []
        mine = [_shares(case, label) for case in cases]
        for shares, g in zip(mine, evidence.gradient, strict=True):
            if distance(shares.sum(axis=0), g) > SUM * scale(g):
                return []
        part = copy.copy(evidence)
        part.gradient, part.truth, part.summands, part.terms, part.mutants = mine, truth, {}, {}, {}
        part.label, part.axes = f"{label} (what each example adds to it)", ("example", *evidence.axes)
        part.quantities = _laid_over(part, cases)
        best = explanations(part)[0]
        if best.vague:
            return _factor_of_shares(label, part)
        where = "each example's share" if best.location == "everywhere" else f"{best.location} in each example's share"
        return [Match(best.name, best.seen, best.look, where)]

    return technique


def _shares(case, label):
    """(examples, *array): the gradient for the dy of one example after the other."""
    found = []
    for example in range(len(case.dy)):
        dy = np.zeros_like(case.dy)
        dy[example] = case.dy[example]
        case.start_again()
        case.forward()
        found.append(case.backward(dy)[label])
    return np.array(found)


def _laid_over(part, cases):
    """x, y, dy (and their means over positions), laid over the shares by their examples.

    Of the shape (examples, n) where the shares are that, else (examples, n, 1) and (examples, 1, m).
    """
    found, x = {}, cases[0].names[0]
    for name in (x, "dy", "y"):
        arrays = [{x: case.x, "dy": case.dy, "y": case.y}[name] for case in cases]
        if arrays[0].ndim > 2:
            name, arrays = f"mean({name})", [a.mean(axis=tuple(range(1, a.ndim - 1))) for a in arrays]
        for laid in (arrays, [a[..., None] for a in arrays], [a[:, None] for a in arrays]):
            if all(_fits(a, t) for a, t in zip(laid, part.truth, strict=True)):
                found[name] = laid
                break
    return found


def _fits(array, shares):
    same = (m in (1, n) for m, n in zip(array.shape, shares.shape, strict=False))
    return array.ndim == shares.ndim and len(array) == len(shares) and all(same)


def _factor_of_shares(label, part):
    shares = [pair for pairs in zip(part.gradient, part.truth, strict=True) for pair in zip(*pairs, strict=True)]
    return wrong_factor(Evidence([g for g, _ in shares], [t for _, t in shares], label=label))
