"""The outcomes of experiments with a student's function beside those with the right one."""

import numpy as np

from .changes import changes
from .experiments import summary

SAME = 1e-7  # as a part of the largest number
OTHER = 1e-4  # what counts as a difference


class Experiments:
    """The outcomes for one result of a student's function (got) and of the right one, a dictionary for each draw."""

    def __init__(self, name, inputs, gs, truths, got, right, tolerance=0.0):
        self.name, self.inputs, self.tolerance = name, inputs, tolerance
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
        again = [(got[key][0], g) for got, g in zip(self.got, self.g, strict=True) if key in got and len(got[key])]
        return any(np.isfinite([a, g]).all() and differ(a[None], g[None]) for a, g in again)

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


def listed(names, word="and"):
    """ "a, b and c" """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def dependences(experiments):
    """(inputs with which only the right result changes, inputs with which only the student's does)"""
    lost, extra = [], []
    for name in experiments.inputs[0]:
        answers = experiments.of(name)
        if answers and all(same(g, experiments.g) for g, _ in answers) and name in experiments.used:
            lost.append(name)
        if answers and any(differ(g, experiments.g) for g, _ in answers) and name not in experiments.used:
            extra.append(name)
    return lost, extra
