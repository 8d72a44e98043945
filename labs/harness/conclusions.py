"""What follows from experiments: how a wrong result and the right one answer if the inputs are changed.

Everything that is told holds in all draws.  The first kinds of statements tell most, and two of them are enough.
"""

import re

import numpy as np

from .changes import as_if, changes
from .experiments import summary

SAME = 1e-7  # as a part of the largest number
OTHER = 1e-3  # what counts as a difference
TOLD = 2  # so many statements
SPECIALS = 3  # so many special inputs


class Experiments:
    """The outcomes for one result, in all draws, of a student's function (got) and of the right one (right)."""

    def __init__(self, name, inputs, gs, truths, got, right):
        self.name, self.inputs = name, inputs
        self.got, self.right = got, right
        self.base = [summary(g) for g in gs], [summary(t) for t in truths]
        self.shapes = [t.shape for t in truths]
        self.changes = self._aligned()

    def _aligned(self):
        """{words: (change of the first draw, answers got, answers right)}: an array (draws, 4) each, where there are."""
        key = f"answers/{self.name}"
        if any(key not in found for found in [*self.got, *self.right]):
            return {}
        draws = []
        for inputs, got, right in zip(self.inputs, self.got, self.right, strict=True):
            listed = changes(inputs)
            if not len(got[key]) == len(right[key]) == 1 + len(listed):
                return {}
            rows = zip(got[key][1:], right[key][1:], strict=True)
            draws.append({change.words: (change, *row) for change, row in zip(listed, rows, strict=True)})
        found = {}
        for words, (change, _, _) in draws[0].items():
            if all(words in draw for draw in draws):
                g, t = (np.array([draw[words][k] for draw in draws]) for k in (1, 2))
                if np.isfinite(t).all():
                    found[words] = change, g, t
        return found

    def is_random(self):
        """Whether the same inputs twice give two answers."""
        key = f"answers/{self.name}"
        return any(key in got and not same(got[key][:1], base[None]) for got, base in zip(self.got, self.base[0], strict=True))

    def common(self, kind):
        """{rest of the key: (arrays got, arrays right)}, one array a draw, of the outcomes that all draws have."""
        start = f"{kind}/{self.name}/"
        keys = [key for key in self.right[0] if key.startswith(start)]
        keys = [key for key in keys if all(key in found for found in [*self.got, *self.right])]
        pairs = {key.removeprefix(start): ([f[key] for f in self.got], [f[key] for f in self.right]) for key in keys}
        return {
            key: (g, t)
            for key, (g, t) in pairs.items()
            if all(a.shape == b.shape and np.isfinite(a).all() and np.isfinite(b).all() for a, b in zip(g, t, strict=True))
        }


def same(a, b):
    """Whether summaries, one a row, are those of the same arrays."""
    a, b = np.atleast_2d(a), np.atleast_2d(b)
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return False
    return bool((np.abs(a - b).max(axis=1) <= SAME * np.maximum(a[:, 3], b[:, 3])).all())


def differ(a, b):
    """Whether the summaries differ clearly, in every draw."""
    a, b = np.atleast_2d(a), np.atleast_2d(b)
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return False
    return bool((np.abs(a - b).max(axis=1) > OTHER * np.maximum(a[:, 3], b[:, 3])).all())


def conclusions(experiments, explain):
    """[(a short name or "", sentence)], the most telling first.

    explain(label, gs, ts) gives (name, words) for an array that is wrong, one g and one t a draw; words are "" if
    nothing more than "everywhere" is known.
    """
    if experiments.is_random():
        return [("", f"Two calls with the same arrays give two different {experiments.name}: is something drawn at random?")]
    if found := _as_if(experiments):
        return found
    found = []
    for kind in (_dependence, _undone, _touches, _slopes, _sums, _specials, _independent, _laws):
        found += kind(experiments, explain)
        if len(found) >= TOLD:
            break
    return found


def _as_if(experiments):
    """The right function gives what the student's gives, but for other inputs."""
    g = np.array(experiments.base[0])
    found = [words for words, (_, _, t) in experiments.changes.items() if same(g, t)]
    if not found or not differ(g, np.array(experiments.base[1])):
        return []
    told = " or ".join(as_if(words) for words in found[:2])
    return [(f"as if {told}", f"Your {experiments.name} is exactly what is right if {' or if '.join(found[:2])}: it is computed as if that were so.")]


def _dependence(experiments, explain):
    g0, t0 = map(np.array, experiments.base)
    lost, extra = [], []
    for words, (change, g, t) in experiments.changes.items():
        if words.endswith("is another one"):
            (name,) = change.about
            if same(g, g0) and differ(t, t0):
                lost.append(name)
            if same(t, t0) and differ(g, g0):
                extra.append(name)
    found = []
    if lost:
        found.append(("", f"Your {experiments.name} does not change with {' nor with '.join(lost)}, and should."))
    if extra:
        found.append(("", f"Your {experiments.name} changes with {' and with '.join(extra)}, and should not."))
    return found


def _undone(experiments, explain):
    """The student's function is right if its inputs are changed beforehand, but the right one's are not."""
    t0 = np.array(experiments.base[1])
    found = [words for words, (change, g, t) in experiments.changes.items() if same(g, t0) and differ(t, t0)]
    return [("", f"If {found[0]}, your function gives exactly the {experiments.name} that is right without that.")] if found else []


def _touches(experiments, explain):
    """Which indices of the result change with an index of an input."""
    for key, (gots, rights) in experiments.common("touched").items():
        name, axis = key.split("/")
        for got, right, shape in zip(gots, rights, experiments.shapes, strict=True):
            if np.array_equal(got, right):
                break
        else:
            if found := _first_difference(experiments, name, int(axis), gots[0], rights[0], experiments.shapes[0]):
                return [("", found)]
    return []


def _first_difference(experiments, name, axis, got, right, shape):
    start = 0
    for own, length in enumerate(shape):
        g, t = got[:, start : start + length], right[:, start : start + length]
        start += length
        wrong = np.flatnonzero((g != t).any(axis=1))
        if len(wrong):
            k = int(wrong[len(wrong) // 2])
            changed = f"{name}[{':, ' * axis}{k}]"
            return (
                f"If {changed} changes, your {experiments.name} changes {_listed(g[k], own)}; "
                f"the right one changes {_listed(t[k], own)} (indices of its axis {own})."
            )
    return ""


def _listed(mask, axis):
    places = np.flatnonzero(mask).tolist()
    if not places:
        return "nowhere"
    if len(places) == len(mask) > 1:
        return "everywhere"
    return f"at {', '.join(map(str, places))}"


def _slopes(experiments, explain):
    """How the result changes with each input, number by number."""
    return _explained(experiments, "slope", explain, "")


def _sums(experiments, explain):
    return _explained(experiments, "sum", explain, " (weighted and added up)")


def _explained(experiments, kind, explain, how):
    slopes = experiments.common(kind)
    right, wrong = [], {}
    for key, (gs, ts) in slopes.items():
        name = key.partition("/")[0]
        if all(_near(g, t) for g, t in zip(gs, ts, strict=True)):
            right.append(name)
        else:
            wrong[key] = gs, ts
    names = list(dict.fromkeys(key.partition("/")[0] for key in wrong))
    right = [name for name in dict.fromkeys(right) if name not in names]
    if not wrong:
        if kind == "slope" and right and len(right) == len(_floats(experiments)):
            return [("", f"Your {experiments.name} changes with {_and(right)} exactly as it should: what is wrong does not depend on {'it' if len(right) == 1 else 'them'}, like a constant.")]
        return []
    also = f" With {_and(right)} it changes rightly." if right else ""
    for key, (gs, ts) in wrong.items():
        name, _, axes = key.partition("/")
        what = f"slope of {experiments.name}{how} in {_place(name, axes)}"
        known, words = explain(what, gs, ts)
        if words:
            return [(f"{known} (in how {experiments.name} changes with {name})" if known else "", f"Look at how your {experiments.name} changes with {name}. {words}{also}")]
    if right:
        return [("", f"How your {experiments.name} changes with {_and(names)} is wrong.{also}")]
    return []


def _floats(experiments):
    return [name for name, a in experiments.inputs[0].items() if a.dtype.kind == "f"]


def _place(name, axes):
    if not axes:
        return name
    letters = ["ijkl"[int(axis)] if str(axis) in axes else ":" for axis in range(max(map(int, axes)) + 1)]
    return f"{name}[{', '.join(letters)}]"


def _near(g, t):
    return bool(np.abs(g - t).max(initial=0.0) <= 1e-6 * max(np.abs(t).max(initial=0.0), np.abs(g).max(initial=0.0)))


def _and(names):
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _specials(experiments, explain):
    """Special inputs for which the student's function is right."""
    t0 = np.array(experiments.base[1])
    found = []
    for words, (change, g, t) in experiments.changes.items():
        if change.special and same(g, t) and (t[:, 3] > OTHER * t0[:, 3]).all():
            found.append(words)
    if not found:
        return []
    return [("", f"Your {experiments.name} is right if {', or if '.join(found[:SPECIALS])}: look at what that hides.")]


def _independent(experiments, explain):
    """Inputs on which the error does not depend, though the result does."""
    g0, t0 = map(np.array, experiments.base)
    size = np.maximum(g0[:, 3], t0[:, 3])
    found = []
    others = []
    for words, (change, g, t) in experiments.changes.items():
        if not words.endswith("is another one") or not differ(t, t0) or not np.isfinite(g).all():
            continue
        error = np.abs((g - t - g0 + t0)[:, :3]).max(axis=1)
        (found if (error <= SAME * size).all() else others).append(change.about[0])
    if not found or not differ(g0, t0):
        return []
    return [("", f"Your error does not depend on {_and(found)}: what {_and(found)} {'does' if len(found) == 1 else 'do'} in {experiments.name} is right.")]


def _laws(experiments, explain):
    """Changes after which the right result is the same, or a multiple of what it was, and the student's is not."""
    g0, t0 = map(np.array, experiments.base)
    for words, (change, g, t) in experiments.changes.items():
        mine, true = _multiple(g, g0), _multiple(t, t0)
        if true == mine or words.endswith("is another one"):
            continue
        if true is not None and (mine is not None or differ(g[:, :], true * g0)):
            return [("", f"If {words}, the right {experiments.name} {_becomes(true)}; yours {_becomes(mine)}.")]
        if true is None and mine == 1:
            return [("", f"If {words}, your {experiments.name} stays the same; the right one changes.")]
    return []


def _becomes(factor):
    if factor is None:
        return "does not" 
    return {1: "stays the same", -1: "turns its sign", 0: "becomes 0"}.get(factor, f"becomes {factor:g} times what it was")


def _multiple(changed, base):
    """The simple factor, the same in all draws, that makes one of the other; None if there is none."""
    for factor in (1.0, -1.0, 2.0, 4.0, 0.5, 0.25, 8.0):
        scaled = factor * base
        scaled[:, 3] = np.abs(scaled[:, 3])
        if same(changed, scaled):
            return factor
    return None
