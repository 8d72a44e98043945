"""Fifth technique: what known wrong formulas give, compared as it is, and times one simple factor."""

from .operators import times_a_factor


def known_mutants(evidence):
    """Matches where the gradient is one of the mutants."""
    found = []
    for name, candidate in evidence.mutants.items():
        seen = f"your {evidence.label} has exactly the values of the known mistake '{name}'"
        found += times_a_factor(candidate, name, seen, "Look at that place of your formula.", evidence)
    return found
