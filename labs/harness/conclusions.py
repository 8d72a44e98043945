"""What follows from experiments: how a wrong result and the right one answer if the inputs are changed.

Everything that is told holds in all draws in which the result is wrong.  The kinds of statements stand in the order of
how much they tell.
"""

import numpy as np

from .changes import as_if, changes
from .experiments import summary

SAME = 1e-7  # as a part of the largest number
OTHER = 1e-4  # what counts as a difference
SPECIALS = 2  # so many special inputs are told


class Experiments:
    """The outcomes for one result of a student's function (got) and of the right one, a dictionary for each draw."""

    def __init__(self, name, inputs, gs, truths, got, right):
        self.name, self.inputs = name, inputs
        self.got, self.right = got, right
        self.g, self.t = (np.array([summary(a) for a in arrays]) for arrays in (gs, truths))
        self.shapes = [t.shape for t in truths]
        self.answers = self._aligned()  # {words: (change of the first draw, answers got, answers right)}
        self.used = self._used()  # inputs on which the right result depends

    def _aligned(self):
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

    def _used(self):
        return {
            name
            for change, _, t in self.answers.values()
            for name in change.about
            if len(change.about) == 1 and not same(t, self.t)
        }

    def of(self, name):
        """Answers (got, right) to the changes of this input alone, where the student's function answers."""
        found = [(g, t) for change, g, t in self.answers.values() if change.about == (name,)]
        return [(g, t) for g, t in found if np.isfinite(g).all()]

    def is_random(self):
        """Whether the same inputs twice give two answers."""
        key = f"answers/{self.name}"
        return any(key in got and not same(got[key][:1], g[None]) for got, g in zip(self.got, self.g, strict=True))

    def common(self, kind):
        """{rest of the key: (arrays got, arrays right)}, one array a draw, of the outcomes that all draws have."""
        start = f"{kind}/{self.name}/"
        keys = [key for key in self.right[0] if key.startswith(start)]
        found = {}
        for key in keys:
            if all(key in outcomes for outcomes in [*self.got, *self.right]):
                g, t = ([outcomes[key] for outcomes in side] for side in (self.got, self.right))
                if all(_comparable(a, b) for a, b in zip(g, t, strict=True)):
                    found[key.removeprefix(start)] = g, t
        return found


def _comparable(a, b):
    return a.shape == b.shape and bool(np.isfinite(a).all() and np.isfinite(b).all())


def same(a, b):
    """Whether summaries, one a row, are those of the same arrays."""
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return False
    return bool((np.abs(a - b).max(axis=1) <= SAME * np.maximum(a[:, 3], b[:, 3])).all())


def differ(a, b):
    """Whether the summaries differ clearly, in every draw."""
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return False
    return bool((np.abs(a - b).max(axis=1) > OTHER * np.maximum(a[:, 3], b[:, 3])).all())


def conclusions(experiments, explain, most):
    """[(a short name or "", sentences)], the most telling first, and no more than `most`.

    explain(label, gs, ts) gives (name, words) for an array that is wrong, one g and one t a draw; words are "" if
    nothing more than "everywhere" is known.
    """
    if experiments.is_random():
        words = f"Two calls with the same arrays gave two different {experiments.name}: is something drawn at random?"
        return [("random", words)]
    found = []
    for kind in KINDS:
        found += kind(experiments, explain)
        if len(found) >= most or (found and found[0][0]):
            break
    return found[:most]


def _as_if(experiments, explain):
    """The right function gives what the student's gives, but for other inputs."""
    found = [
        (words, change)
        for words, (change, _, t) in experiments.answers.items()
        if same(experiments.g, t) and experiments.used.issuperset(change.about)
    ]
    if not found or not differ(experiments.g, experiments.t):
        return []
    told = [as_if(words) for words, _ in found[:2]]
    return [(f"as if {' or '.join(told)}", f"Your {experiments.name} is exactly as if {', or as if '.join(told)}.")]


def _dependence(experiments, explain):
    """The result does not change at all with an input, or changes with one that does not matter."""
    lost, extra = [], []
    for name in experiments.inputs[0]:
        answers = experiments.of(name)
        if answers and all(same(g, experiments.g) for g, _ in answers) and name in experiments.used:
            lost.append(name)
        if answers and any(differ(g, experiments.g) for g, _ in answers) and name not in experiments.used:
            extra.append(name)
    found = []
    if lost:
        found.append(f"does not change with {_and(lost, 'or')}, and it should")
    if extra:
        found.append(f"changes with {_and(extra)}, and it should not")
    return [("", f"Your {experiments.name} {'; it '.join(found)}.")] if found else []


def _undone(experiments, explain):
    """The student's function is right if its inputs are changed beforehand, but the right one's are not."""
    for words, (_, g, t) in experiments.answers.items():
        if same(g, experiments.t) and differ(t, experiments.t):
            return [("", f"If {words}, your function gives exactly the {experiments.name} that is right without that.")]
    return []


def _number_by_number(experiments, explain):
    """Each number of the right result depends on one number of an input; in the student's they mix."""
    for name in experiments.inputs[0]:
        slope, total = (f"{kind}/{experiments.name}/{name}" for kind in ("slope", "sum"))
        if all(slope in found for found in experiments.right) and all(total in found for found in experiments.got):
            what = f"each number of {experiments.name} depends on the one of {name} in its place, and on no other"
            return [("", f"In the right one {what}; in yours they mix.")]
    return []


def _touches(experiments, explain):
    """Which indices of the result change with an index of an input."""
    for key, (gots, rights) in experiments.common("touched").items():
        name, axis = key.split("/")
        if not any(np.array_equal(got, right) for got, right in zip(gots, rights, strict=True)):
            words = _first_difference(experiments, name, int(axis), gots[0], rights[0])
            if words:
                return [("", words)]
    return []


def _first_difference(experiments, name, axis, got, right):
    start = 0
    for own, length in enumerate(experiments.shapes[0]):
        g, t = got[:, start : start + length], right[:, start : start + length]
        start += length
        wrong = np.flatnonzero((g != t).any(axis=1))
        if len(wrong):
            k = int(wrong[len(wrong) // 2])
            return (
                f"If {name}[{':, ' * axis}{k}] changes, your {experiments.name} changes {_listed(g[k], own)}, and it "
                f"should {_listed(t[k], own)}."
            )
    return ""


def _listed(mask, axis):
    places = np.flatnonzero(mask).tolist()
    if not places:
        return "nowhere"
    if len(places) == len(mask) > 1:
        return "everywhere"
    return f"at [{':, ' * axis}{places[0] if len(places) == 1 else places}]"


def _slopes(experiments, explain):
    """How the result changes with each input: where that is wrong, it is explained like any wrong array."""
    right, wrong = [], {}
    for kind in ("slope", "sum"):
        for key, (gs, ts) in experiments.common(kind).items():
            name, _, axes = key.partition("/")
            if name not in experiments.used:
                continue
            if all(_near(g, t) for g, t in zip(gs, ts, strict=True)):
                right.append(name)
            else:
                wrong[kind, name, axes] = gs, ts
    names = list(dict.fromkeys(name for _, name, _ in wrong))
    right = [name for name in dict.fromkeys(right) if name not in names]
    floats = [name for name, a in experiments.inputs[0].items() if a.dtype.kind == "f" and name in experiments.used]
    if not wrong and right and right == floats:
        them = "it" if len(right) == 1 else "them"
        what = f"what is wrong does not depend on {them}, like a constant"
        return [("", f"Your {experiments.name} changes with {_and(right)} exactly as it should: {what}.")]
    return _explained(experiments, wrong, right, explain) if wrong else []


def _explained(experiments, wrong, right, explain):
    also = f" With {_and(right)} it changes rightly." if right else ""
    told = {}
    for (kind, name, axes), (gs, ts) in wrong.items():
        total = "" if kind == "slope" else "a weighted sum of "
        label = f"slope of {total}{experiments.name} in {_place(name, axes)}"
        known, words = explain(label, gs, ts)
        if words and (known or not told):
            told = {name: (known, words)}
        if known:
            break
    for name, (known, words) in told.items():
        key = f"{known}: how {experiments.name} changes with {name}" if known else ""
        return [(key, f"Look at how your {experiments.name} changes with {name}. {words}{also}")]
    names = _and(list(dict.fromkeys(name for _, name, _ in wrong)))
    return [("", f"How your {experiments.name} changes with {names} is wrong.{also}")] if right else []


def _place(name, axes):
    if not axes:
        return name
    return f"{name}[{', '.join('ijkl'[axis] if str(axis) in axes else ':' for axis in range(max(map(int, axes)) + 1))}]"


def _near(g, t):
    size = max(np.abs(g).max(initial=0.0), np.abs(t).max(initial=0.0))
    return bool(np.abs(g - t).max(initial=0.0) <= 1e-6 * size)


def _and(names, word="and"):
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def _specials(experiments, explain):
    """Special inputs for which the student's function is right, and the result is not 0, nor trivial."""
    found = []
    for words, (change, g, t) in experiments.answers.items():
        if change.special and same(g, t) and (t[:, 3] > OTHER * experiments.t[:, 3]).all():
            if experiments.used.intersection(change.about) and differ(t, experiments.t):
                found.append(words)
    if not found:
        return []
    return [("", f"Your {experiments.name} is right if {', or if '.join(found[:SPECIALS])}: look at what that hides.")]


def _independent(experiments, explain):
    """Inputs on which the error does not depend, though the result does."""
    size = np.maximum(experiments.g[:, 3], experiments.t[:, 3])
    error = (experiments.g - experiments.t)[:, :3]
    found = []
    for name in experiments.inputs[0]:
        answers = experiments.of(name)
        if name in experiments.used and answers:
            errors = [np.abs((g - t)[:, :3] - error).max(axis=1) for g, t in answers]
            if all((e <= SAME * np.maximum(size, t[:, 3])).all() for e, (_, t) in zip(errors, answers, strict=True)):
                found.append(name)
    if not found or not differ(experiments.g, experiments.t):
        return []
    do = "does" if len(found) == 1 else "do"
    return [("", f"Your error does not depend on {_and(found)}: what {_and(found)} {do} in {experiments.name} is right.")]


def _growth(experiments, explain):
    """With which power of a single positive number the error grows."""
    for name in experiments.inputs[0]:
        small, half = (
            experiments.answers.get(f"{name} / {part} stands in the place of {name}") for part in (100, 200)
        )
        if name not in experiments.used or not small or not half:
            continue
        errors = [(g - t)[:, :3] for _, g, t in (small, half)]
        if not all(np.isfinite(e).all() and (np.abs(e) > 1e-12).all() for e in errors):
            continue
        powers = np.log2(np.abs(errors[0] / errors[1]))
        power = round(2 * float(powers.mean())) / 2
        if power > 0 and np.abs(powers - power).max() < 0.1:
            how = "in proportion" if power == 1 else f"like {name}^{power:g}"
            what = f"The error of your {experiments.name} grows with a small {name}"
            return [("", f"{what}, about {how}: the nearer {name} is to 0, the smaller is the error.")]
    return []


def _laws(experiments, explain):
    """Changes after which the right result is the same, or a multiple of what it was, and the student's is not."""
    for words, (change, g, t) in experiments.answers.items():
        if not experiments.used.intersection(change.about) or not np.isfinite(g).all():
            continue
        mine, true = _multiple(g, experiments.g), _multiple(t, experiments.t)
        if true is not None and mine != true and differ(g, _times(true, experiments.g)):
            return [("", f"If {words}, the right {experiments.name} {_becomes(true)}; yours {_becomes(mine)}.")]
        if mine == 1 and differ(t, experiments.t):
            return [("", f"If {words}, your {experiments.name} stays the same, and it should change.")]
    return []


def _becomes(factor):
    if factor is None:
        return "does not"
    return {1: "stays the same", -1: "turns its sign"}.get(factor, f"becomes {factor:g} times what it was")


def _times(factor, summaries):
    return summaries * np.array([factor] * 3 + [abs(factor)])


def _multiple(changed, base):
    """The simple factor, the same in all draws, that makes one of the other; None if there is none."""
    return next((f for f in (1.0, -1.0, 2.0, 4.0, 0.5, 0.25, 8.0) if same(changed, _times(f, base))), None)


KINDS = (
    _as_if, _dependence, _undone, _number_by_number, _touches, _slopes, _specials, _growth, _independent, _laws,
)  # fmt: skip
