"""The three maps of `nn.convolution` on blocks of images, by their formulas: patches and one matrix product.

Each is a small class.  An object of it works on blocks of `batch` images of one geometry, in memory that it has laid
out when it was made; `cost` is what one image costs, `size` how many numbers are worked on for it.

    way = UnfoldProduct(windows, kernel.shape, batch, dtype)
    way(x, UnfoldProduct.prepare(kernel, windows, dtype), y)  # writes y
"""

import math

import numpy as np

from ..convolution import as_matrix
from .memory import workspace
from .patches import Unfold, patch_size

# Multiplications of a product that take as long as laying out, or adding up, one number (tests/benchmarks/prices.py).
UNFOLD, FOLD = 15, 50


class UnfoldProduct:
    """y = unfold(x) K."""

    size = staticmethod(patch_size)

    @staticmethod
    def cost(windows, shape):
        return patch_size(windows, shape) * (UNFOLD + shape[3])

    @staticmethod
    def prepare(kernel, windows, dtype):
        return as_matrix(kernel).astype(dtype, copy=False)

    def __init__(self, windows, shape, batch, dtype):
        self.unfold = Unfold(windows, shape[2], batch, dtype)

    def __call__(self, x, matrix, y):
        np.matmul(self.unfold(x), matrix, out=as_matrix(y))


class FoldProduct:
    """x = fold(y K^T)."""

    size = staticmethod(patch_size)

    @staticmethod
    def cost(windows, shape):
        return patch_size(windows, shape) * (FOLD + shape[3])

    prepare = staticmethod(UnfoldProduct.prepare)

    def __init__(self, windows, shape, batch, dtype):
        self.windows = windows
        self.patches = workspace("patches", (batch, *windows.output_size, *shape[:3]), dtype)
        self.matrix = self.patches.reshape(-1, math.prod(shape[:3]))

    def __call__(self, y, matrix, x):
        np.matmul(as_matrix(y), matrix.T, out=self.matrix)
        x.fill(0)
        for in_patches, in_image in self.windows.overlaps:
            x[in_image] += self.patches[in_patches]


class UnfoldGradient:
    """dK = unfold(x)^T dy."""

    size, cost = UnfoldProduct.size, UnfoldProduct.cost

    def __init__(self, windows, shape, batch, dtype):
        self.unfold = Unfold(windows, shape[2], batch, dtype)

    def __call__(self, x, dy):
        """The gradient for the kernel as a matrix."""
        return self.unfold(x).T @ as_matrix(dy)

    @staticmethod
    def finish(total, windows, shape):
        """The kernel's gradient from the sum over all blocks."""
        return total.reshape(shape)
