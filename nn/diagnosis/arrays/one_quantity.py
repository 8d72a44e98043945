"""On what does the mistake depend, element by element?  On one known array alone, and on no other?

Sort the elements by x.  If then the numbers follow a curve (each lies nearly where the straight line between its
neighbours does), they depend on x alone.  So the ratio of gradient and truth, their difference, or the gradient itself
divided by dy, may turn out to be a curve over one quantity, whatever the formula is: what else is in the gradient is
right, or is not in it at all.
"""

import numpy as np

from .dictionary import factors_of
from .evidence import scale
from .match import Match, number

FEWEST = 24  # elements
ON_LINE = 0.01  # half of the elements are so near to their neighbours' line, as a part of all numbers' spread
NEARLY = 0.1  # and nine in ten of them so near: the others lie beside a jump
MOST = 0.95  # of the elements, where what is divided by is not 0
NO_CURVE = 0.1  # a spread that half of the elements exceed is no curve for sure
LARGEST = 5  # numbers of which an exponential is taken
SHOWN = (0.1, 0.5, 0.9)  # quantiles of the quantity at which values are told


def depends_on_one(evidence):
    """A technique: an observation without a name."""
    found = {name: np.concatenate([a.ravel() for a in arrays]) for name, arrays in _quantities(evidence).items()}
    if sum(t.size for t in evidence.truth) < FEWEST or not found:
        return []
    with np.errstate(all="ignore"):
        for counted in _counts(evidence):
            g, t = (
                np.concatenate([a.ravel() * count for a, count in zip(arrays, counted, strict=True)])
                for arrays in (evidence.gradient, evidence.truth)
            )
            for question in (_divided, _ratio, _difference):
                if match := question(g, t, found, evidence.label):
                    return [match]
    return []


def _counts(evidence):
    """For each draw 1; and, for a loss that is a mean, the number of examples, or that of all numbers."""
    batches = [sizes.get("batch", 1) for sizes in evidence.sizes]
    return [1] * len(batches), batches, [t.size for t in evidence.truth]


def _quantities(evidence):
    """What the gradient may depend on: arrays of its shape, and vectors laid over it; differences of two inputs."""
    shapes = [t.shape for t in evidence.truth]
    found = dict(factors_of(evidence))
    for name, arrays in evidence.quantities.items():
        if " - " in name and [a.shape for a in arrays] == shapes:
            found[name] = arrays
    return found


def _ratio(g, t, found, label):
    usable = np.abs(t) > 1e-6 * scale(t)
    ratio = g[usable] / t[usable]
    for name, q in found.items():
        if follows(ratio, q[usable]):
            seen = f"your {label} is the truth times a factor that depends on {name} alone"
            return Match(None, _with_values(seen, ratio, q[usable], name), f"Look where {name} enters.", _alone(name))
    return None


def _difference(g, t, found, label):
    for other, divisor in ({"": np.ones_like(g)} | found | _exponentials(found)).items():
        usable = np.abs(divisor) > 1e-3 * scale(divisor)
        error = (g - t)[usable] / divisor[usable]
        for name, q in found.items() if usable.mean() > MOST else ():
            if name != other and follows(error, q[usable]):
                what = f"{other} times what depends on {name} alone" if other else f"a function of {name} alone"
                seen = f"the error of your {label} is {what}: all else is right"
                return Match(None, seen, f"Look where {name} enters.", f"a term: {what}")
    return None


def _exponentials(found):
    plain = [name for name in found if "(" not in name and name != "dy" and np.abs(found[name]).max() < LARGEST]
    return {f"exp({sign}{name})": np.exp((-1 if sign else 1) * found[name]) for name in plain for sign in ("", "-")}


def _alone(name):
    return f"a factor that depends on {name} alone"


def _divided(g, t, found, label):
    """g = q f(p), where t is q times another function of p, or of more than p."""
    for other, divisor in ({"": np.ones_like(g)} | found).items():
        usable = np.abs(divisor) > 1e-3 * scale(divisor)
        mine, true = g[usable] / divisor[usable], t[usable] / divisor[usable]
        for name, q in found.items() if usable.mean() > MOST else ():
            if name == other or not follows(mine, q[usable]):
                continue
            what = f"{other} times what depends on {name} alone" if other else f"a function of {name} alone"
            if follows(true, q[usable]):
                return _other_curve(what, mine, true, q[usable], name, label)
            if spread(true, q[usable]) > NO_CURVE:
                seen = f"your {label} is in every element {what}, and should depend on more than that"
                return Match(None, seen, f"What is missing besides {name}?", f"no more in it than {what}")
    return None


def _other_curve(what, mine, true, q, name, label):
    off = np.where(np.abs(true) > 1e-3 * scale(true), np.abs(mine - true), -1)  # where there is a ratio to be told
    worst = np.argsort(-off)[: max(4, (off > 0).sum() // 2)]
    at = worst[np.argsort(q[worst])[[len(worst) // 4, 3 * len(worst) // 4]]]
    seen = f"your {label} is in every element {what}, as it should be, but "
    seen += " and ".join(f"at {name} = {q[k]:.4g} yours is {number(mine[k] / true[k])} times the right one" for k in at)
    return Match(None, seen, f"Plot both over {name}.", f"what depends on {name} in each element")


def follows(values, q):
    """Whether the values are a curve over q, and not one number."""
    if len(q) < FEWEST or not np.isfinite(values).all():
        return False
    off, size, whole = _off_line(values, q)
    if not whole or np.quantile(off, 0.5) > ON_LINE * whole or np.quantile(off, 0.9) > NEARLY * whole:
        return False
    return bool(np.quantile(off / np.where(size > 0, size, 1), 0.5) <= ON_LINE)  # most of them may be small


def spread(values, q):
    """How far the middle element lies from its neighbours' line, as a part of the values' spread."""
    off, _, whole = _off_line(values, q) if np.isfinite(values).all() else (np.inf, 0, 1)
    return float(np.quantile(off, 0.5) / whole) if whole else 0.0


def _off_line(values, q):
    """(distance of each from its neighbours' line, its size, the spread of all); a spread of 0 tells nothing."""
    whole = float(np.subtract(*np.quantile(values, (0.9, 0.1))))
    q, first, where = np.unique(q, return_index=True, return_inverse=True)  # twice the same is on no line by itself
    if (
        whole <= 1e-6 * scale(values)
        or len(q) < FEWEST
        or np.abs(values[first][where] - values).max() > ON_LINE * whole
    ):
        return np.inf, np.inf, 0.0
    values = values[first]
    width = q[2:] - q[:-2]
    part = np.where(width > 0, (q[1:-1] - q[:-2]) / np.where(width > 0, width, 1), 0.5)
    line = values[:-2] + part * (values[2:] - values[:-2])
    return np.abs(values[1:-1] - line), np.abs(values[1:-1]) + np.abs(line), whole


def _with_values(seen, values, q, name):
    order = np.argsort(q)
    at = [order[int(part * (len(q) - 1))] for part in SHOWN]
    return f"{seen}: {', '.join(f'at {name} = {q[k]:.4g} it is {number(values[k])}' for k in at)}"
