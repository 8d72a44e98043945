"""Is the error a short formula of known arrays, where the gradient is none?

error = gradient - truth.  A term that is missing or too much stands there alone, whatever else the formula holds: as a
product of powers of known arrays, or as a short sum of simple products.
"""

import itertools

import numpy as np

from .dictionary import formula_of, text
from .evidence import Evidence
from .match import Match, number
from .powers import fits, monomial, words_of

FEWEST = 24  # elements
QUANTITIES = 8  # so many are tried


def error_formula(evidence):
    """A technique: an observation without a name."""
    errors = [g - t for g, t in zip(evidence.gradient, evidence.truth, strict=True)]
    if sum(e.size for e in errors) < FEWEST:
        return []
    found = _product(errors, evidence) or _sum(errors, evidence)
    if not found:
        return []
    seen = f"the error of your {evidence.label} is in every element {found}"
    return [Match(None, seen, "Is such a term missing, too much, or counted twice?", f"a term {found}")]


def _product(errors, evidence):
    known = {
        name: np.concatenate([np.broadcast_to(a, e.shape).ravel() for a, e in zip(arrays, errors, strict=True)])
        for name, arrays in list(evidence.quantities.items())
        if " " not in name and fits(arrays, evidence)
    }
    for count, words in _counts(evidence):
        flat = np.concatenate([(e * c).ravel() for e, c in zip(errors, count, strict=True)])
        for length in (1, 2, 3):
            for names in itertools.combinations(list(known)[:QUANTITIES], length):
                powers, constant = monomial(flat, [known[name] for name in names])
                if powers:
                    return f"{number(constant)} {words_of(names, powers)}{words}"
    return ""


def _counts(evidence):
    batches = [sizes.get("batch", 1) for sizes in evidence.sizes]
    return ([1] * len(batches), ""), (batches, " divided by the batch size")


def _sum(errors, evidence):
    part = Evidence(errors, [0 * e for e in errors], sizes=evidence.sizes, quantities=evidence.quantities)
    found = formula_of(part, free=True)
    return f"{text(found[0])}{found[2]}" if found else ""
