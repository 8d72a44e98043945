"""Arrays, a minibatch at a time."""

import numpy as np

from ..device import to_device
from ..forms import device_of
from ..type_hints import Any, Iterator, Seed


class Batches:
    """Parts of arrays, `size` examples each: ``for x, labels in nn.Batches(images, labels, size=100, rng=0)``.

    The remainder joins the last batch, since a batch norm dislikes tiny ones; fewer examples than `size` are one batch.
    It can be iterated again and again, once for each epoch.

    Parameters
    ----------
    *arrays : of equal length: NumPy or CuPy arrays, or whatever else can be indexed by an array of numbers.
    size : examples in a batch.
    rng : numpy Generator (or seed) that draws a new order for every epoch; None to leave the order as it is.

    Raises ValueError if the lengths differ, or there is nothing.
    """

    def __init__(self, *arrays: Any, size: int = 100, rng: Seed = None):
        lengths = {len(array) for array in arrays}
        if len(lengths) != 1 or lengths == {0}:
            raise ValueError(f"Batches takes arrays of one length, at least 1, got {[len(array) for array in arrays]}")
        if size < 1:
            raise ValueError(f"Batches needs a size of at least 1, got {size}")
        self.arrays, self.size = arrays, int(size)
        self.rng = None if rng is None else np.random.default_rng(rng)

    def __len__(self) -> int:
        """How many batches there are."""
        return max(len(self.arrays[0]) // self.size, 1)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        n = len(self.arrays[0])
        order = None if self.rng is None else self.rng.permutation(n)
        starts = [self.size * k for k in range(len(self))]
        for start, stop in zip(starts, [*starts[1:], n], strict=True):
            where = slice(start, stop)
            yield tuple(array[where if order is None else _beside(array, order[where])] for array in self.arrays)


def _beside(array, indices):
    """The indices on the device of the array."""
    try:
        return to_device(indices, device_of(array))
    except TypeError:  # neither NumPy's nor CuPy's
        return indices
