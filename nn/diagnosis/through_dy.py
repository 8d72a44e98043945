"""Where only elements could be listed: which part of dy goes the wrong way?

The student's whole Jacobian is compared with the true one: perhaps only what comes from other examples, or from the
other features of a row, is wrong, or the dy of some outputs goes nowhere, or something stands there that has nothing to
do with dy.
"""

import numpy as np

from .arrays.evidence import distance, scale
from .jacobians import NEAR
from .arrays.match import Match, number
from .arrays.places import along_axes
from .windows import AXES, by_window, place_of_outputs

LIVE, TINY = 1e-6, 1e-9  # of the largest number in the Jacobian
MOST = 0.8  # of the outputs: "all but a few are wrong" tells nothing


def part_of_dy(jacobians):
    """A technique (a function of the evidence): an observation about the first draw, without a name."""
    label, case = jacobians.label, jacobians.cases[0]

    def technique(evidence):
        if not jacobians.can_be_asked:
            return []
        nothing = jacobians.gradients([np.zeros_like(case.dy)], case)[0]
        if distance(nothing, 0 * nothing) > NEAR * scale(evidence.truth[0]):
            seen = f"a part of your {label} does not come from dy: for dy = 0 it is not 0"
            return [Match(None, seen, "Every term of a gradient holds dy.", "a term without dy")]
        if jacobians.mine is None:
            seen = f"your {label} is not linear in dy: what two dy give together is not the sum of what each gives"
            return [Match(None, seen, "Where is dy compared, squared, or used in a mask?", "where dy enters")]
        return _compared(label, jacobians, case) if len(jacobians.mine) else []

    return technique


def wrong_outputs(jacobians):
    """A technique: where the outputs are whose dy goes the wrong way, in all draws."""

    def technique(evidence):
        masks = [
            (np.abs(mine - true) > NEAR * scale(true)).any(axis=tuple(range(mine.ndim - case.dy.ndim)))
            for (mine, true), case in zip(jacobians.pairs, jacobians.cases, strict=False)
        ]
        if not masks or not all(m.any() for m in masks) or np.mean([m.mean() for m in masks]) > MOST:
            return []
        where = place_of_outputs(masks, jacobians.cases)
        seen = f"in your {jacobians.label} the contributions of these outputs are wrong: {where}"
        return [Match(None, seen, "", f"outputs {where}")] if where else []

    return technique


def _compared(label, jacobians, case):
    mine, true = jacobians.mine, jacobians.true
    wrong = np.abs(mine - true) > NEAR * scale(true)
    if not wrong.any():
        return []
    if label.endswith(".grad"):
        return _wrong_support(label, mine, true, case)
    return _by_relation(label, wrong, mine, true, case) or by_window(label, wrong, mine, true, case)


def _by_relation(label, wrong, mine, true, case):
    """Which kind of neighbours is wrong: the own element, other features of the example, other examples."""
    shape, output = case.array(label).shape, case.dy.shape
    shared = [axis for axis in range(min(len(shape), len(output))) if shape[axis] == output[axis]]
    if 0 not in shared or len(shape) not in AXES:
        return []
    names = AXES[len(shape)]
    same = [_same_index(axis, shape, output) for axis in shared]
    kinds = {}
    for bits in np.ndindex((2,) * len(shared)):
        of_kind = np.ones(wrong.shape, bool)
        for bit, equal in zip(bits, same, strict=True):
            of_kind &= equal if bit else ~equal
        if of_kind.any() and (mine[of_kind].any() or true[of_kind].any()):
            kinds[bits] = (wrong & of_kind).any(), true[of_kind].any()
    bad = [bits for bits, (is_wrong, _) in kinds.items() if is_wrong]
    mixing = [bits for bits in bad if bits[0] == 0 and not kinds[bits][1]]
    if mixing:
        seen = f"in your {label} examples are mixed: dy of one example changes the {label} of others"
        return [Match(None, seen, "Check the axis of every sum and mean.", "between the examples of the batch")]
    if len(bad) < len(kinds):
        words = " and ".join(_words(bits, [names[axis] for axis in shared]) for bits in bad)
        seen = f"in your {label} only the influence of dy {words} is wrong, the rest is right"
        return [Match(None, seen, "", f"the influence of dy {words}")]
    if shape == output and len(kinds) == 1 and all(next(iter(kinds))):
        return _wrong_slope(label, mine, true, case)
    return []


def _same_index(axis, shape, output):
    first = np.arange(shape[axis]).reshape([-1 if k == axis else 1 for k in range(len(shape) + len(output))])
    place = len(shape) + axis
    second = np.arange(output[axis]).reshape([-1 if k == place else 1 for k in range(len(shape) + len(output))])
    return np.broadcast_to(first == second, shape + output)


def _words(bits, names):
    if all(bits):
        return "on the same element"
    other = " and ".join(name for bit, name in zip(bits, names, strict=True) if not bit)
    same = " and ".join(name for bit, name in zip(bits, names, strict=True) if bit)
    return f"of another {other}" + (f" of the same {same}" if same else "")


def _wrong_slope(label, mine, true, case):
    size = case.dy.size
    got, want = (np.diagonal(a.reshape(size, size)) for a in (mine, true))
    few = [sorted({round(float(v), 6) for v in values}) for values in (got, want)]
    if few[0] == few[1] and len(few[0]) <= 3 < size:
        values = " and ".join(map(number, few[0]))
        seen = f"the slopes in your {label} are {values}, as they should be, but at other elements than in forward"
        look = "Is the mask of forward kept, and used again?"
        return [Match(None, seen, look, "the elements that the mask lets through")]
    worst = int(np.abs(got - want).argmax())
    x, name = case.array(label).ravel()[worst], label[1:]
    seen = (
        f"each element of your {label} takes its own dy, as it should, but times a wrong slope: "
        f"at {name} = {x:.4g} it is {number(got[worst])}, the true slope is {number(want[worst])}"
    )
    return [Match(None, seen, "Plot both over x.", "the slope that multiplies dy")]


def _wrong_support(label, mine, true, case):
    """Outputs whose dy does not get into the array though it should, or the other way round."""
    inner = tuple(range(mine.ndim - case.dy.ndim))
    enters, should = (np.abs(a).max(axis=inner) / scale(true) for a in (mine, true))
    live = np.maximum(enters, should) > LIVE
    for gone, words in ((enters < TINY, "does not get into"), (should < TINY, "should not get into")):
        where = _indices_of(gone & live, live, AXES.get(case.dy.ndim, ()))
        if where:
            seen = f"the dy of some outputs {words} your {label}: {where}"
            return [Match(None, seen, "Compare the bounds of loops and slices, and the masks.", f"outputs {where}")]
    return []


def _indices_of(picked, live, axes):
    """Words for indices of one axis such that all that live there is picked, and nothing elsewhere; "" if none."""
    for axis, name in enumerate(axes):
        others = tuple(set(range(picked.ndim)) - {axis})
        count, whole = picked.sum(axis=others), live.sum(axis=others)
        bad, good = (whole > 0) & (count == whole), count == 0
        if bad.any() and good.any() and (bad | good).all():
            return along_axes([bad], (name,))
    return ""
