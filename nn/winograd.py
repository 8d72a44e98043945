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

from .patches import views_among_zeros
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
    return _transform_kernel(kernel, g).copy()


def kernel_from_points(values, windows):
    """The adjoint of `kernel_at_points`, which turns gradients back."""
    _, (g_y, g_x), _ = transforms(windows, values.dtype)
    return _transform_kernel(values, (g_y.T, g_x.T))


def size(windows, kernel):
    """How many numbers are worked on for one image."""
    tiles = tiles_on(windows)
    return 2 * math.prod(tiles.kernel) * math.prod(tiles.positions) * max(kernel.shape[2:])


def gathering(like, batch, values, windows):
    """A function (x, y) that writes the correlation of x with a kernel, given by its `values` at the points, into y.

    It takes blocks of `batch` images, of the dtype of `like`.  All views are made here, once for many blocks, since
    threads that are busy with Python hinder each other.
    """
    (a_y, a_x), _, b = transforms(windows, like.dtype)
    c_in, c_out = values.shape[2:]
    lay_out, pixels = _laying_out(like, batch, c_in, tiles_on(windows), "pixels")
    x_at_points, to_points = _transform(pixels, b, "points")
    products = scratch(like, (*x_at_points.shape[:-1], c_out), "pixels")  # which are no longer needed
    outputs, from_points = _transform(products, (a_y.T, a_x.T), "points")
    steps = [*to_points, (_by_image(x_at_points), values[:, :, None], _by_image(products)), *from_points]
    patches = outputs.transpose(2, 3, 4, 0, 1, 5)
    results = [(in_image, patches[in_patches]) for in_patches, in_image in outputs_of(windows).meetings]

    def gather(x, y):
        lay_out(x)
        _multiply(steps)
        for in_image, result in results:
            y[in_image] = result

    return gather


def gradient_adding(like_x, like_y, batch, values, windows):
    """A function (values, x, y) that adds the gradient of sum(y * correlation of x) to that of the Parameter values.

    values : a kernel at the points.  The rest as for `gathering`.
    """
    a, _, b = transforms(windows, like_x.dtype)
    c_in, c_out = values.data.shape[2:]
    lay_out_x, pixels = _laying_out(like_x, batch, c_in, tiles_on(windows), "pixels")
    lay_out_y, outputs = _laying_out(like_y, batch, c_out, outputs_of(windows), "outputs")
    x_at_points, x_to_points = _transform(pixels, b, "points")
    y_at_points, y_to_points = _transform(outputs, a, "y at points")
    steps = x_to_points + y_to_points
    factors = _by_point(x_at_points).swapaxes(2, 3), _by_point(y_at_points)

    def add(values, x, y):
        lay_out_x(x)
        lay_out_y(y)
        _multiply(steps)
        values.add_product(*factors)

    return add


def _laying_out(like, batch, channels, windows, purpose):
    """A function of images, and where it puts their patches: those of `unfold` as (*kernel, batch, *positions, c)."""
    place, patches = views_among_zeros(like, (batch, *windows.image, channels), windows, f"padded {purpose}")
    patches = patches.transpose(3, 4, 0, 1, 2, 5)
    out = scratch(like, patches.shape, purpose)

    def lay_out(x):
        place(x)
        out[...] = patches

    return lay_out, out


def _transform(a, matrices, purpose):
    """M_y a M_x^T for the first two axes of a: (k_y, k_x, batch, *positions, c) -> (n_y, n_x, batch, *positions, c).

    Returns where it will be, and the products, (left, right, out), that `_multiply` then takes to compute it from what
    is in a.  They are in pieces of one row of positions: BLAS has a faster way for such small products.
    """
    (m_y, m_x), (k_y, k_x, batch, height, width, c) = matrices, a.shape
    rows = a.reshape(k_y, k_x, batch * height, width * c)
    half = scratch(m_x, (k_y, len(m_x), *rows.shape[2:]), "half")
    half_rows = half.reshape(k_y, -1, width * c)
    out = scratch(m_y, (len(m_y), *half_rows.shape[1:]), purpose)
    products = [
        (m_x, rows.swapaxes(1, 2), half.swapaxes(1, 2)),
        (m_y, half_rows.swapaxes(0, 1), out.swapaxes(0, 1)),
    ]
    return out.reshape(len(m_y), len(m_x), batch, height, width, c), products


def _multiply(products):
    for left, right, out in products:
        np.matmul(left, right, out=out)


def _transform_kernel(kernel, matrices):
    result, products = _transform(kernel[:, :, None, None], matrices, "kernel")
    _multiply(products)
    return result[:, :, 0, 0]


def _by_image(a):
    return a.reshape(*a.shape[:3], -1, a.shape[-1])


def _by_point(a):
    return a.reshape(*a.shape[:2], -1, a.shape[-1])
