"""The patches of many blocks of images, one block after another, through the same views."""

import math

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .memory import workspace

SHORT = 4  # channels


class Padded:
    """Blocks of `batch` images among zeros.

    patches : views of what was placed last, (batch, *output_size, *kernel_size, channels); they overlap in memory.
    """

    def __init__(self, windows, channels, batch, dtype):
        (height, width), ((top, bottom), (left, right)) = windows.image_size, windows.padding
        padded = np.zeros((batch, top + height + bottom, left + width + right, channels), dtype)
        self.inside = padded[:, max(0, top) : top + height, max(0, left) : left + width]
        rows, columns = self.inside.shape[1:3]
        first_row, first_column = max(0, -top), max(0, -left)  # a negative padding cuts off instead
        self.seen = slice(None), slice(first_row, first_row + rows), slice(first_column, first_column + columns)
        shape = (batch, *windows.output_size, *windows.kernel_size, channels)
        (image, row, column, channel), (step_y, step_x) = padded.strides, windows.stride
        strides = (image, step_y * row, step_x * column, row, column, channel)
        self.patches = as_strided(padded, shape, strides, writeable=False)

    def place(self, x):
        self.inside[...] = x[self.seen]


class Unfold(Padded):
    """`unfold` for blocks of `batch` images: call it with a block.

    With few channels the result is laid out column by column, since NumPy copies slowly if what lies side by side in
    both arrays is short.
    """

    def __init__(self, windows, channels, batch, dtype):
        super().__init__(windows, channels, batch, dtype)
        rows, columns = batch * math.prod(windows.output_size), math.prod(windows.kernel_size) * channels
        if channels >= SHORT:
            self.matrix, self.source = workspace("patches", (rows, columns), dtype), self.patches
            self.target = self.matrix.reshape(self.patches.shape)
        else:
            by_columns = workspace("patches", (columns, rows), dtype)
            self.matrix, self.source = by_columns.T, self.patches.transpose(3, 4, 5, 0, 1, 2)
            self.target = by_columns.reshape(self.source.shape)

    def __call__(self, x):
        self.place(x)
        self.target[...] = self.source
        return self.matrix


def patch_size(windows, shape):
    """How many numbers the patches of one image have, for a kernel of that shape."""
    return math.prod(windows.output_size) * math.prod(shape[:3])
