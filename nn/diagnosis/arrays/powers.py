"""Third technique: the ratio is in each element a power of a known quantity.

log |gradient / truth| = p log |q|, with p = 1/2, 1, 2, ... or their negatives, for one quantity q or the product of
two.  A forgotten scale leaves 1/scale behind, a deviation taken for a variance leaves the deviation.  Where that fails,
the gradient itself may be such a product, whatever the truth is: a step of gradient / sqrt(mean square).
"""

import itertools

import numpy as np

from .dictionary import factors_of
from .evidence import RESIDUAL, scale
from .match import Match, number
from .mutants import matching

POWERS = (0.5, 1.0, 1.5, 2.0, 3.0)
FEWEST = 40  # elements, for a product with any number in front


def power_of_a_quantity(evidence):
    """Matches where gradient / truth is a power of one quantity, or else a product of powers of two."""
    usable = {name: q for name, q in evidence.quantities.items() if fits(q, evidence)}
    found = []
    for count in (1, 2):
        for names in itertools.combinations(usable, count):
            found += _as_product(names, [usable[name] for name in names], evidence)
        if found:
            return found
    return []


def product_of_powers(evidence):
    """A match where the gradient is itself one number times powers of one or two quantities, whatever the truth is."""
    factors = {name: q for name, q in factors_of(evidence).items() if fits(q, evidence)}
    g = np.concatenate([a.ravel() for a in evidence.gradient])
    if g.size < FEWEST:
        return []
    flat = {name: np.concatenate([a.ravel() for a in arrays]) for name, arrays in factors.items()}
    for count in (1, 2):
        for names in itertools.combinations(flat, count):
            powers, constant = monomial(g, [flat[name] for name in names])
            if powers:
                words = f"{number(constant)} {words_of(names, powers)}"
                seen = f"your {evidence.label} is in every element {words}"
                return [Match(f"equals {words}", seen, "Compare that with your derivation, on paper.")]
    return []


def monomial(g, factors):
    """(powers, constant) of g = constant * product of factors to these powers; (None, 0) if it is not so."""
    if any((np.abs(a) <= 1e-9 * scale(a)).any() for a in (g, *factors)):
        return None, 0.0
    rows = np.stack([*(np.log(np.abs(a)) for a in factors), np.ones(g.size)], axis=1)
    fitted, *_ = np.linalg.lstsq(rows, np.log(np.abs(g)), rcond=None)
    powers = [round(2 * float(p)) / 2 for p in fitted[:-1]]
    if not all(abs(p) in POWERS for p in powers):
        return None, 0.0
    product = np.prod([_power(a, p) for a, p in zip(factors, powers, strict=True)], axis=0)
    constant = float((g * product).sum() / (product * product).sum())
    exact = np.abs(g - constant * product).max() <= RESIDUAL * scale(g)
    return (powers, constant) if exact else (None, 0.0)


def fits(quantity, evidence):
    """Whether the quantity can be laid over the truth without making it larger, and is no constant."""
    for q, t in zip(quantity, evidence.truth, strict=True):
        try:
            if np.broadcast_shapes(q.shape, t.shape) != t.shape:
                return False
        except ValueError:
            return False
        if q.size < 2 or not np.isfinite(q).all() or (q == 0).all() or np.ptp(np.abs(q)) < 1e-9 * scale(q):
            return False
    return True


def _as_product(names, quantities, evidence):
    powers = _fitted_powers(quantities, evidence)
    if powers is None:
        return []
    candidate = list(evidence.truth)
    for power, quantity in zip(powers, quantities, strict=True):
        candidate = [c * _power(q, power) for c, q in zip(candidate, quantity, strict=True)]
    words = words_of(names, powers)
    seen = f"your {evidence.label} is in every element the truth {words}"
    look = f"Look where {' and '.join(names)} enter{'s' if len(names) == 1 else ''} the formula, and how often."
    return matching([(words, seen, look, candidate)], evidence)


def _fitted_powers(quantities, evidence):
    """The powers of the quantities that fit best, if they are simple and fit at all."""
    rows, values = [], []
    for draw in evidence.draws:
        g, t = evidence.gradient[draw], evidence.truth[draw]
        factors = [np.broadcast_to(q[draw], t.shape) for q in quantities]
        good = np.all([np.abs(a) > 1e-9 * scale(a) for a in (g, t, *factors)], axis=0)
        if not good.any():
            return None
        drawn = np.eye(len(evidence.truth))[draw]  # a constant factor of each draw
        logs = np.stack([np.log(np.abs(a[good])) for a in factors], axis=1)
        rows.append(np.hstack([logs, np.broadcast_to(drawn, (len(logs), len(drawn)))]))
        values.append(np.log(np.abs(g[good] / t[good])))
    rows, values = np.vstack(rows), np.concatenate(values)
    if len(values) < 2 * rows.shape[1]:
        return None
    powers, *_ = np.linalg.lstsq(rows, values, rcond=None)
    if np.abs(rows @ powers - values).max() > 1e-5:
        return None
    powers = [round(2 * float(p)) / 2 for p in powers[: len(quantities)]]
    return powers if all(abs(p) in POWERS for p in powers) else None


def _power(q, power):
    q = np.where(q == 0, np.nan, q) if power < 0 else q
    return q**power if power == int(power) else np.abs(q) ** power


def words_of(names, powers):
    parts = []
    for name, power in zip(names, powers, strict=True):
        size = "" if abs(power) == 1 else f"^{abs(power):g}"
        parts.append(f"{'times' if power > 0 else 'divided by'} {name}{size}")
    return " ".join(parts)
