"""Which indices are wrong: whole rows, every second column, all but a channel, the border."""

import math

import numpy as np

LISTED = 6  # so many indices are written out


def along_axes(masks, axes):
    """Words for masks of wrong elements by whole indices of named axes, such as "for channel 2"; "" where none fit.

    A mask is one draw's; draws without a wrong element are passed over, and counted.
    """
    if all(mask.all() for mask in masks):
        return "everywhere"
    hit = [mask for mask in masks if mask.any()]
    few = f" in {len(hit)} of {len(masks)} draws" if len(hit) < len(masks) else ""
    if not axes:
        return few.strip()
    if all(map(_is_block, hit)):
        return f"for {_block(hit, axes)}{few}"
    if border := _border(masks, axes):
        return border
    if all(map(_is_block, [~mask for mask in hit])) and all((~mask).sum() > 1 for mask in hit):
        return f"everywhere but for {_block([~mask for mask in hit], axes)}{few}"
    return f"for {_block(hit, axes)}{few}" if all(map(_is_nearly_block, hit)) else ""


def block_of(masks, axes):
    """(words, [indices for np.ix_]) of the smallest blocks that hold the masks; words are "" for blocks of all."""
    sets = [_sets(mask) for mask in masks]
    return _block([mask for mask in masks if mask.any()], axes), [np.ix_(*s) for s in sets]


def listed(mask, axes):
    """The first indices of a mask, written out."""
    places = [tuple(map(int, place)) for place in np.argwhere(mask)]
    more = f" and {len(places) - LISTED} more" if len(places) > LISTED else ""
    return f"at {', '.join(map(str, places[:LISTED]))}{more} ({', '.join(axes)})"


def _sets(mask):
    """The indices of each axis that hold an element of the mask."""
    return [np.flatnonzero(mask.any(axis=tuple(set(range(mask.ndim)) - {axis}))) for axis in range(mask.ndim)]


def _is_block(mask):
    """Whether the mask is all that some indices have in common, and more than a single element of many."""
    return 0 < mask.sum() == math.prod(map(len, _sets(mask)))


def _is_nearly_block(mask):
    """The same, with a few elements that are right by chance; but then the block must leave something out."""
    size = math.prod(map(len, _sets(mask)))
    return size < mask.size and 0.9 * size <= mask.sum()


def _block(masks, axes):
    parts = []
    for axis, name in enumerate(axes):
        texts = [_of_axis(_sets(mask)[axis], mask.shape[axis]) for mask in masks]
        if any(text != "all" for text in texts):
            text = texts[0] if len(set(texts)) == 1 else " / ".join(texts) + " (draw by draw)"
            parts.append(f"{name} {text}")
    return ", ".join(parts)


def _of_axis(indices, size):
    if len(indices) == size:
        return "all"
    if len(indices) == 1 and indices[0] in (0, size - 1):
        return f"last ({indices[0]})" if indices[0] else "first (0)"
    if len(indices) == 2 and np.array_equal(indices, [0, size - 1]):
        return "first and last"
    steps = np.diff(indices)
    if len(indices) > 2 and np.ptp(steps) == 0:
        step = int(steps[0])
        return f"{indices[0]} to {indices[-1]}" if step == 1 else f"every {step} from {indices[0]}"
    return ", ".join(map(str, indices.tolist())) if len(indices) <= LISTED else f"{len(indices)} of {size}"


def _border(masks, axes):
    """ "at the border" where only first and last indices of the two middle axes are wrong."""
    for pair in ((1, 2), (0, 1)):
        if masks[0].ndim <= pair[1]:
            continue
        inner = tuple(slice(1, -1) if axis in pair else slice(None) for axis in range(masks[0].ndim))
        if all(mask.any() and mask[inner].size and not mask[inner].any() for mask in masks):
            return f"at the border of {axes[pair[0]]} and {axes[pair[1]]}"
    return ""
