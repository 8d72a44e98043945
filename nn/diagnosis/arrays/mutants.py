"""Fifth technique: what known wrong formulas give; and how candidate arrays are compared with the gradient."""

import numpy as np

from .factors import explain
from .match import Match

FEWEST = 3  # wrong elements in a draw: two exchanged ones are the reverse of three, and that tells nothing


def known_mutants(evidence):
    """(key, what is seen, where to look, arrays) for each mutant."""
    for name, arrays in evidence.mutants.items():
        seen = f"your {evidence.label} has exactly the values of the known mistake '{name}'"
        yield name, seen, "Look at that place of your formula.", arrays


def mutants_with_nan(evidence):
    """Matches for mutants that have the gradient's NaNs and infinities, and its other values."""
    pairs = {name: zip(arrays, evidence.gradient, strict=True) for name, arrays in evidence.mutants.items()}
    same = [name for name, arrays in pairs.items() if all(np.allclose(a, g, equal_nan=True) for a, g in arrays)]
    seen = f"your {evidence.label} has NaN or infinite values, at the same places as the known mistake"
    return [Match(name, f"{seen} '{name}'", "Look for a division by zero.") for name in same]


def matching(candidates, evidence):
    """Matches for those candidates that are the gradient; where none is, for those that are it but for a factor."""
    if evidence.fewest_wrong() < FEWEST:
        return []
    candidates = list(candidates)
    exact = [Match(name, seen, look) for name, seen, look, arrays in candidates if evidence.explained_by(arrays)]
    return exact or [match for candidate in candidates for match in times_a_factor(*candidate, evidence)]


def times_a_factor(name, seen, look, arrays, evidence):
    """Matches where the arrays, times one simple factor such as -1 or the batch size, are the gradient."""
    ratios = evidence.factor_of(arrays)
    return [
        Match(f"{name} and {f.name}", f"{seen}, times a factor: {f.words}", f"{look} {f.look}")
        for f in (explain(ratios, evidence, simple=True) if ratios else [])
    ]
