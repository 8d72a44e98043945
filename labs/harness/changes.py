"""Which other inputs a student's function is tried on: the check's own, each time with one thing changed.

Each change is told in words that stand behind "if": "x is 0", "a and b change places".  Nothing is drawn at random, so
that every machine changes the same.
"""

import itertools
import re
from dataclasses import dataclass

import numpy as np

LONGEST = 16  # indices of an axis that are changed one after the other
NEVER = ("seed",)


@dataclass(frozen=True)
class Change:
    """Inputs of one draw with one thing changed.

    words : what is so then, "x is 0".
    about : the inputs that differ.
    special : the changed inputs hide something (they are zeros, or equal), so that it tells something if a wrong
        function is right there.
    """

    words: str
    inputs: dict
    about: tuple
    special: bool = False


def changes(inputs):
    """All `Change`s of one draw's inputs, the same ones in the same order for every draw."""
    usable = {name: a for name, a in inputs.items() if name not in NEVER and a.dtype.kind in "fiu"}
    found = []
    for name, a in usable.items():
        ways = _of_numbers(name, a) if a.dtype.kind == "f" else _of_whole_numbers(name, a)
        found += [Change(words, inputs | {name: b}, (name,), special) for words, b, special in ways]
        found += [Change(words, inputs | {name: b}, (name,), special) for words, b, special in _along_axes(name, a)]
    for (m, a), (n, b) in itertools.combinations(usable.items(), 2):
        if a.shape == b.shape and a.dtype.kind == b.dtype.kind:
            found += [
                Change(f"{m} and {n} change places", inputs | {m: b, n: a}, (m, n)),
                Change(f"{m} is the same as {n}", inputs | {m: b}, (m,), True),
                Change(f"{n} is the same as {m}", inputs | {n: a}, (n,), True),
            ]
        if a.ndim == b.ndim == 2 and len(a) == len(b) and a.shape[1] != b.shape[1] and a.dtype.kind == b.dtype.kind:
            (wide, w), (narrow, n) = sorted(((m, a), (n, b)), key=lambda pair: -pair[1].shape[1])
            words = f"the first columns of {wide} are those of {narrow}"
            found.append(Change(words, inputs | {wide: np.hstack([n, w[:, n.shape[1] :]])}, (wide,), True))
    return found + _with_another_size(inputs, usable)


def as_if(words):
    """The words for what is not so: "x is 0" becomes "x were 0"."""
    return re.sub(
        r"\b(is|are|stands|change|comes)\b",
        lambda verb: {"stands": "stood", "change": "changed", "comes": "came"}.get(verb[0], "were"),
        words,
        count=1,
    )


def other(a):
    """An array of the same signs that differs from `a` everywhere, by no law that a function may not notice."""
    return a * (1.3 + 0.5 * weights(a.shape)) if a.dtype.kind == "f" else np.flip(a)


def weights(shape, which=0):
    """Fixed numbers between -1 and 1 that are in no order."""
    count = np.arange(int(np.prod(shape)), dtype=np.float64)
    return np.cos((0.7 + 0.11 * which) * count**2 + 1 + which).reshape(shape)


def slices(inputs):
    """{(name, axis): [inputs in which only this index of the axis differs, for every index]}."""
    found = {}
    for name, a in inputs.items():
        if name in NEVER or a.dtype.kind not in "fiu":
            continue
        for axis, length in enumerate(a.shape):
            if 1 < length <= LONGEST:
                found[name, axis] = [inputs | {name: _with_other_slice(a, axis, k)} for k in range(length)]
    return found


def _with_other_slice(a, axis, k):
    changed = a.copy()
    place = (slice(None),) * axis
    old = a[(*place, k)]
    changed[(*place, k)] = other(old) + 0.2 if a.dtype.kind == "f" else a[(*place, k - 1)]
    return changed


def _of_numbers(name, a):
    """(words, array, special)"""
    stands = f"stands in the place of {name}"
    yield f"{name} is another one", other(a), False
    yield f"{name} is 0", 0 * a, True
    yield f"{name} is 1", 0 * a + 1, True
    yield f"-{name} {stands}", -a, False
    if (a < 0).any():
        yield f"|{name}| {stands}", np.abs(a), True
        yield f"max({name}, 0) {stands}", np.maximum(a, 0), False
    yield f"2 {name} {stands}", 2 * a, False
    yield f"{name} / 2 {stands}", a / 2, False
    yield f"{name} / 1000 {stands}", a / 1000, False
    yield f"{name}^2 {stands}", a**2, False
    yield f"{name} + 1 {stands}", a + 1, False
    yield f"1 - {name} {stands}", 1 - a, False
    if (a > 0).all():
        yield f"sqrt({name}) {stands}", np.sqrt(a), False
        yield f"1 / {name} {stands}", 1 / a, False
    else:
        yield f"exp({name}) {stands}", np.exp(np.minimum(a, 50)), False
    if a.size > 1:
        yield f"{name} is one number everywhere", np.full_like(a, a.flat[0]), True
        yield f"round({name}) {stands}", np.round(a), False
    else:
        yield f"{name} / 100 {stands}", a / 100, False
        yield f"{name} / 200 {stands}", a / 200, False


def _of_whole_numbers(name, a):
    yield f"{name} is another one", other(a), False
    yield f"{name} + 1 stands in the place of {name}", a + 1, False
    yield f"{name} - 1 stands in the place of {name}", a - 1, False
    yield f"2 {name} stands in the place of {name}", 2 * a, False
    yield f"{name} is 1", 0 * a + 1, True
    if a.size > 1:
        yield f"{name} is one number everywhere", np.full_like(a, a.flat[0]), True
        yield f"no two entries of {name} are the same", np.arange(a.size).reshape(a.shape).astype(a.dtype), True


def _along_axes(name, a):
    for axis in range(a.ndim):
        length = a.shape[axis]
        if length < 2:
            continue
        one, all_of_them = _words(name, a.ndim, axis)
        first = np.take(a, [0], axis)
        if a.ndim > 1:
            yield f"all {all_of_them} are the same", np.repeat(first, length, axis), True
        yield f"all {all_of_them} are in reverse order", np.flip(a, axis), False
        yield f"the first {one} comes last", np.roll(a, -1, axis), False
        if a.dtype.kind != "f":
            continue
        steps = np.arange(length).reshape([-1 if k == axis else 1 for k in range(a.ndim)])
        yield f"the last {one} is 0", np.where(steps == length - 1, 0, a), False
        yield f"the first {one} is 0", np.where(steps == 0, 0, a), False
        yield f"all {all_of_them} but the first are 0", np.where(steps > 0, 0, a), True
        if a.ndim > 1:
            yield f"a number of its own is added to each {one}", a + np.cos(steps + 1.0), False
            yield f"each {one} is multiplied by a number of its own", a * (1.2 + np.cos(steps + 1.0)), False
    if a.ndim and a.shape[-1] % 2 == 0:
        yield f"the halves of {name} change places", np.roll(a, a.shape[-1] // 2, -1), False
    if a.ndim == 2 and len(a) == a.shape[1]:
        yield f"{name}^T stands in the place of {name}", a.T.copy(), False


def _words(name, ndim, axis):
    """("row of x", "rows of x")"""
    if ndim <= 2:
        one = ("entry", "entries") if ndim == 1 else (("row", "rows"), ("column", "columns"))[axis]
        return f"{one[0]} of {name}", f"{one[1]} of {name}"
    place = f"{name}[{':, ' * axis}i]"
    return place, place


def _with_another_size(inputs, usable):
    """All axes of one length get the length 1, or twice the length, with each entry twice."""
    axes = {}
    for name, a in usable.items():
        for axis, length in enumerate(a.shape):
            axes.setdefault(length, []).append((name, axis))
    found = []
    for _, places in sorted(axes.items(), key=lambda item: item[1]):
        names = tuple(dict.fromkeys(name for name, _ in places))
        one, _ = _words(names[0], usable[names[0]].ndim, places[0][1])
        also = f" (and so of {', '.join(names[1:])})" if names[1:] else ""
        short, double = dict(inputs), dict(inputs)
        for name, axis in places:
            short[name], double[name] = np.take(short[name], [0], axis), np.repeat(double[name], 2, axis)
        found += [
            Change(f"there is only one {one}{also}", short, names, True),
            Change(f"each {one}{also} is there twice", double, names),
        ]
    return found
