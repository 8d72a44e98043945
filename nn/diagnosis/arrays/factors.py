"""First technique: one constant ratio, and which numbers it is made of.

If in each draw gradient = r * truth, then r is compared with what can be forgotten or done twice: a sign, a 2, a size
(batch, height times width), a named constant.  Sizes differ from draw to draw, so that a 5 which is the batch in one
draw has to be the batch in all.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from .match import Match, numbers

PLAIN = {-1.0: "-1", 2.0: "2", 0.5: "1/2", -2.0: "-2", -0.5: "-1/2"}
PLAIN_NAMES = {
    -1.0: "sign flipped", 2.0: "factor 2 too much", 0.5: "factor 2 missing",
    -2.0: "sign flipped and factor 2 too much", -0.5: "sign flipped and factor 2 missing",
}  # fmt: skip
TOLERANCE = 2e-6  # relative


@dataclass(frozen=True)
class Factor:
    """A number for each draw, the mistake that leaves it behind, and its words."""

    values: tuple
    name: str
    words: str
    look: str


def constant_ratio(evidence):
    """Matches where the gradient is a multiple of the truth."""
    if not any(g.any() for g in evidence.gradient):
        seen = f"your {evidence.label} is zero everywhere"
        return [Match("all zeros", seen, "Is it ever written, or does a maximum, a mask or a sign make it 0?")]
    ratios = evidence.factor_of(evidence.truth)
    if ratios is None:
        return []
    if (
        all(t.size == 1 for t in evidence.truth)
        and not close(ratios, ratios[:1] * len(ratios))
        and not explain(ratios, evidence)
    ):
        return []  # a single number is always a multiple
    seen = f"your {evidence.label} is exactly {numbers(ratios)} times the truth, everywhere"
    found = explain(ratios, evidence)
    if found:
        return [Match(f.name, f"{seen}, and {f.words}", f.look) for f in found]
    norms = [1 / float(np.sqrt((t * t).sum())) for t in evidence.truth]
    if close(ratios, norms) and len(ratios) > 1:
        return [Match("divided by its norm", f"{seen}: it has length 1", "Look for a normalisation or clipping.")]
    look = "Which constant of the formula is that, or which one is left out?"
    if same := _perhaps(ratios, evidence):
        look = f"{same}, in all draws. That may be chance: other sizes in each draw would tell. {look}"
    return [Match(None, seen, look, "everywhere, one factor")]


def _perhaps(ratios, evidence):
    """ "9 is the height" for sizes which are the same in all draws, so that nothing more is known."""
    found = [
        f"{size[0]} is the {name} size"
        for name, size in _sizes(evidence).items()
        if len(set(size)) == 1 and any(close(ratios, [size[0] ** p] * len(ratios)) for p in (1, -1, 0.5, -0.5))
    ]
    return " and ".join(found)


def explain(ratios, evidence, simple=False):
    """The simplest `Factor`s equal to the ratios in every draw: all those of one level of complexity."""
    for level in _levels(evidence)[: 2 if simple else None]:
        found = {f.name: f for f in level if close(ratios, f.values)}
        if found:
            return list(found.values())
    return []


def close(a, b):
    """Whether the numbers of all draws agree."""
    return all(math.isclose(x, y, rel_tol=TOLERANCE) for x, y in zip(a, b, strict=True))


def _levels(evidence):
    draws = len(evidence.truth)
    plain = [
        Factor((value,) * draws, PLAIN_NAMES[value], f"{words} is no size: a sign or a 2", _PLAIN_LOOK[abs(value) == 1])
        for value, words in PLAIN.items()
    ]
    sizes = _sizes(evidence)
    singles = [factor for size in sizes.items() for factor in _of_size(*size, evidence)]
    constants = [factor for item in evidence.constants.items() for factor in _of_constant(*item, draws)]
    first = plain + singles + constants
    doubled = [_both(a, b) for a in plain for b in singles]
    products = [factor for item in _products(sizes).items() for factor in _of_size(*item, evidence)]
    others = [factor for item in sizes.items() for factor in _less_one(*item)]
    pairs = [_both(a, b) for a, b in itertools.combinations(first, 2)]
    quotients = [
        Factor(
            _divided(sizes[a], sizes[b]),
            f"times {a} / {b}",
            f"that is {a} / {b}",
            f"Is something multiplied by {a} where {b} is meant, or divided by {b} where {a} is meant?",
        )
        for a, b in itertools.permutations(sizes, 2)
        if _varies(sizes[a]) or _varies(sizes[b])
    ]
    return [first, doubled, products + others, quotients, pairs]


_PLAIN_LOOK = {True: "Follow the minus signs of the formula.", False: "Look at the derivative of a square, or a 1/2."}


def _sizes(evidence):
    """Numbers of things that are not 1: {name: (one number for each draw)}."""
    names = set.intersection(*(set(sizes) for sizes in evidence.sizes))
    values = {name: tuple(sizes[name] for sizes in evidence.sizes) for name in evidence.sizes[0] if name in names}
    return {name: value for name, value in values.items() if min(value) > 1}


def _products(sizes):
    return {
        " * ".join(names): tuple(map(math.prod, zip(*(sizes[name] for name in names), strict=True)))
        for count in (2, 3, 4)
        for names in itertools.combinations(sizes, count)
    }


def _of_size(name, values, evidence):
    """The factors that a size leaves behind; few if it is the same in all draws, where it may be another number."""
    everything = [math.prod(t.shape) for t in evidence.truth]
    inner = [math.prod(t.shape[1:]) for t in evidence.truth]
    whole = evidence.axes[:1] == ("batch",) and (close(values, everything) or close(values, inner))
    if not _varies(values) and not _is_telling(values[0]) and not (whole and values[0] > 2):
        return []
    what = f"the {name} size" if " * " not in name else name
    words = (
        f"{numbers(values)} is {what}"
        if len(set(values)) == 1
        else f"{', '.join(map(str, values))} are {what} of each draw"
    )
    divided = "mean over everything" if whole else "batch divided twice" if name == "batch" else f"divided by {name}"
    look = f"Look where something is divided by {what}, and whether that is done exactly once."
    plain = [
        Factor(values, f"{name} not divided", words, look),
        Factor(tuple(1 / v for v in values), divided, words, look),
    ]
    if not _varies(values):
        return plain if _is_telling(values[0]) else plain[1:]
    return [
        *plain,
        Factor(tuple(v**-0.5 for v in values), f"divided by sqrt({name})", f"that is 1/sqrt({name})", look),
        Factor(tuple(v**0.5 for v in values), f"times sqrt({name})", f"that is sqrt({name})", look),
        Factor(tuple(v**-2.0 for v in values), f"divided by {name} squared", f"that is 1/{name}^2", look),
    ]


def _varies(values):
    return len(values) == 1 or len(set(values)) > 1


def _is_telling(number):
    """Whether a number is hardly anything but the size: a prime from 5 on, no 2, 3 or 9."""
    return number >= 5 and all(number % k for k in range(2, math.isqrt(number) + 1))


def _less_one(name, values):
    if not _varies(values):
        return []
    look = f"Count the {name} size again: is one left out, or one taken off on purpose?"
    return [
        Factor(tuple(v / (v - 1) for v in values), f"{name} - 1 for {name}", f"that is {name} / ({name} - 1)", look),
        Factor(tuple((v - 1) / v for v in values), f"{name} for {name} - 1", f"that is ({name} - 1) / {name}", look),
    ]


def _of_constant(name, value, draws):
    look = f"Look at every place where {name} stands, or should stand."
    forms = {
        f"{name} missing": (1 / value, f"that is 1/{name}") if value else None,
        f"{name} twice": (value, f"that is {name}"),
        f"{name} for 1 - {name}": (value / (1 - value), f"that is {name} / (1 - {name})") if value != 1 else None,
        f"1 - {name} for {name}": ((1 - value) / value, f"that is (1 - {name}) / {name}") if value else None,
        f"1 - {name} missing": (1 / (1 - value), f"that is 1 / (1 - {name})") if value != 1 else None,
        f"1 - {name} twice": (1 - value, f"that is 1 - {name}"),
    }
    return [Factor((form[0],) * draws, key, form[1], look) for key, form in forms.items() if form and form[0] != 1]


def _both(a, b):
    values = tuple(x * y for x, y in zip(a.values, b.values, strict=True))
    return Factor(values, f"{a.name} and {b.name}", f"{a.words}, and {b.words}", f"{a.look} {b.look}")


def _divided(a, b):
    return tuple(x / y for x, y in zip(a, b, strict=True))
