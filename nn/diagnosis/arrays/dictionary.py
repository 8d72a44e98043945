"""Regression without the formula: is the gradient a short sum of simple products of what stands about?

For the layers that work element by element, dx = dy * slope, and the slope is a short formula in x and y.  The truth
and the gradient are both looked for in one dictionary, dy, dy x, dy y, dy y^2, ...: where the truth is dy - dy y^2 and
the gradient dy - dy x^2, the mistake is read off.
"""

import itertools

import numpy as np

from .evidence import DISTINCT, Evidence, distance, scale
from .match import Match, number
from .regression import fit

FACTORS = 6  # so many quantities in the formulas that are tried
FREE = 40  # elements from which on any coefficients are told
FEWEST = 16  # elements of a part of the array, for a formula of that part
LONGEST = 3  # products in a sum
GRID = 24  # coefficients are whole multiples of 1 / GRID, or no formula is behind them
LARGEST = 8
CHECKED = 4  # elements on which a sum is tried that the others have determined
COLUMNS = {1: 1000, 2: 120, 3: 52}  # so many products are tried in sums of that length, simple ones first


def short_formula(evidence):
    """Matches where the gradient, and not the truth, is a short sum of products of the evidence's quantities."""
    found = formula_of(evidence)
    if not found:
        return []
    formula, right, words = found
    seen = f"your {evidence.label} is in every element {text(formula)}{words}"
    return [Match(name_of(formula, right), seen, "Compare that with your derivation, on paper.")]


def formula_of(evidence, free=False):
    """({product: coefficient} of the gradient, the same of the truth or None, what both are divided by), or None.

    free : whether the coefficients of one or two products may be any numbers, no simple fractions.
    """
    return _formulas(evidence, factors_of(evidence), free)


def formula_there(evidence, masks):
    """The formula of the elements in the masks as words; "" if it is none, or there are few elements."""
    if sum(int(m.sum()) for m in masks) < FEWEST:
        return ""

    def there(arrays):
        return [a[m] for a, m in zip(arrays, masks, strict=True)]

    part = Evidence(there(evidence.gradient), there(evidence.truth), sizes=evidence.sizes)
    found = _formulas(part, {name: there(arrays) for name, arrays in factors_of(evidence).items()})
    return f"{text(found[0])}{found[2]}" if found else ""


def factors_of(evidence):
    """The quantities that may stand in a formula: the first of the truth's shape, and no "slope", which is one."""
    shapes = [t.shape for t in evidence.truth]
    names = [name for name in evidence.quantities if " " not in name and not name.startswith("exp(")]
    same = [name for name in names if [a.shape for a in evidence.quantities[name]] == shapes]
    return {name: evidence.quantities[name] for name in same[:FACTORS]}


def _formulas(evidence, factors, free=False):
    if not factors:
        return None
    products = products_of(factors)
    flat = {name: np.concatenate([p.ravel() for p in product]) for name, product in products.items()}
    flat = {name: column for name, column in flat.items() if np.isfinite(column).all() and column.any()}
    target = np.concatenate([g.ravel() for g in evidence.gradient])
    truth = np.concatenate([t.ravel() for t in evidence.truth])
    if not flat or target.size < 4 * LONGEST:
        return None
    if distance(target, truth) < DISTINCT * scale(truth):
        return None
    # A loss's mean over the batch divides by another number in every draw.
    batch = np.concatenate(
        [np.full(t.size, float(s.get("batch", 1))) for t, s in zip(evidence.truth, evidence.sizes, strict=True)]
    )
    for count, words in ((1.0, ""), (batch, ", divided by the batch size")):
        formula = shortest(flat, target * count, flat if free else factors)
        if formula:
            return formula, shortest(flat, truth * count, factors), words
    return None


def products_of(factors):
    ones = [np.ones_like(a) for a in next(iter(factors.values()))]
    inner = {"1": ones}
    for name, arrays in factors.items():
        if name != "dy":
            inner[name] = arrays
            inner[f"{name}^2"] = [a * a for a in arrays]
            if any((a < 0).any() for a in arrays):
                inner[f"|{name}|"] = [np.abs(a) for a in arrays]
            with np.errstate(all="ignore"):
                inner[f"1/{name}"] = [1 / a for a in arrays]
                inner[f"exp({name})"] = [np.exp(a) for a in arrays]
                inner[f"exp(2 {name})"] = [np.exp(2 * a) for a in arrays]
                inner[f"exp({name}/2)"] = [np.exp(a / 2) for a in arrays]
                inner[f"exp(-{name}/2)"] = [np.exp(-a / 2) for a in arrays]
    if "dy" in factors:
        inner["dy"], inner["dy^2"] = factors["dy"], [d * d for d in factors["dy"]]
        inner["|dy|"] = [np.abs(d) for d in factors["dy"]]
    plain = [name for name in factors if name != "dy"]
    for a, b in itertools.combinations(plain, 2):
        inner[f"{a} {b}"] = [p * q for p, q in zip(factors[a], factors[b], strict=True)]
        inner[f"{a} {b}^2"] = [p * q * q for p, q in zip(factors[a], factors[b], strict=True)]
        inner[f"{a}^2 {b}"] = [p * p * q for p, q in zip(factors[a], factors[b], strict=True)]
        with np.errstate(all="ignore"):
            inner[f"{a}/{b}"] = [p / q for p, q in zip(factors[a], factors[b], strict=True)]
            inner[f"{b}/{a}"] = [q / p for p, q in zip(factors[a], factors[b], strict=True)]
    if "dy" not in factors:
        return inner
    dy = factors["dy"]
    outer = {
        ("dy" if name == "1" else f"dy {name}"): [d * a for d, a in zip(dy, arrays, strict=True)]
        for name, arrays in inner.items()
    }
    return outer | {name: arrays for name, arrays in inner.items() if not name.startswith("dy")}


def shortest(columns, target, factors):
    """{name: coefficient} of the shortest sum of columns that is the target, or None; prefers early columns.

    The coefficients are simple fractions; of the factors themselves, as in a step of momentum, they may be any numbers.
    """
    if not np.isfinite(target).all() or not target.any():
        return None
    names, matrix = list(columns), np.stack(list(columns.values()), axis=1)
    for length in range(1, LONGEST + 1):
        for chosen in _promising(matrix, target, length):
            coefficients = fit([matrix[:, k] for k in chosen], target)
            if coefficients is None:
                continue
            free = length <= 2 and all(names[k] in factors for k in chosen) and target.size > FREE
            if free or all(map(_is_plain, coefficients)):
                return {names[k]: float(c) for k, c in zip(chosen, coefficients, strict=True)}
    return None


def _promising(matrix, target, length):
    """Index tuples whose columns reproduce the target on a few elements: cheap to try before the whole fit."""
    order = np.argsort(-np.abs(target), kind="stable")
    rows = order[np.linspace(0, 0.7 * (len(order) - 1), length + CHECKED).astype(int)]  # different, and not tiny
    few, aim = matrix[rows], target[rows]
    chosen = np.array(list(itertools.combinations(range(min(matrix.shape[1], COLUMNS[length])), length)))
    if not len(chosen):
        return []
    blocks = few[:, chosen].transpose(1, 0, 2)  # (combinations, rows, length)
    square = blocks[:, :length]
    regular = np.abs(np.linalg.det(square)) > 1e-9 * np.prod(np.abs(square).max(axis=1), axis=1)
    chosen, blocks = chosen[regular], blocks[regular]
    coefficients = np.linalg.solve(blocks[:, :length], np.broadcast_to(aim[:length, None], (len(blocks), length, 1)))
    left = np.abs(blocks @ coefficients - aim[:, None]).max(axis=(1, 2))
    return [tuple(c) for c in chosen[left <= 1e-5 * scale(target)]]


def _is_plain(coefficient):
    return abs(coefficient) <= LARGEST and abs(coefficient * GRID - round(coefficient * GRID)) < 1e-4


def name_of(formula, right):
    if right is None:
        return f"equals {text(formula)}"
    gone, new = (
        {k: v for k, v in right.items() if k not in formula},
        {k: v for k, v in formula.items() if k not in right},
    )
    changed = [k for k in right if k in formula and abs(formula[k] - right[k]) > 1e-4]
    if not changed and len(gone) == len(new) == 1:
        (old,), (other,) = gone, new
        return f"{_difference(old, other)}" if abs(gone[old] - new[other]) < 1e-4 else f"equals {text(formula)}"
    if not changed and not new and len(gone) == 1:
        return f"{_term(gone)} missing"
    if not gone and not new and len(changed) == 1:
        return f"{changed[0]} times {number(formula[changed[0]] / right[changed[0]])}"
    if not changed and not gone and len(new) == 1:
        return f"{_term(new)} added"
    if {_without_dy(k): v for k, v in right.items()} == {k: round(v, 9) for k, v in formula.items()}:
        return "dy forgotten"
    return f"equals {text(formula)}"


def _term(terms):
    (name,) = terms
    return "the constant term" if name == "1" else name


def _difference(old, new):
    """ "x for y" where two products differ in one factor only, else both written out."""
    a, b = old.split(), new.split()
    different = [(p, q) for p, q in zip(a, b, strict=False) if p != q]
    if len(a) == len(b) and len(different) == 1:
        before, after = different[0]
        if before.endswith("^2") and after.endswith("^2"):
            before, after = before[:-2], after[:-2]
        return f"{after} for {before}"
    return f"{new} for {old}"


def _without_dy(name):
    return "1" if name == "dy" else name.removeprefix("dy ")


def text(formula):
    text = ""
    for name, value in formula.items():
        size = "" if abs(abs(value) - 1) < 1e-6 and name != "1" else number(abs(value))
        body = size if name == "1" else f"{size} {name}".strip()
        text += f" {'-' if value < 0 else '+'} {body}"
    return text.removeprefix(" + ").strip()
