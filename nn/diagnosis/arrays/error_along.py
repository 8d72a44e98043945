"""Is the error, in every row, a multiple of one known array, or made of two?

error = gradient - truth.  If it is c y in every row, with a number c for each row, then all that does not lie along y
is right, and the mistake is in a term c y: it is missing, or too much, or c is a wrong sum.  Nothing need be known of
the truth's formula.
"""

import itertools

from .evidence import RIGHT, scale
from .match import Match
from .rows import Rows, columns_of, groupings, row_words

IN_PAIRS = 8  # so many arrays are tried in pairs


def error_along(evidence):
    """A technique: an observation without a name."""
    columns = columns_of(evidence)
    errors = [g - t for g, t in zip(evidence.gradient, evidence.truth, strict=True)]
    noise = RIGHT * max(map(scale, evidence.truth))
    for count in (1, 2):
        tried = list(columns)[: None if count == 1 else IN_PAIRS]
        for group in groupings(errors[0].ndim):
            rows = Rows(evidence, columns, group)
            tables = rows.tables(errors)
            for names in itertools.combinations(tried, count):
                if rows.may_be(names, tables, noise) and rows.fit(names, tables, noise):
                    return [_match(names, row_words(evidence, group), evidence)]
    return []


def _match(names, row, evidence):
    """The error of each row is made of these arrays."""
    label = evidence.label
    if len(names) == 2:
        a, b = names
        seen = f"the error of your {label} is in every {row} made of {a} and {b}, each times one number"
        look = f"Look at the terms along {a} and {b}, and at the sums that give these numbers: the rest is right."
        return Match(None, seen, look, f"the terms along {a} and {b} in each {row}")
    (name,) = names
    if name == "1":
        seen = f"your {label} is off by one and the same number in all of each {row}"
        look = "What differs within it is right: look at the term that is the same for all, a sum or a mean."
        return Match(None, seen, look, f"one number for each {row}")
    seen = f"the error of your {label} is in every {row} a multiple of {name}"
    look = f"What does not lie along {name} is right: look at the term along {name}, and at the number it is times."
    return Match(None, seen, look, f"the term along {name} in each {row}")
