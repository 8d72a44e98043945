"""What follows from experiments: how a wrong result and the right one answer if the inputs are changed.

Everything that is told holds in all draws in which the result is wrong.  The kinds of statements stand in the order of
how much they tell.
"""

import numpy as np

from .changes import as_if
from .compared import OTHER, SAME, dependences, differ, listed, same
from .naming import ROUGH
from .slopes import slopes

SPECIALS = 2  # so many special inputs are told


def conclusions(experiments, explain, vague):
    """[(a short name or "", sentence)], the most telling first: two, or only one if a place is known already.

    vague : nothing more than "everywhere" is known yet.
    explain(label, gs, ts) gives (name, words) for an array that is wrong, one g and one t a draw; words are "" if
    nothing more than "everywhere" is known.
    """
    if experiments.is_random():
        words = f"Two calls with the same arrays gave two different {experiments.name}: is something drawn at random?"
        return [("random", words)]
    found = []
    for kind in (_rough_laws,) if experiments.tolerance > ROUGH else KINDS:
        if kind is not slopes or vague:  # where an array is wrong, its slopes are wrong in the same way
            found += kind(experiments, explain)
        if len(found) >= 1 + vague or (found and found[0][0]):
            break
    return found[: 1 + vague]


def _as_if(experiments, explain):
    """The right function gives what the student's gives, but for other inputs."""
    found = [
        (words, change)
        for words, (change, _, t) in experiments.answers.items()
        if same(experiments.g, t) and experiments.used.issuperset(change.about) and " + 1 stands" not in words
    ]
    if not found or not differ(experiments.g, experiments.t):
        return []
    told = [as_if(words) for words, _ in found[:2]]
    return [(f"as if {' or '.join(told)}", f"Your {experiments.name} is exactly as if {', or as if '.join(told)}.")]


def _dependence(experiments, explain):
    """The result does not change at all with an input, or changes with one that does not matter."""
    found, (lost, extra) = [], dependences(experiments)
    if lost:
        found.append(f"does not change with {listed(lost, 'or')}, and it should")
    if extra:
        found.append(f"changes with {listed(extra)}, and it should not")
    return [("", f"Your {experiments.name} {'; it '.join(found)}.")] if found else []


def _undone(experiments, explain):
    """The student's function is right if its inputs are changed beforehand, but the right one's are not."""
    for words, (_, g, t) in experiments.answers.items():
        if same(g, experiments.t) and differ(t, experiments.t):
            return [("", f"If {words}, your {experiments.name} is exactly what is right without that.")]
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
    """Words for the index in the middle of those with which other indices of the result change than should."""
    wrong = np.flatnonzero((got != right).any(axis=1))
    if not len(wrong):
        return ""
    k = int(wrong[len(wrong) // 2])
    mine, true = (_places(masks[k], experiments.shapes[0]) for masks in (got, right))
    what = f"{name}[{':, ' * axis}{k}]"
    return f"If {what} changes, your {experiments.name} changes {mine}, and it should change {true}."


def _places(mask, shape):
    """Words for the smallest box, of indices along each axis, outside of which nothing changes."""
    if not mask.any():
        return "nowhere"
    indices = [
        _span(np.flatnonzero(of_axis).tolist(), len(of_axis)) for of_axis in np.split(mask, np.cumsum(shape)[:-1])
    ]
    if set(indices) == {":"}:
        return "everywhere"
    while len(indices) > 1 and indices[-1] == ":":
        indices.pop()
    return f"in [{', '.join(indices)}] alone"


def _span(places, length):
    """The indices as NumPy or a reader would write them."""
    if len(places) == length:
        return ":"
    if len(places) == 1:
        return str(places[0])
    if len(places) == places[-1] - places[0] + 1:
        return f"{places[0]}:{places[-1] + 1}"
    left = sorted(set(range(length)).difference(places))
    return f"all but {left[0]}" if len(left) == 1 else str(places)


def _specials(experiments, explain):
    """Special inputs for which the student's function is right, and the result is not 0, nor trivial."""
    found = []
    for words, (change, g, t) in experiments.answers.items():
        matters = experiments.used.intersection(change.about) and differ(t, experiments.t)
        if change.special and matters and same(g, t) and (t[:, 3] > OTHER * experiments.t[:, 3]).all():
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
    names, do = listed(found), "does" if len(found) == 1 else "do"
    return [("", f"Your error does not depend on {names}: what {names} {do} in {experiments.name} is right.")]


def _growth(experiments, explain):
    """With which power of a single positive number the error grows."""
    for name in experiments.inputs[0]:
        small, half = (experiments.answers.get(f"{name} / {part} stands in the place of {name}") for part in (100, 200))
        if name not in experiments.used or not small or not half:
            continue
        errors = [(g - t)[:, :3] / np.maximum(t[:, 3:], 1e-300) for _, g, t in (small, half)]
        if not all(np.isfinite(e).all() and (np.abs(e) > 1e-12).all() for e in errors):
            continue
        powers = np.log2(np.abs(errors[0] / errors[1]))
        power = round(2 * float(powers.mean())) / 2
        if power > 0 and np.abs(powers - power).max() < 0.1:
            how = "in proportion" if power == 1 else f"like {name}^{power:g}"
            what = f"The difference between your {experiments.name} and the right one shrinks with {name}, about {how}"
            return [("", f"{what}: a term of that order is wrong.")]
    return []


def _laws(experiments, explain):
    """Changes after which the right result is the same, or a multiple of what it was, and the student's is not."""
    lost, _ = dependences(experiments)
    for words, (change, g, t) in experiments.answers.items():
        if not experiments.used.difference(lost).intersection(change.about) or not np.isfinite(g).all():
            continue
        mine, true = (_multiple(*pair) for pair in ((g, experiments.g), (t, experiments.t)))
        if true is not None and mine != true and differ(g, _times(true, experiments.g)):
            yours = _becomes(mine or _ratio(g, experiments.g))
            return [("", f"If {words}, the right {experiments.name} {_becomes(true)}; yours {yours}.")]
        if mine == 1 and differ(t, experiments.t):
            return [("", f"If {words}, your {experiments.name} stays the same, and it should change.")]
    return []


def _zeros(experiments, explain):
    """Changes after which the right result is 0, and the student's is not."""
    for words, (_, g, t) in experiments.answers.items():
        if not t[:, 3].any() and experiments.t[:, 3].all() and np.isfinite(g).all() and g[:, 3].all():
            return [("", f"If {words}, the right {experiments.name} is 0; yours is not.")]
    return []


def _changed_inputs(experiments, explain):
    """Arrays that the student's function changes, and the right one does not."""
    changed = [name for name, (gots, rights) in experiments.common("changed").items()
               if any(got and not right for got, right in zip(gots, rights, strict=True))]  # fmt: skip
    if not changed:
        return []
    return [("", f"Your function changes {listed(changed)}, which it was given: compute into a new array.")]


def _rough_laws(experiments, explain):
    """How a statistic of random numbers grows with a size."""
    found = []
    for words, (_, g, t) in experiments.answers.items():
        if not words.startswith("2 ") or not np.isfinite(g).all() or not (experiments.g * experiments.t).all():
            continue
        mine, true = g[:, 0] / experiments.g[:, 0], t[:, 0] / experiments.t[:, 0]
        if (np.abs(mine / true - 1) > 3 * experiments.tolerance).all() and np.ptp(true) < 3 * experiments.tolerance:
            yours = dict.fromkeys(f"{factor:.2g}" for factor in mine)
            right = f"the right {experiments.name} becomes about {true.mean():.2g} times what it was"
            found.append(("", f"If {words}, {right}, and yours {' or '.join(yours)} times."))
    return found


def _becomes(factor):
    if factor is None:
        return "does not"
    return {1: "stays the same", -1: "turns its sign"}.get(factor, f"becomes {factor:.4g} times what it was")


def _ratio(changed, base):
    """The factor, the same in all draws, that makes one of the other; None if there is none."""
    size = np.argmax(np.abs(base[:, :3]), axis=1)
    rows = np.arange(len(base))
    factors = changed[rows, size] / np.where(base[rows, size] == 0, np.nan, base[rows, size])
    factor = float(factors.mean())
    return factor if np.isfinite(factor) and same(changed, _times(factor, base)) else None


def _times(factor, summaries):
    return summaries * np.array([factor] * 3 + [abs(factor)])


def _multiple(changed, base):
    """The simple factor, the same in all draws, that makes one of the other; None if there is none."""
    return next((f for f in (1.0, -1.0, 2.0, 4.0, 0.5, 0.25, 8.0) if same(changed, _times(f, base))), None)


KINDS = (
    _changed_inputs, _as_if, _dependence, _undone, _number_by_number, _touches, slopes, _specials, _growth,
    _independent, _zeros, _laws,
)  # fmt: skip
