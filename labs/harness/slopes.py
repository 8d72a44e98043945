"""How a wrong result changes with each of its inputs, compared with how the right one does.

One number, such as a loss, is compared so in as many numbers as it has inputs; and what is wrong in these slopes is
found like in any wrong array.
"""

import numpy as np

from .compared import dependences, listed

NEAR = 1e-6
SINGLE = 3  # so many numbers of an input matter, where a result follows single ones


def slopes(experiments, explain):
    """How the result changes with each input: where that is wrong, it is explained like any wrong array."""
    right, wrong, (lost, _) = [], {}, dependences(experiments)
    for kind in ("slope", "sum"):
        for key, (gs, ts) in experiments.common(kind).items():
            name, _, axes = key.partition("/")
            if name not in experiments.used or name in lost:
                continue
            if all(_near(g, t) for g, t in zip(gs, ts, strict=True)):
                right.append(name)
            else:
                wrong[kind, name, axes] = gs, ts
    names = list(dict.fromkeys(name for _, name, _ in wrong))
    right = [name for name in dict.fromkeys(right) if name not in names]
    floats = [name for name, a in experiments.inputs[0].items() if a.dtype.kind == "f" and name in experiments.used]
    if not wrong and right and set(right) == set(floats):
        them = "it" if len(right) == 1 else "them"
        what = f"what is wrong does not depend on {them}, like a constant"
        return [("", f"Your {experiments.name} changes with {listed(right)} exactly as it should: {what}.")]
    return _explained(experiments, wrong, right, explain) if wrong else []


def _explained(experiments, wrong, right, explain):
    also = f" With {listed(right)} it changes rightly." if right else ""
    told = {}
    for (kind, name, axes), (gs, ts) in wrong.items():
        total = "" if kind == "slope" else "a weighted sum of "
        label = f"slope of {total}{experiments.name} in {_place(name, axes)}"
        if words := _of_single_numbers(experiments.name, name, gs, ts):
            return [("", f"{words}{also}")]
        known, words = explain(label, gs, ts)
        if words and (known or not told):
            told = {name: (known, words)}
        if known:
            break
    for name, (known, words) in told.items():
        key = f"{known}: how {experiments.name} changes with {name}" if known else ""
        return [(key, f"Look at how your {experiments.name} changes with {name}. {words}{also}")]
    names = listed(list(dict.fromkeys(name for _, name, _ in wrong)))
    return [("", f"How your {experiments.name} changes with {names} is wrong.{also}")] if right else []


def _of_single_numbers(result, name, gs, ts):
    """Words for a result that is made of a few numbers of an input, and should not be, or of others, or the reverse."""
    mine, right = _follows_single_numbers(gs), _follows_single_numbers(ts)
    if mine and right:
        return (
            f"Your {result} follows single numbers of {name}, and others than it should: which one is picked, by what?"
        )
    if right:
        return f"The right {result} follows single numbers of {name}, as a maximum does; yours follows more of them."
    if mine:
        return f"Your {result} follows single numbers of {name}, as a maximum does, and it should follow more of them."
    return ""


def _follows_single_numbers(slopes):
    """Whether only a few of many slopes are not 0, as those of a maximum: no place can be read off them."""
    return all(np.count_nonzero(slope) <= SINGLE < slope.size / 2 for slope in slopes)


def _place(name, axes):
    if not axes:
        return name
    indices = ("ijklmn"[axis] if str(axis) in axes else ":" for axis in range(max(map(int, axes)) + 1))
    return f"{name}[{', '.join(indices)}]"


def _near(g, t):
    size = max(np.abs(g).max(initial=0.0), np.abs(t).max(initial=0.0))
    return bool(np.abs(g - t).max(initial=0.0) <= NEAR * size)
