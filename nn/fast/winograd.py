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

from ..patches import Windows
from .memory import workspace
from .patches import Padded

# {how many points: all but infinity}.  Numbers of both signs around 1 lose the fewest digits.
POINTS = {3: (1, -1), 4: (0, 1, -1), 5: (1 / 2, -1 / 2, 3 / 2, -3 / 2), 6: (0, 2 / 3, -2 / 3, 3 / 2, -3 / 2)}
KERNELS, OUTPUTS = (2, 3, 4), (2, 3)  # along one axis
POINT = 50  # multiplications that take as long as bringing one number to the points or back (tests/benchmarks/prices.py)


def fits(windows):
    """Whether the windows have stride 1 and a kernel of 2 to 4 elements each way."""
    return windows.stride == (1, 1) and all(size in KERNELS for size in windows.kernel_size)


@lru_cache(maxsize=256)
def tiles_on(windows):
    """The `Windows` of the tiles on the image; stride = outputs of a tile; the last tile may reach over the edge."""
    axes = zip(windows.output_size, windows.kernel_size, windows.padding, windows.image_size, strict=True)
    sizes, outputs, padding, tiles = zip(*(_tiles(*axis) for axis in axes), strict=True)
    return Windows(windows.image_size, sizes, outputs, padding, tiles)


def _tiles(positions, kernel_size, padding, image_size):
    """Along one axis: pixels of a tile, its outputs, padding, how many tiles.  So that there are few points in all."""
    outputs = min(OUTPUTS, key=lambda outputs: math.ceil(positions / outputs) * (outputs + kernel_size - 1))
    pixels, tiles = outputs + kernel_size - 1, math.ceil(positions / outputs)
    return pixels, outputs, (padding[0], (tiles - 1) * outputs + pixels - padding[0] - image_size), tiles


@lru_cache(maxsize=256)
def outputs_of(windows):
    """The `Windows` of each tile's outputs among the positions, side by side."""
    tiles = tiles_on(windows)
    axes = zip(tiles.output_size, tiles.stride, windows.output_size, strict=True)
    padding = tuple((0, count * outputs - positions) for count, outputs, positions in axes)
    return Windows(windows.output_size, tiles.stride, tiles.stride, padding, tiles.output_size)


@lru_cache(maxsize=64)
def transforms(windows, dtype):
    """A (points, outputs), G (points, kernel) and B (points, pixels): each a pair, (vertical, horizontal)."""
    axes = (along_axis(*sizes) for sizes in zip(tiles_on(windows).stride, windows.kernel_size, strict=True))
    return [[matrix.astype(dtype) for matrix in pair] for pair in zip(*axes, strict=True)]


def along_axis(outputs, kernel_size):
    """A, G and B for tiles with that many outputs and a kernel with that many elements, in float64."""
    pixels = outputs + kernel_size - 1
    points = np.array(POINTS[pixels], float)

    def values(coefficients):  # of a polynomial, at the points
        at_infinity = np.eye(coefficients)[-1:]
        return np.concatenate([points[:, None] ** np.arange(coefficients), at_infinity])

    return values(outputs), values(kernel_size), np.linalg.inv(values(pixels)).T


class _Winograd:
    """What the two maps below have in common: see `nn.fast.products` for what each method is."""

    @staticmethod
    def cost(windows, shape):
        if not fits(windows):
            return math.inf
        tiles, (c_in, c_out) = tiles_on(windows), shape[2:]
        return math.prod(tiles.output_size) * math.prod(tiles.kernel_size) * (c_in * c_out + POINT * (c_in + c_out))

    @staticmethod
    def size(windows, shape):
        tiles = tiles_on(windows)
        return 2 * math.prod(tiles.kernel_size) * math.prod(tiles.output_size) * max(shape[2:])


class WinogradProduct(_Winograd):
    """y = unfold(x) K at the points: y = A^T [(G K G^T) * (B d B^T)] A for each tile d."""

    @staticmethod
    def prepare(kernel, windows, dtype):
        """G K G^T: (height, width, c_in, c_out) -> (points_y, points_x, c_in, c_out)."""
        _, g, _ = transforms(windows, dtype)
        return transform_kernel(kernel.astype(dtype, copy=False), g)

    def __init__(self, windows, shape, batch, dtype):
        (a_y, a_x), _, b = transforms(windows, dtype)
        c_in, c_out = shape[2:]
        self.tiles = Tiles(tiles_on(windows), c_in, batch, dtype, "tiles")
        self.to_points = Transform(self.tiles.tiles, b, "points")
        products = workspace("tiles", (*self.to_points.result.shape[:-1], c_out), dtype)  # no longer needed then
        self.from_points = Transform(products, (a_y.T, a_x.T), "points")
        self.factor, self.product = by_image(self.to_points.result), by_image(products)
        patches = self.from_points.result.transpose(2, 3, 4, 0, 1, 5)
        self.outputs = [(in_image, patches[in_patches]) for in_patches, in_image in outputs_of(windows).overlaps]

    def __call__(self, x, kernel_at_points, y):
        self.tiles.lay_out(x)
        self.to_points.compute()
        np.matmul(self.factor, kernel_at_points[:, :, None], out=self.product)
        self.from_points.compute()
        for in_image, output in self.outputs:
            y[in_image] = output


class WinogradGradient(_Winograd):
    """dK by the adjoint of `WinogradProduct`: G^T [(B d B^T)^T (A dy A^T)] G, summed over all tiles."""

    def __init__(self, windows, shape, batch, dtype):
        a, _, b = transforms(windows, dtype)
        c_in, c_out = shape[2:]
        self.tiles = Tiles(tiles_on(windows), c_in, batch, dtype, "tiles")
        self.outputs = Tiles(outputs_of(windows), c_out, batch, dtype, "outputs")
        self.x_to_points = Transform(self.tiles.tiles, b, "points")
        self.dy_to_points = Transform(self.outputs.tiles, a, "dy at points")
        self.x_at_points = by_point(self.x_to_points.result).swapaxes(2, 3)
        self.dy_at_points = by_point(self.dy_to_points.result)

    def __call__(self, x, dy):
        """The gradient for the kernel at the points."""
        self.tiles.lay_out(x)
        self.outputs.lay_out(dy)
        self.x_to_points.compute()
        self.dy_to_points.compute()
        return self.x_at_points @ self.dy_at_points

    @staticmethod
    def finish(total, windows, shape):
        """The adjoint of `WinogradProduct.prepare`: the gradient back from the points."""
        _, (g_y, g_x), _ = transforms(windows, total.dtype)
        return transform_kernel(total, (g_y.T, g_x.T))


class Tiles(Padded):
    """Where blocks of images are laid out as tiles: those of `unfold`, as (*kernel_size, batch, *output_size, c)."""

    def __init__(self, windows, channels, batch, dtype, purpose):
        super().__init__(windows, channels, batch, dtype)
        self.source = self.patches.transpose(3, 4, 0, 1, 2, 5)
        self.tiles = workspace(purpose, self.source.shape, dtype)

    def lay_out(self, x):
        self.place(x)
        self.tiles[...] = self.source


class Transform:
    """M_y a M_x^T for the first two axes of a: (k_y, k_x, batch, *tiles, c) -> (n_y, n_x, batch, *tiles, c).

    Of what is in `a` when `compute` is called; it writes `result`.  The products are in pieces of one row of tiles:
    BLAS has a faster way for such small products.
    """

    def __init__(self, a, matrices, purpose):
        (m_y, m_x), (k_y, k_x, batch, height, width, c) = matrices, a.shape
        rows = a.reshape(k_y, k_x, batch * height, width * c)
        half = workspace("half", (k_y, len(m_x), *rows.shape[2:]), m_x.dtype)
        half_rows = half.reshape(k_y, -1, width * c)
        whole = workspace(purpose, (len(m_y), *half_rows.shape[1:]), m_y.dtype)
        self.products = [
            (m_x, rows.swapaxes(1, 2), half.swapaxes(1, 2)),
            (m_y, half_rows.swapaxes(0, 1), whole.swapaxes(0, 1)),
        ]
        self.result = whole.reshape(len(m_y), len(m_x), batch, height, width, c)

    def compute(self):
        for left, right, out in self.products:
            np.matmul(left, right, out=out)


def transform_kernel(kernel, matrices):
    """M_y K M_x^T for the first two axes of a kernel or its values at the points."""
    m_y, m_x = matrices
    return np.ascontiguousarray(np.einsum("pi,qj,ijco->pqco", m_y, m_x, kernel, optimize=True))


def by_image(a):
    """(points_y, points_x, batch, *tiles, c) -> (points_y, points_x, batch, tiles, c)."""
    return a.reshape(*a.shape[:3], -1, a.shape[-1])


def by_point(a):
    """(points_y, points_x, batch, *tiles, c) -> (points_y, points_x, batch * tiles, c)."""
    return a.reshape(*a.shape[:2], -1, a.shape[-1])
