"""Correlations of stride 1 with fewer multiplications (Winograd 1980; Lavin & Gray 2016, section 4).

Two neighbouring outputs of a kernel k with three elements look at a tile d of four pixels.  One by one they take six
multiplications.  Four are enough, between two transforms of fixed numbers (* is number by number):

    y = A^T [(G k) * (B d)].

Why: a polynomial with coefficients k times one with two coefficients u is one with four.  Its values at four points
determine it, and take one multiplication each.  Let the powers p^0 ... p^(n-1) of the points be the rows of V_n; the
last point is infinity, where a polynomial's value is its leading coefficient.  Then the product's coefficients are

    V_4^-1 [(V_3 k) * (V_2 u)].

The correlation with k is the adjoint of this map of u.  Hence A = V_2, G = V_3 and B = V_4^-T; and with other sizes
for m outputs of r elements, m + r - 1 points.

On images it happens along both axes: y = A^T [(G k G^T) * (B d B^T)] A, with 36 multiplications in the place of 144 for
3x3 outputs of a 4x4 kernel.  With channels, the one multiplication at a point becomes a matrix that leads from c_in of
them to c_out, and all tiles together make that a product of matrices.
"""

import math
from functools import lru_cache

import numpy as np

from .patches import overlapping_views, with_zeros
from .threads import scratch
from .windows import Windows

# {how many points: all but infinity}.  Numbers of both signs around 1 lose the fewest digits.
POINTS = {3: (1, -1), 4: (0, 1, -1), 5: (1 / 2, -1 / 2, 3 / 2, -3 / 2), 6: (0, 2 / 3, -2 / 3, 3 / 2, -3 / 2)}
KERNELS, OUTPUTS = (2, 3, 4), (2, 3)  # along one axis


def fits(windows):
    """Whether the windows have stride 1 and a kernel of 2 to 4 elements each way."""
    return windows.stride == (1, 1) and all(size in KERNELS for size in windows.kernel)


@lru_cache(maxsize=256)
def tiles_on(windows):
    """The `Windows` of the tiles on the image; stride = outputs of a tile; the last tile may reach over the edge."""
    axes = zip(windows.positions, windows.kernel, windows.padding, windows.image, strict=True)
    sizes, outputs, padding, tiles = zip(*(_tiles(*axis) for axis in axes), strict=True)
    return Windows(windows.image, sizes, outputs, padding, tiles)


def _tiles(positions, kernel, padding, image):
    """Along one axis: pixels of a tile, its outputs, padding, how many tiles.  So that there are few points in all."""
    outputs = min(OUTPUTS, key=lambda outputs: math.ceil(positions / outputs) * (outputs + kernel - 1))
    pixels, tiles = outputs + kernel - 1, math.ceil(positions / outputs)
    return pixels, outputs, (padding[0], (tiles - 1) * outputs + pixels - padding[0] - image), tiles


@lru_cache(maxsize=256)
def outputs_of(windows):
    """The `Windows` of each tile's outputs among the positions, side by side."""
    tiles = tiles_on(windows)
    axes = zip(tiles.positions, tiles.stride, windows.positions, strict=True)
    padding = tuple((0, count * outputs - positions) for count, outputs, positions in axes)
    return Windows(windows.positions, tiles.stride, tiles.stride, padding, tiles.positions)


@lru_cache(maxsize=64)
def transforms(windows, dtype):
    """A (points, outputs), G (points, kernel) and B (points, pixels): each a pair, (vertical, horizontal)."""
    axes = (along_axis(*sizes) for sizes in zip(tiles_on(windows).stride, windows.kernel, strict=True))
    return [[matrix.astype(dtype) for matrix in pair] for pair in zip(*axes, strict=True)]


def along_axis(outputs, kernel):
    """A, G and B for tiles with that many outputs and a kernel with that many elements, in float64."""
    pixels = outputs + kernel - 1
    points = np.array(POINTS[pixels], float)

    def values(coefficients):  # of a polynomial, at the points
        at_infinity = np.eye(coefficients)[-1:]
        return np.concatenate([points[:, None] ** np.arange(coefficients), at_infinity])

    return values(outputs), values(kernel), np.linalg.inv(values(pixels)).T


def kernel_at_points(kernel, windows, dtype):
    """G K G^T: (height, width, c_in, c_out) -> (points_y, points_x, c_in, c_out)."""
    _, g, _ = transforms(windows, dtype)
    return _transformed(kernel[:, :, None, None], g, "kernel")[:, :, 0, 0].copy()


def kernel_from_points(values, windows):
    """The adjoint of `kernel_at_points`, which turns gradients back."""
    _, (g_y, g_x), _ = transforms(windows, values.dtype)
    return _transformed(values[:, :, None, None], (g_y.T, g_x.T), "kernel")[:, :, 0, 0]


def size(windows, kernel):
    """How many numbers are worked on for one image."""
    tiles = tiles_on(windows)
    return 2 * math.prod(tiles.kernel) * math.prod(tiles.positions) * max(kernel.shape[2:])


def gather(x, values, windows, y):
    """Write the correlation of images x with a kernel, given by its `values` at the points, into y."""
    (a_y, a_x), _, b = transforms(windows, x.dtype)
    x_at_points = _transformed(_laid_out(x, tiles_on(windows)), b, "points")
    products = scratch(x, (*x_at_points.shape[:-1], y.shape[-1]), "pixels")  # which are no longer needed
    np.matmul(_by_image(x_at_points), values[:, :, None], out=_by_image(products))
    patches = _transformed(products, (a_y.T, a_x.T), "points").transpose(2, 3, 4, 0, 1, 5)
    for in_patches, in_image in outputs_of(windows).meetings:
        y[in_image] = patches[in_patches]


def add_gradient(values, x, y, windows):
    """Add the gradient of sum(y * correlation of x) for a kernel's values at the points to that Parameter."""
    a, _, b = transforms(windows, x.dtype)
    x_at_points = _transformed(_laid_out(x, tiles_on(windows)), b, "points")
    y_at_points = _transformed(_laid_out(y, outputs_of(windows)), a, "y at points")
    values.add_product(_by_point(x_at_points).swapaxes(2, 3), _by_point(y_at_points))


def _laid_out(x, windows):
    """The patches of `unfold` in another order, (*kernel, batch, *positions, c), until the next call."""
    patches = overlapping_views(with_zeros(x, windows.padding), windows).transpose(3, 4, 0, 1, 2, 5)
    out = scratch(x, patches.shape, "pixels")
    out[...] = patches
    return out


def _transformed(a, matrices, purpose):
    """M_y a M_x^T for the first two axes of a: (k_y, k_x, batch, *positions, c) -> (n_y, n_x, batch, *positions, c).

    In pieces of one row of positions: there BLAS has a faster way for small products.
    """
    (m_y, m_x), (k_y, k_x, batch, height, width, c) = matrices, a.shape
    rows = a.reshape(k_y, k_x, batch * height, width * c)
    half = scratch(m_x, (k_y, len(m_x), *rows.shape[2:]), "half")
    np.matmul(m_x, rows.swapaxes(1, 2), out=half.swapaxes(1, 2))
    half = half.reshape(k_y, -1, width * c)
    out = scratch(m_y, (len(m_y), *half.shape[1:]), purpose)
    np.matmul(m_y, half.swapaxes(0, 1), out=out.swapaxes(0, 1))
    return out.reshape(len(m_y), len(m_x), batch, height, width, c)


def _by_image(a):
    return a.reshape(*a.shape[:3], -1, a.shape[-1])


def _by_point(a):
    return a.reshape(*a.shape[:2], -1, a.shape[-1])
