"""Where nothing else is known: which arrays does the gradient answer to, and which should it answer to?

One element of x (of a target, of a parameter) is moved, and the gradient and the truth are computed again.  A truth
that answers only to its own example, and a gradient that answers to others too, tell of a sum over the wrong axis; a
gradient that does not answer at all has left something out.
"""

import copy

import numpy as np

from .asking import ask, with_arrays
from .case import parameters_of
from .arrays.evidence import scale
from .arrays.match import Match

MOVED, WATCHED = 6, 40  # elements of each array that are moved, elements of the gradient that are watched
STEP = 0.05
ANSWERS = 1e-5  # a change by this part of STEP and of the largest truth counts
NAMES = {2: ("example", "feature"), 4: ("example", "row", "column", "channel")}


def dependence(label, case):
    """A technique (a function of the evidence): an observation about the first draw, without a name."""

    def technique(evidence):
        if case.is_random:
            return []
        watched = np.random.default_rng(0).permutation(evidence.truth[0].size)[:WATCHED]
        for name in [*case.inputs, *case.parameters]:
            found = _about(name, label, watched, case)
            if found:
                return [found]
        return []

    return technique


def _about(name, label, watched, case):
    shape, own = case.array(label).shape, _array(case, name).shape
    before, places = _both(case, label, watched), _places(watched, shape, own)
    answers = np.zeros((2, len(places), len(watched)), bool)
    for k, place in enumerate(places):
        after = _both(_moved(case, name, place), label, watched)
        if not np.isfinite(after).all():
            return None  # moved out of its domain
        answers[:, k] = np.abs(after - before) > ANSWERS * STEP * scale(before[1])
    mine, true = answers
    if mine.any() != true.any():
        mine_far, true_far = _answers_far(name, label, watched, case, before)
        look = f"Where does {name} enter the formula?"
        if mine.any():
            seen = f"your {label} changes with {name}, which it should not"
            if true_far:
                seen = f"your {label} changes with every small move of {name}; the truth changes in jumps only"
        elif mine_far:
            return None  # small moves have met a jump of the truth by chance
        else:
            seen = f"your {label} does not change with {name}, as it should"
        return Match(None, seen, look, f"what comes from {name}")
    if len(shape) != len(own) or len(shape) not in NAMES:
        return None
    words = list(enumerate(NAMES[len(shape)]))
    if name in case.parameters:
        words = [(len(own) - 1, "column")]  # its other axes are no examples
    return _by_relation(name, label, words, mine, true, watched, places, shape, own)


def _answers_far(name, label, watched, case, before):
    """Whether (gradient, truth) change if the whole array is turned over."""
    twin = with_arrays(case, {name: -_array(case, name)})
    both = ask(twin, label, watched)
    return (True, True) if both is None else (np.abs(both - before) > ANSWERS * scale(before[1])).any(axis=1)


def _by_relation(name, label, words, mine, true, watched, places, shape, own):
    """Which neighbours answer that should not, and the other way round."""
    to, of = np.array(np.unravel_index(watched, shape)), np.array(np.unravel_index(places, own))
    same = to[:, None, :] == of[:, :, None]  # (axis, moved, watched)
    for axis, word in words:
        other = ~same[axis]
        if shape[axis] != own[axis] or not other.any():
            continue
        if (mine & other).any() and not (true & other).any():
            seen = f"your {label} of one {word} changes with {name} of another {word}, which it should not"
            return Match(None, seen, "Check the axis of every sum.", f"between one {word} and another")
        if (true & other).any() and not (mine & other).any():
            seen = f"your {label} of one {word} does not change with {name} of another {word}, as it should"
            return Match(None, seen, "Check the axis of every sum.", f"between one {word} and another")
    return None


def _places(watched, shape, own):
    """The elements to move: in arrays of one shape such as are watched, too."""
    if shape == own:
        return watched[:MOVED]
    return np.random.default_rng(1).permutation(int(np.prod(own)))[:MOVED]


def _array(case, name):
    return case.inputs[name] if name in case.inputs else case.parameters[name].data


def _moved(case, name, place):
    """A copy of the case in which one element of an array is a little larger."""
    twin = copy.copy(case)
    twin.more = list(case.more)
    if name in case.parameters:
        twin.untouched = copy.deepcopy(case.untouched)
        array = parameters_of(twin.untouched)[name].data
    else:
        array = twin.array(f"d{name}")
    array.reshape(-1)[place] += STEP * scale(array)
    return twin


def _both(case, label, watched):
    """(gradient, truth) of the watched elements."""
    case.start_again()
    case.forward()
    mine = case.backward(case.dy)[label].ravel()[watched]
    J = case.derivatives(label, watched)
    return np.array([mine, np.tensordot(J, case.dy, case.dy.ndim)])
