"""Patches in CUDA: a thread for each number of the result."""

import math

from ..forms import array_module
from .elementwise import elementwise

GEOMETRY = (
    "int32 height, int32 width, int32 channels, int32 positions_y, int32 positions_x, int32 kernel_y, int32 kernel_x, "
    "int32 stride_y, int32 stride_x, int32 top, int32 left"
)

_unfold = elementwise(  # a thread for each number of the patches, which looks up its pixel
    f"raw T x, {GEOMETRY}",
    "T patch",
    """
    ptrdiff_t rest = i;
    int channel = rest % channels;          rest /= channels;
    int element_x = rest % kernel_x;        rest /= kernel_x;
    int element_y = rest % kernel_y;        rest /= kernel_y;
    int column = rest % positions_x * stride_x + element_x - left;  rest /= positions_x;
    int row = rest % positions_y * stride_y + element_y - top;      rest /= positions_y;
    bool inside = 0 <= row && row < height && 0 <= column && column < width;
    patch = inside ? x[((rest * height + row) * width + column) * channels + channel] : T(0);
    """,
    "unfold",
)

_fold = elementwise(  # a thread for each number of the image, which looks up and adds all patches that meet there
    f"raw T patches, {GEOMETRY}",
    "T pixel",
    """
    ptrdiff_t rest = i;
    int channel = rest % channels;          rest /= channels;
    int column = rest % width + left;       rest /= width;
    int row = rest % height + top;          rest /= height;
    pixel = 0;
    for (int element_y = row % stride_y; element_y < kernel_y && element_y <= row; element_y += stride_y) {
        ptrdiff_t y = (row - element_y) / stride_y;
        if (y >= positions_y) continue;
        for (int element_x = column % stride_x; element_x < kernel_x && element_x <= column; element_x += stride_x) {
            ptrdiff_t x = (column - element_x) / stride_x;
            if (x >= positions_x) continue;
            ptrdiff_t position = (rest * positions_y + y) * positions_x + x;
            pixel += patches[((position * kernel_y + element_y) * kernel_x + element_x) * channels + channel];
        }
    }
    """,
    "fold",
)


def unfold(x, windows):
    """The patches under the kernel: (batch, height, width, c) -> (batch * positions, kernel_height*kernel_width*c)."""
    xp, channels = array_module(x), x.shape[-1]
    shape = (len(x) * math.prod(windows.output_size), math.prod(windows.kernel_size) * channels)
    return _unfold(xp.ascontiguousarray(x), *_geometry(windows, channels), xp.empty(shape, x.dtype))


def fold(patches, windows, batch):
    """The adjoint of `unfold`: every element of every patch is added to the pixel that it came from."""
    xp, channels = array_module(patches), patches.shape[1] // math.prod(windows.kernel_size)
    x = xp.empty((batch, *windows.image_size, channels), patches.dtype)
    return _fold(xp.ascontiguousarray(patches), *_geometry(windows, channels), x)


def _geometry(windows, channels):
    (top, _), (left, _) = windows.padding
    return (
        *windows.image_size, channels, *windows.output_size, *windows.kernel_size, *windows.stride, top, left
    )  # fmt: skip
