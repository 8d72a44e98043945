"""Formulas for gradients that are sums over the examples, and for matrix products, without the layer's formula.

The gradient of a bias or a scale is a sum over examples (and pixels) of a short formula, that of a weight a product
x^T d.  So the formulas of `dictionary` are tried under the sum, and products of the known tables, or of their absolute
values, squares, positive parts, signs, and deviations from the mean.
"""

import itertools

import numpy as np

from .dictionary import FACTORS, name_of, products_of, shortest, text
from .factors import close
from .match import Match, number

FEWEST = 9  # elements of all draws together
CHANGES = {
    "{}": lambda a: a, "|{}|": np.abs, "{}^2": np.square, "sign({})": np.sign, "max({}, 0)": lambda a: np.maximum(a, 0),
    "({} - mean)": lambda a: a - a.mean(axis=0), "({} - row mean)": lambda a: a - a.mean(axis=1, keepdims=True),
    "{} in reverse order": lambda a: a[::-1],
}  # fmt: skip


def summed_formula(evidence):
    """Matches where the gradient, and not the truth, is a short formula, summed over all axes but the last."""
    shapes = [t.shape for t in evidence.truth]
    target, truth = (np.concatenate([a.ravel() for a in arrays]) for arrays in (evidence.gradient, evidence.truth))
    if any(len(s) != 1 for s in shapes) or len(target) < FEWEST:
        return []
    groups = {}
    for name, arrays in evidence.quantities.items():
        if " " not in name and all(a.ndim > 1 and a.shape[-1:] == s for a, s in zip(arrays, shapes, strict=True)):
            groups.setdefault(tuple(a.shape for a in arrays), {})[name] = arrays
    for factors in groups.values():
        found = _under_the_sum(dict(itertools.islice(factors.items(), FACTORS)), target, truth)
        if found:
            formula, right = found
            seen = f"your {evidence.label} is the sum of {text(formula)} over the examples"
            name = name_of(formula, right).replace("equals", "the sum of")
            return [Match(name, seen, "Compare that with your derivation, on paper.")]
    return []


def _under_the_sum(factors, target, truth):
    """(formula of the gradient, that of the truth or None), or None."""
    with np.errstate(all="ignore"):  # 1/x where x is 0
        sums = {
            name: np.concatenate([p.reshape(-1, p.shape[-1]).sum(axis=0) for p in product])
            for name, product in products_of(factors).items()
        }
    sums = {name: s for name, s in sums.items() if np.isfinite(s).all() and s.any()}
    formula = shortest(sums, target, {})
    return (formula, shortest(sums, truth, {})) if formula else None


def product_of_tables(evidence):
    """Matches where the gradient, and not the truth, is a product of two known tables, or of what is made of them."""
    if any(t.ndim != 2 or t.size < FEWEST for t in evidence.truth):
        return []
    tables = {name: arrays for name, arrays in evidence.quantities.items() if all(a.ndim == 2 for a in arrays)}
    found = []
    for (a, left), (b, right) in itertools.product(_changed(tables), repeat=2):
        if all(p.shape[0] == t.shape[0] and p.shape[1] == q.shape[0] and q.shape[1] == t.shape[1]
               for p, q, t in zip(left, right, evidence.truth, strict=True)):  # fmt: skip
            found += _match(f"{a} {b}", [p @ q for p, q in zip(left, right, strict=True)], evidence)
        if found:
            return found
    return []


def _changed(tables):
    """(words, arrays) for each table, its transposed one, and what is made of them."""
    for name, arrays in list(tables.items())[:FACTORS]:
        for words, change in CHANGES.items():
            new = [change(a) for a in arrays]
            yield words.format(name), new
            yield f"{words.format(name)}^T", [a.T for a in new]


def _match(words, candidate, evidence):
    ratios = evidence.factor_of(candidate)
    if not ratios or not close(ratios, ratios[:1] * len(ratios)):
        return []
    times = "" if number(ratios[0]) == "1" else f"{number(ratios[0])} times "
    seen = f"your {evidence.label} is exactly {times}the matrix product {words}"
    return [Match(f"equals {times}{words}", seen, "Which two matrices should be multiplied?")]
