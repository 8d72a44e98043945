"""Patches in CUDA: a thread for each number of the result.

A thread finds its place by five divisions, and those of 64-bit integers take longer than the memory does.  So there are
two kernels of each kind, and that with 32 bits serves all arrays that are not too large for it.
"""

import math

from ..forms import array_module
from .elementwise import elementwise

INTEGERS = {"int32": "int", "int64": "long long"}  # as CuPy and as C++ calls them
LARGE = 2**31  # numbers in an array that 32 bits can no longer count
GEOMETRY = (
    "Int height, Int width, Int channels, Int positions_y, Int positions_x, Int kernel_y, Int kernel_x, "
    "Int stride_y, Int stride_x, Int top, Int left"
)


def _for_any_size(inputs, outputs, operation, name):
    """A function (numbers, arguments) that calls the CUDA kernel whose ``Int`` can count so many."""
    small, large = (
        elementwise(inputs.replace("Int ", f"{kind} "), outputs, f"typedef {integer} Int;{operation}", f"{name}_{kind}")
        for kind, integer in INTEGERS.items()
    )
    return lambda numbers, *arguments: (small if numbers < LARGE else large)(*arguments)


_unfold = _for_any_size(  # a thread for each number of the patches, which looks up its pixel
    f"raw T x, {GEOMETRY}",
    "T patch",
    """
    Int rest = i;
    Int channel = rest % channels;          rest /= channels;
    Int element_x = rest % kernel_x;        rest /= kernel_x;
    Int element_y = rest % kernel_y;        rest /= kernel_y;
    Int column = rest % positions_x * stride_x + element_x - left;  rest /= positions_x;
    Int row = rest % positions_y * stride_y + element_y - top;      rest /= positions_y;
    bool inside = 0 <= row && row < height && 0 <= column && column < width;
    patch = inside ? x[((rest * height + row) * width + column) * channels + channel] : T(0);
    """,
    "unfold",
)

_fold = _for_any_size(  # a thread for each number of the image, which looks up and adds all patches that meet there
    f"raw T patches, {GEOMETRY}",
    "T pixel",
    """
    Int rest = i;
    Int channel = rest % channels;          rest /= channels;
    Int column = rest % width + left;       rest /= width;
    Int row = rest % height + top;          rest /= height;
    pixel = 0;
    for (Int element_y = row % stride_y; element_y < kernel_y && element_y <= row; element_y += stride_y) {
        Int y = (row - element_y) / stride_y;
        if (y >= positions_y) continue;
        for (Int element_x = column % stride_x; element_x < kernel_x && element_x <= column; element_x += stride_x) {
            Int x = (column - element_x) / stride_x;
            if (x >= positions_x) continue;
            Int position = (rest * positions_y + y) * positions_x + x;
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
    patches = xp.empty(shape, x.dtype)
    return _unfold(max(x.size, patches.size), xp.ascontiguousarray(x), *_geometry(windows, channels), patches)


def fold(patches, windows, batch):
    """The adjoint of `unfold`: every element of every patch is added to the pixel that it came from."""
    xp, channels = array_module(patches), patches.shape[1] // math.prod(windows.kernel_size)
    x = xp.empty((batch, *windows.image_size, channels), patches.dtype)
    return _fold(max(x.size, patches.size), xp.ascontiguousarray(patches), *_geometry(windows, channels), x)


def _geometry(windows, channels):
    (top, _), (left, _) = windows.padding
    return (
        *windows.image_size, channels, *windows.output_size, *windows.kernel_size, *windows.stride, top, left
    )  # fmt: skip
