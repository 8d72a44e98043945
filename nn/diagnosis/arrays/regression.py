"""Fourth technique: regression on the terms of the formula (least squares).

If truth = a + b + c, then gradient = 1 a + 0 b - 1 c says that b is missing and the sign of c is flipped, without a
list of cases.  The same with what is summed up: the gradient as a weighted sum of single examples tells which examples
count.  And with single arrays that do not belong there at all, such as the weights of a weight decay.
"""

import numpy as np

from .evidence import RESIDUAL, distance, scale
from .factors import close, explain
from .match import Match, numbers

CONDITION = 1e6  # larger: the terms are nearly multiples of each other, and no coefficient means anything
DEVIATING = 2  # so many coefficients may be wrong, or the match tells nothing
SAME = 1e-4  # coefficients that differ by less are the same


def wrong_terms(evidence):
    """Matches where the gradient is the formula with one or two other coefficients."""
    if len(evidence.terms) < 2:
        return []
    got, true = _fit_draws(evidence.terms, evidence.gradient), _fit_draws(evidence.terms, evidence.truth)
    if got is None or true is None:
        return []
    wrong = [k for k in range(got.shape[1]) if np.abs(got[:, k] - true[:, k]).max() > SAME * np.abs(true[:, k]).max()]
    if not 1 <= len(wrong) <= DEVIATING:
        return []
    names = list(evidence.terms)
    if len(wrong) == 2 and _exchanged(got[:, wrong], true[:, wrong]):
        pair = " and ".join(names[k] for k in wrong)
        seen = f"the weights of {pair} are exchanged: {numbers(got[:, wrong[0]])} and {numbers(got[:, wrong[1]])}"
        return [Match(f"weights of {pair} exchanged", f"in your {evidence.label} {seen}", "", f"the terms {pair}")]
    parts = [_describe(names[k], got[:, k], true[:, k], evidence) for k in wrong]
    if None in parts:
        return []
    keys, seen = [key for key, _ in parts], " and ".join(words for _, words in parts)
    where = " and ".join(names[k] for k in wrong)
    name = None if None in keys else " and ".join(keys)
    look = "All other terms of the formula are right."
    return [Match(name, f"your {evidence.label} is made of the formula's terms, but {seen}", look, f"the term {where}")]


def fit(columns, target):
    """Coefficients of the columns, or None if they do not make up the target or cannot be told apart."""
    columns = [np.broadcast_to(c, target.shape).ravel() for c in columns]
    lengths = np.array([np.sqrt((c * c).sum()) for c in columns])
    if target.size < len(columns) + 2 or not np.isfinite(lengths).all() or not np.isfinite(target).all():
        return None
    if (lengths < 1e-12 * scale(target)).any():
        return None
    matrix = np.stack(columns, axis=1) / lengths
    coefficients, _, rank, singular = np.linalg.lstsq(matrix, target.ravel(), rcond=None)
    if rank < len(columns) or singular[0] > CONDITION * singular[-1]:
        return None
    if distance(matrix @ coefficients, target.ravel()) > RESIDUAL * scale(target):
        return None
    return coefficients / lengths


def _fit_draws(terms, targets):
    fits = [fit([column[draw] for column in terms.values()], target) for draw, target in enumerate(targets)]
    return None if any(f is None for f in fits) else np.array(fits)  # (draws, terms)


def _exchanged(got, true):
    return np.abs(got - true[:, ::-1]).max() < SAME * np.abs(true).max()


def _describe(term, got, true, evidence):
    """(key, words) for one wrong coefficient; the key is None where the number tells nothing."""
    if not true.any():
        return (f"{term} added", f"{term} stands in it with the factor {numbers(got)}")
    if np.abs(true).min() < SAME:
        return None
    ratio = got / true
    if np.abs(ratio).max() < SAME:
        return f"{term} missing", f"the term {term} is missing (its coefficient is 0)"
    seen = f"the term {term} has {numbers(ratio)} times its coefficient"
    known = {-1.0: f"sign of {term} flipped", 2.0: f"{term} doubled", 0.5: f"{term} halved"}
    for value, key in known.items():
        if np.abs(ratio - value).max() < SAME:
            return key, seen
    found = explain(list(ratio), evidence)
    if found:
        return f"{term}: {found[0].name}", f"{seen}, and {found[0].words}"
    return (None, seen) if close(ratio, [ratio[0]] * len(ratio)) and len(ratio) > 1 else None


def something_added(evidence):
    """Matches where gradient = truth + c * one quantity, with one c in all draws."""
    found, mistakes = [], [g - t for g, t in zip(evidence.gradient, evidence.truth, strict=True)]
    constant = {"a constant": [np.ones(()) for _ in evidence.truth]}
    for name, quantity in (evidence.quantities | constant).items():
        if any(
            q.shape not in (t.shape, t.shape[t.ndim - q.ndim :]) for q, t in zip(quantity, evidence.truth, strict=True)
        ):
            continue
        if quantity[0].size == 1 and name != "a constant":
            continue
        fits = [fit([q], m) for q, m in zip(quantity, mistakes, strict=True)]
        if any(f is None for f in fits):
            continue
        values = [float(f[0]) for f in fits]
        if not (close(values, values[:1] * len(values)) or explain(values, evidence, simple=True)):
            continue
        seen = f"your {evidence.label} is the truth plus {numbers(values)} times {name}"
        found.append(Match(f"{name} added", seen, f"Look where {name} enters, and whether it should."))
    return found


def wrong_summands(evidence):
    """The gradient as a weighted sum of what the truth sums up, such as the examples of the batch."""
    return [match for name, parts in evidence.summands.items() for match in _weights_of(name, parts, evidence)]


def _weights_of(name, parts, evidence):
    weights = []
    for g, part in zip(evidence.gradient, parts, strict=True):
        fitted = fit(list(part), g)
        if fitted is None:
            return []
        weights.append(fitted)
    for describe in (_one_only, _left_out, _two_wrong):
        match = describe(name, weights, evidence)
        if match:
            return [match]
    return []


def _one_only(name, weights, evidence):
    counted = [np.flatnonzero(np.abs(w) > SAME * scale(w)) for w in weights]
    if any(len(c) != 1 for c in counted):
        return None
    which = _places([c[0] for c in counted], [len(w) for w in weights])
    if which is None:
        return None
    value = [float(w[c[0]]) for w, c in zip(weights, counted, strict=True)]
    seen = f"your {evidence.label} is what the {which} {name} alone contributes, times {numbers(value)}"
    return Match(f"{which} {name} only", seen, f"Is it summed over all of the {name} axis?", f"{name} axis")


def _left_out(name, weights, evidence):
    out = [np.flatnonzero(np.abs(w) < SAME * scale(w)) for w in weights]
    rest = [np.delete(w, o) for w, o in zip(weights, out, strict=True)]
    if any(len(o) == 0 or np.ptp(r) > SAME * scale(r) for o, r in zip(out, rest, strict=True)):
        return None
    which = ", ".join(str(o.tolist()) for o in out)
    seen = f"in your {evidence.label} the contributions of {name} {which} (draw by draw, from 0) are missing"
    return Match(f"some {name} left out", seen, "Compare the bounds of your loops and slices.", f"{name} {which}")


def _two_wrong(name, weights, evidence):
    wrong = [np.flatnonzero(np.abs(w - np.median(w)) > SAME * scale(w)) for w in weights]
    if any(not 1 <= len(k) <= DEVIATING or len(w) < 5 for k, w in zip(wrong, weights, strict=True)):
        return None
    which = ", ".join(str(k.tolist()) for k in wrong)
    seen = f"in your {evidence.label} {name} {which} (draw by draw, from 0) count differently from the others"
    return Match(None, seen, "", f"{name} {which}")


def _places(places, counts):
    """ "first", "last" or "k-th" where that is the same in all draws."""
    if not any(places):
        return "first"
    if all(place == count - 1 for place, count in zip(places, counts, strict=True)):
        return "last"
    return f"number {places[0]}" if len(set(places)) == 1 else None
