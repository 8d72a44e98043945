"""A matrix product of which one factor is known: what is the other one, and what should it be?

If truth = A N with a known table A of fewer columns than rows, then N follows from the truth, and M from the gradient =
A M, if it is such a product.  So A is right where it stands, and the mistake is what makes M differ from N, which is
looked for in the same way again.
"""

import numpy as np

from .evidence import Evidence, scale
from .match import Match

EXACT = 1e-7
FEWEST = 16  # elements of the other factor
CONDITION = 1e6


def known_factor(evidence, explain):
    """An observation without a name; explain(evidence) gives the matches for the other factor."""
    if any(t.ndim != 2 for t in evidence.truth):
        return []
    tables = {name: arrays for name, arrays in evidence.quantities.items() if all(a.ndim == 2 for a in arrays)}
    for name, arrays in tables.items():
        for turned in (False, True):
            for on_the_left in (True, False):
                factors = [a.T if turned else a for a in arrays]
                if match := _about(f"{name}^T" if turned else name, factors, on_the_left, evidence, explain):
                    return [match]
    return []


def _about(name, factors, on_the_left, evidence, explain):
    def turn(a):
        return a if on_the_left else a.T

    solved = []
    for draw, (g, t) in enumerate(zip(evidence.gradient, evidence.truth, strict=True)):
        A, g, t = turn(factors[draw]), turn(g), turn(t)
        if len(A) != len(t):
            return None
        if A.shape[1] >= len(A) or np.linalg.cond(A) > CONDITION:
            continue  # anything is a product with it
        other = [np.linalg.lstsq(A, b, rcond=None)[0] for b in (g, t)]
        if np.abs(A @ other[1] - t).max() > EXACT * scale(t):
            return None
        if np.abs(A @ other[0] - g).max() > EXACT * scale(g):
            return None
        solved.append((draw, *map(turn, other)))
    if sum(n.size for *_, n in solved) < FEWEST:
        return None
    label, place = evidence.label, "before" if on_the_left else "behind"
    part = _other_factor(solved, evidence)
    best = explain(part)[0]
    what = f"what stands {'behind' if on_the_left else 'before'} {name}"
    seen = f"your {label} is a matrix product with {name} {place} the other factor, as it should be; the other is wrong"
    if best.vague:
        return Match(None, seen, f"Look at {what} in the product.", what)
    return Match(None, f"{seen}: {best.seen}", best.look, f"{what}: {best.location}")


def _other_factor(solved, evidence):
    draws, mine, true = [s[0] for s in solved], [s[1] for s in solved], [s[2] for s in solved]
    shapes = [n.shape for n in true]
    known = {}
    for name, arrays in evidence.quantities.items():
        arrays = [arrays[draw] for draw in draws]
        if [a.shape for a in arrays] == shapes:
            known[name] = arrays
        elif [a.T.shape for a in arrays] == shapes:
            known[f"{name}^T"] = [a.T for a in arrays]
    return Evidence(mine, true, label="other factor", axes=("row", "column"), quantities=known)
