"""Layers whose outputs look through windows: convolutions, pooling, whatever picks or moves elements.

Which window an output looks through is asked of forward: an input element is moved far up and far down, and the
outputs that answer have it in their window.  Then the student's Jacobian tells which of a window's elements get dy:
another one than should, none, only some where windows overlap, or those of a wrong row of the kernel.
"""

import numpy as np

from .arrays.evidence import Evidence, scale
from .arrays.location import place_of
from .arrays.match import Match
from .arrays.places import along_axes

AXES = {2: ("example", "feature"), 3: ("example", "position", "feature"), 4: ("example", "row", "column", "channel")}
FAR = 10.0  # times the largest input
NEAR = 1e-7
SINGLE = 4  # so many elements that only one window holds must be right


def by_window(label, wrong, mine, true, case):
    """Matches for a wrong Jacobian of dx: arrays of the shape x.shape + y.shape."""
    flat = [a.reshape(case.array(label).size, case.dy.size) for a in (wrong, mine, true)]
    if case.is_first(label) and (np.abs(flat[2]) > NEAR).sum(axis=0).max() <= 1:
        return _overlap(label, flat[0], _reached(case)) or _other_route(label, *flat, case)
    return _taps(label, wrong, true) or _overlap(label, flat[0], np.abs(flat[2]) > NEAR) or _counts(label, *flat[1:])


def place_of_outputs(masks, cases):
    """Words for masks of outputs, one a draw, by their indices or by conditions on y and dy."""
    masks = [mask.astype(float) for mask in masks]
    known = {"y": [case.y for case in cases], "dy": [case.dy for case in cases]}
    return place_of(Evidence(masks, [0 * m for m in masks], axes=AXES.get(masks[0].ndim, ()), quantities=known))


def _reached(case):
    """For each element of x, which outputs answer to a far move of it: (x.size, y.size)."""
    case.start_again()
    kept, still = case.x, case.forward()
    reached = np.zeros((kept.size, still.size), bool)
    for k in range(kept.size):
        for far in (FAR, -FAR):
            case.x = kept.copy()
            case.x.ravel()[k] = far * scale(kept)
            case.start_again()
            reached[k] |= (case.forward() != still).ravel()
    case.x = kept
    return reached


def _other_route(label, wrong, mine, true, case):
    """Each output comes from one input element.  Where does the student send its dy?"""
    bad = np.flatnonzero(wrong.any(axis=0))
    sent = np.abs(mine[:, bad]) > NEAR
    counts = set(sent.sum(axis=0).tolist())
    where = place_of_outputs([wrong.any(axis=0).reshape(case.dy.shape)], [case])
    for_these = "" if where in ("", "everywhere") else f", for the outputs {where}"
    if counts == {0}:
        seen = f"in your {label} the dy of {len(bad)} of {case.dy.size} outputs goes nowhere{for_these}"
        return [Match(None, seen, "", f"dy that goes nowhere{for_these}")]
    if 0 in counts:
        return []
    if counts != {1}:
        several = f"{min(counts)} to {max(counts)}" if len(counts) > 1 else str(min(counts))
        seen = f"in your {label} the dy of one output goes to {several} elements, though only one has made it"
        return [Match(None, f"{seen}{for_these}", "", f"dy to too many elements{for_these}")]
    which = _which(sent.argmax(axis=0), bad, case)
    seen = f"in your {label} dy goes to {which}, and not to the one that has made the output{for_these}"
    return [Match(None, seen, "Which element does forward take?", f"dy goes to {which}{for_these}")]


def _which(chosen, outputs, case):
    """Words for the element of its window that each of these outputs sends its dy to."""
    reached, x = _reached(case), case.x.ravel()
    windows = [np.flatnonzero(reached[:, output]) for output in outputs]
    if not all(k in window for k, window in zip(chosen, windows, strict=True)):
        return "an element outside of the output's window"
    known = {
        "the first element of its window": lambda w: w[0],
        "the last element of its window": lambda w: w[-1],
        "the smallest element of its window": lambda w: w[x[w].argmin()],
        "the largest element of its window": lambda w: w[x[w].argmax()],
        "the element of its window with the largest absolute value": lambda w: w[np.abs(x[w]).argmax()],
        "the middle element of its window": lambda w: w[len(w) // 2],
        "the second largest element of its window": lambda w: w[x[w].argsort()[-2:][0]],
    }
    fits = [words for words, f in known.items() if all(f(w) == k for k, w in zip(chosen, windows, strict=True))]
    return fits[0] if fits else "another element of its window"


def _overlap(label, wrong, reached):
    """Whether only such elements are wrong as lie in several windows."""
    bad, single = wrong.any(axis=1), reached.sum(axis=1) == 1
    if single.sum() < SINGLE or (bad & single).any():
        return []
    seen = f"your {label} is wrong only in elements that lie in several windows, and right in those of one window"
    return [Match(None, seen, "Where windows overlap, the contributions add up.", "where windows overlap")]


def _counts(label, mine, true):
    """Whether every output's dy goes to fewer elements than have made it, or to more."""
    sent, made = ((np.abs(a) > NEAR).sum(axis=0) for a in (mine, true))
    several = made > 1
    if not several.any() or not ((2 * sent <= made)[several].all() or (sent >= 2 * made)[several].all()):
        return []  # a few more or less may be zeros by chance
    few = (sent < made)[several].all()
    seen = f"in your {label} the dy of one output goes to {_range(sent[several])} elements, but {_range(made[several])}"
    where = f"dy to too {'few' if few else 'many'} elements"
    return [Match(None, f"{seen} have made it", "Which elements does an output depend on?", where)]


def _range(counts):
    low, high = int(counts.min()), int(counts.max())
    return str(low) if low == high else f"{low} to {high}"


def _taps(label, wrong, true):
    """The elements of the kernel through which dy goes the wrong way."""
    if wrong.ndim != 8:
        return []
    found = [_relative(wrong, true, near_is_input) for near_is_input in (True, False)]
    taps = max((f for f in found if f is not None), key=np.size, default=None)
    if taps is None or taps.all() or not taps.any():
        return []
    where = along_axes([taps], ("kernel row", "kernel column"))
    seen = f"in your {label} only what goes through some elements of the kernel is wrong: {where}"
    return [Match(None, seen, "", f"through the kernel {where}")] if where else []


def _relative(wrong, true, per_output):
    """A mask (kernel rows, columns): whether anything that goes through that element of the kernel is wrong.

    per_output : whether a window is what one output sees (convolution), or what one input element reaches.
    """
    order = (4, 5, 6, 7, 0, 1, 2, 3) if per_output else tuple(range(8))
    wrong, held = wrong.transpose(order), np.abs(true.transpose(order)) > NEAR  # the owner of the window, its elements
    rows, columns = held.any(axis=(0, 3, 4, 6, 7)), held.any(axis=(0, 3, 4, 5, 7))  # (owner row, owner col, element)
    rows, columns = rows.any(axis=1), columns.any(axis=0)
    size = rows.sum(axis=1).max(), columns.sum(axis=1).max()
    taps, whole = np.zeros(size, bool), wrong.any(axis=(0, 3, 4, 7))
    for i in np.flatnonzero(rows.sum(axis=1) == size[0]):
        for j in np.flatnonzero(columns.sum(axis=1) == size[1]):
            inside = np.ix_(np.flatnonzero(rows[i]), np.flatnonzero(columns[j]))
            taps |= whole[i, j][inside]
            outside = whole[i, j].copy()
            outside[inside] = False
            if outside.any():
                return None  # not a matter of the kernel's elements
    return taps
