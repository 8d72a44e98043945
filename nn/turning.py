"""A correlation seen from the image: as the adjoint of a correlation of stride 1, with the kernel turned round.

`Windows.turned` says which positions meet a tile, a block of stride x stride pixels.  Its pixels become the channels of
one "position" here, so that the adjoint of a correlation,

    x = fold(y K^T)    becomes    tiles of x = unfold(y) turned K,

and likewise its other two maps.  (Shi et al. 2016 call this a sub-pixel convolution.)
"""

import math

from .device import array_module


def turn(kernel, windows):
    """The kernel (height, width, c_in, c_out) from the other side: (*windows.turned.kernel, c_out, tile * c_in)."""
    (reach_y, reach_x), (step_y, step_x) = windows.turned.kernel, windows.stride
    height, width, c_in, c_out = kernel.shape
    whole = array_module(kernel).zeros((reach_y * step_y, reach_x * step_x, c_in, c_out), kernel.dtype)
    whole[:height, :width] = kernel
    elements = whole.reshape(reach_y, step_y, reach_x, step_x, c_in, c_out)[::-1, :, ::-1]
    return elements.transpose(0, 2, 5, 1, 3, 4).reshape(reach_y, reach_x, c_out, -1)


def turn_back(kernel, windows):
    """The inverse of `turn`, which is also its adjoint: turns gradients back."""
    (reach_y, reach_x), (step_y, step_x), (height, width) = windows.turned.kernel, windows.stride, windows.kernel
    c_out = kernel.shape[2]
    elements = kernel.reshape(reach_y, reach_x, c_out, step_y, step_x, -1).transpose(0, 3, 1, 4, 5, 2)
    return elements[::-1, :, ::-1].reshape(reach_y * step_y, reach_x * step_x, -1, c_out)[:height, :width]


def tiles_of(x, windows):
    """Images (batch, height, width, c) as tiles (batch, *windows.turned.positions, tile * c)."""
    if windows.stride == (1, 1):
        return x
    height, width, c = x.shape[1:]
    (down, right), (rows, columns), (step_y, step_x) = windows.tile_offset, windows.turned.positions, windows.stride
    whole = array_module(x).zeros((len(x), rows * step_y, columns * step_x, c), x.dtype)
    whole[:, down : down + height, right : right + width] = x
    tiles = whole.reshape(len(x), rows, step_y, columns, step_x, c).swapaxes(2, 3)
    return tiles.reshape(len(x), rows, columns, math.prod(windows.stride) * c)


def image_of(tiles, windows):
    """The inverse of `tiles_of`."""
    if windows.stride == (1, 1):
        return tiles
    (down, right), (height, width), (step_y, step_x) = windows.tile_offset, windows.image, windows.stride
    batch, rows, columns, _ = tiles.shape
    pixels = tiles.reshape(batch, rows, columns, step_y, step_x, -1).swapaxes(2, 3)
    whole = pixels.reshape(batch, rows * step_y, columns * step_x, -1)
    return whole[:, down : down + height, right : right + width]
