"""How far along an axis does each element take its dy from: from itself, the one before, all later ones?

For sequences, images and running sums.  The distances at which the student's Jacobian is not 0 are compared with those
of the true one; and if they are the same, the wrong distances with the right ones.
"""

import numpy as np

from .arrays.evidence import scale
from .arrays.match import Match
from .arrays.rows import AXES

NEAR = 1e-7
LISTED = 5  # distances that are told one by one
LOOK = "Compare shifts, strides and directions with forward: what moves later in one moves earlier in the other."


def wrong_distance(jacobians, ndim):
    """A technique for arrays of so many axes: an observation without a name."""
    label = jacobians.label

    def technique(evidence):
        shape, output = evidence.gradient[0].shape, jacobians.cases[0].y.shape
        if label.endswith(".grad") or len(shape) != len(output) or len(shape) != ndim:
            return []
        for axis, name in list(enumerate(AXES[ndim]))[1:-1]:
            sets = [_distances(mine, true, axis) for mine, true in jacobians.pairs]
            if sets and (match := _told(label, name, sets)):
                return [match]
        return []

    return technique


def _distances(mine, true, axis):
    """(where the student's is not 0, where the true one is not, where they differ): sets of output - input index."""
    half = true.ndim // 2
    others = tuple(k for k in range(true.ndim) if k not in (axis, half + axis))
    found = []
    for a in (mine, true, mine - true):
        places = np.argwhere((np.abs(a) > NEAR * scale(true)).any(axis=others))
        found.append({int(o - i) for i, o in places})
    return found


def _told(label, name, sets):
    if all(mine and mine != true for mine, true, _ in sets):
        yours, right = (_words([s[k] for s in sets], name) for k in (0, 1))
        if yours != right:
            seen = f"each element of your {label} takes its dy from {yours}; right would be {right}"
            return Match(None, seen, LOOK, f"which dy along {name} it takes")
    if all(mine == true and wrong < true for mine, true, wrong in sets):
        bad, good = _words([s[2] for s in sets], name), _words([s[1] - s[2] for s in sets], name)
        seen = f"in your {label} only what comes from {bad} is wrong; what comes from {good} is right"
        return Match(None, seen, LOOK, f"what comes from {bad}")
    return None


def _words(sets, name):
    """Words for sets of distances, one a draw."""
    if all(s == sets[0] for s in sets) and len(sets[0]) <= LISTED:
        return _list([_distance(d, name) for d in sorted(sets[0])])
    ends = {("earlier", "the same", "later")[np.sign(d) + 1] for s in sets for d in s}
    return f"{_list([word for word in ('earlier', 'the same', 'later') if word in ends])} {name}s"


def _distance(d, name):
    return f"{abs(d)} {name}{'s' if abs(d) > 1 else ''} {'later' if d > 0 else 'earlier'}" if d else f"its own {name}"


def _list(words):
    return ", ".join(words[:-1]) + (" and " if len(words) > 1 else "") + words[-1]
