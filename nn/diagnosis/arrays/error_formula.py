"""Is the error a short formula of known arrays, where the gradient is none?

error = gradient - truth.  A term that is missing or too much stands there alone, whatever else the formula holds: as a
product of powers of known arrays, as a short sum of simple products, under a sum over the examples, or as a matrix
product.
"""

import copy
import itertools

import numpy as np

from .dictionary import formula_of, text
from .match import Match, number
from .powers import fits, monomial, words_of
from .summed import product_of_tables, summed_formula

FEWEST = 24  # elements
QUANTITIES = 8  # so many are tried


def error_formula(evidence):
    """A technique: an observation without a name."""
    errors = [g - t for g, t in zip(evidence.gradient, evidence.truth, strict=True)]
    part = copy.copy(evidence)
    part.gradient, part.truth, part.label = errors, [0 * e for e in errors], "error"
    for technique in (summed_formula, product_of_tables):
        if found := technique(part):
            words = found[0].seen.removeprefix("your error is ").removeprefix("exactly ")
            return [_match(words, evidence)]
    if sum(e.size for e in errors) < FEWEST:
        return []
    found = _product(errors, evidence) or _sum(part)
    return [_match(f"in every element {found}", evidence)] if found else []


def _match(words, evidence):
    seen = f"the error of your {evidence.label} is {words}"
    look = "Is such a term missing, too much, or counted twice?"
    return Match(None, seen, look, f"a term {words.removeprefix('in every element ')}")


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


def _sum(part):
    found = formula_of(part, free=True)
    return f"{text(found[0])}{found[2]}" if found else ""
