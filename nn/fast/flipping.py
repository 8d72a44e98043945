"""A correlation seen from the image: as the adjoint of a correlation of stride 1, with the kernel flipped.

Pixel r lies under element i of the kernel at position p if r + top = s p + i.  Divide both sides by the stride s,
r + top = s t + a and i = s d + a: then p = t - d.  So a tile of s pixels (number t; pixel a within it) overlaps with
neighbouring positions, d = 0 ... ceil(kernel / s) - 1, in falling order, whatever a is.  At stride 1 a tile is a pixel.

The pixels of a tile become the channels of one "position" (space to depth), so that the adjoint of a correlation,

    x = fold(y K^T)    becomes    space_to_depth(x) = unfold(y) flipped K,

and likewise its other two maps.  (Shi et al. 2016 call this a sub-pixel convolution.)
"""

import math
from functools import lru_cache

import numpy as np

from ..patches import Windows
from .products import FoldProduct, UnfoldGradient, UnfoldProduct
from .winograd import WinogradGradient, WinogradProduct


@lru_cache(maxsize=256)
def flipped(windows):
    """The same overlaps of pixels and positions, seen from the image: windows of stride 1 on the positions."""
    axes = zip(
        windows.image_size, windows.kernel_size, windows.stride, windows.padding, windows.output_size, strict=True
    )
    tiles, kernel_size, padding = zip(*(_flipped(*axis) for axis in axes), strict=True)
    return Windows(windows.output_size, kernel_size, (1, 1), padding, tiles)


def _flipped(size, kernel_size, stride, padding, outputs):
    """Along one axis: how many tiles, positions that each overlaps, (before, after) zeros; negative ones cut off."""
    first, offset = divmod(padding[0], stride)
    tiles, reach = math.ceil((offset + size) / stride), math.ceil(kernel_size / stride)
    return tiles, reach, (reach - 1 - first, first + tiles - outputs)


def flipped_shape(windows, shape):
    """The shape of the flipped kernel."""
    return (*flipped(windows).kernel_size, shape[3], math.prod(windows.stride) * shape[2])


def flip(kernel, windows):
    """The kernel (height, width, c_in, c_out) from the other side: (*flipped kernel_size, c_out, tile * c_in)."""
    (reach_y, reach_x), (step_y, step_x) = flipped(windows).kernel_size, windows.stride
    height, width, c_in, c_out = kernel.shape
    whole = np.zeros((reach_y * step_y, reach_x * step_x, c_in, c_out), kernel.dtype)
    whole[:height, :width] = kernel
    elements = whole.reshape(reach_y, step_y, reach_x, step_x, c_in, c_out)[::-1, :, ::-1]
    return elements.transpose(0, 2, 5, 1, 3, 4).reshape(reach_y, reach_x, c_out, -1)


def flip_back(kernel, windows):
    """The inverse of `flip`, which is also its adjoint: flips gradients back."""
    (reach_y, reach_x), (step_y, step_x) = flipped(windows).kernel_size, windows.stride
    (height, width), c_out = windows.kernel_size, kernel.shape[2]
    elements = kernel.reshape(reach_y, reach_x, c_out, step_y, step_x, -1).transpose(0, 3, 1, 4, 5, 2)
    return elements[::-1, :, ::-1].reshape(reach_y * step_y, reach_x * step_x, -1, c_out)[:height, :width]


def space_to_depth(x, windows):
    """Images (batch, height, width, c) as tiles (batch, *flipped output_size, tile * c)."""
    if windows.stride == (1, 1):
        return x
    height, width, c = x.shape[1:]
    (down, right), (rows, columns), (step_y, step_x) = _offset(windows), flipped(windows).output_size, windows.stride
    whole = np.zeros((len(x), rows * step_y, columns * step_x, c), x.dtype)
    whole[:, down : down + height, right : right + width] = x
    tiles = whole.reshape(len(x), rows, step_y, columns, step_x, c).swapaxes(2, 3)
    return tiles.reshape(len(x), rows, columns, math.prod(windows.stride) * c)


def depth_to_space(tiles, windows):
    """The inverse of `space_to_depth`."""
    if windows.stride == (1, 1):
        return tiles
    (down, right), (height, width), (step_y, step_x) = _offset(windows), windows.image_size, windows.stride
    batch, rows, columns, _ = tiles.shape
    pixels = tiles.reshape(batch, rows, columns, step_y, step_x, -1).swapaxes(2, 3)
    whole = pixels.reshape(batch, rows * step_y, columns * step_x, -1)
    return whole[:, down : down + height, right : right + width]


def _offset(windows):
    """How many pixels, (vertical, horizontal), the first tile begins before the image."""
    return tuple(before % s for (before, _), s in zip(windows.padding, windows.stride, strict=True))


class _Flipped:
    """One of the three maps from the other side, by the map `inner` (see `nn.fast.products`)."""

    inner = None

    @classmethod
    def cost(cls, windows, shape):
        return cls.inner.cost(flipped(windows), flipped_shape(windows, shape))

    @classmethod
    def size(cls, windows, shape):
        return cls.inner.size(flipped(windows), flipped_shape(windows, shape))

    @classmethod
    def prepare(cls, kernel, windows, dtype):
        return cls.inner.prepare(flip(kernel, windows), flipped(windows), dtype)

    def __init__(self, windows, shape, batch, dtype):
        self.windows = windows
        self.map = self.inner(flipped(windows), flipped_shape(windows, shape), batch, dtype)


class FlippedProduct(_Flipped):
    """y = unfold(x) K  as  y = fold(space_to_depth(x) flipped K)."""

    inner = FoldProduct

    def __call__(self, x, kernel, y):
        self.map(space_to_depth(x, self.windows), kernel, y)


class FlippedAdjoint(_Flipped):
    """x = fold(y K^T)  as  space_to_depth(x) = unfold(y) flipped K."""

    inner = UnfoldProduct

    def __init__(self, windows, shape, batch, dtype):
        super().__init__(windows, shape, batch, dtype)
        self.tiles = np.empty((batch, *flipped(windows).output_size, flipped_shape(windows, shape)[3]), dtype)

    def __call__(self, y, kernel, x):
        if self.windows.stride == (1, 1):
            self.map(y, kernel, x)
        else:
            self.map(y, kernel, self.tiles)
            x[...] = depth_to_space(self.tiles, self.windows)


class FlippedWinograd(FlippedAdjoint):
    """The same by Winograd's minimal filtering."""

    inner = WinogradProduct


class FlippedGradient(_Flipped):
    """dK  as the flipped back unfold(y)^T space_to_depth(x)."""

    inner = UnfoldGradient

    def __call__(self, x, dy):
        return self.map(dy, space_to_depth(x, self.windows))

    @classmethod
    def finish(cls, total, windows, shape):
        return flip_back(cls.inner.finish(total, flipped(windows), flipped_shape(windows, shape)), windows)


class FlippedWinogradGradient(FlippedGradient):
    """The same by Winograd's minimal filtering."""

    inner = WinogradGradient
