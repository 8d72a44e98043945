"""Patches: what a sliding kernel covers, laid out, and laid back.

`unfold` lays out, for every position of the kernel, the patch of the image that it covers; sliding a kernel is then
one matrix product.  `fold` is its adjoint (transpose): it adds patches up into an image.
"""

import math

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .device import array_module
from .kernels import gpu_form, kernel
from .threads import scratch

SHORT = 4  # channels

GEOMETRY = (
    "int32 height, int32 width, int32 channels, int32 positions_y, int32 positions_x, int32 kernel_y, int32 kernel_x, "
    "int32 stride_y, int32 stride_x, int32 top, int32 left"
)

_unfold_kernel = kernel(  # a thread for each number of the patches, which looks up its pixel
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

_fold_kernel = kernel(  # a thread for each number of the image, which looks up and adds all patches that meet there
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


def _geometry(windows, channels):
    (top, _), (left, _) = windows.padding
    return *windows.image, channels, *windows.positions, *windows.kernel, *windows.stride, top, left


def _unfold_on_gpu(x, windows, out=None):
    xp = array_module(x)
    out = xp.empty(patches_shape(x.shape, windows), x.dtype) if out is None else out
    _unfold_kernel(xp.ascontiguousarray(x), *_geometry(windows, x.shape[-1]), out)
    return out


def _fold_on_gpu(patches, windows, batch, out=None):
    xp, channels = array_module(patches), patches.shape[1] // math.prod(windows.kernel)
    out = xp.empty((batch, *windows.image, channels), patches.dtype) if out is None else out
    return _fold_kernel(xp.ascontiguousarray(patches), *_geometry(windows, channels), out)


@gpu_form(_unfold_on_gpu)
def unfold(x, windows, out=None):
    """The patches under the kernel: (batch, height, width, c) -> (batch * positions, kernel_height*kernel_width*c).

    Row = (image, position), column = (element of the kernel, channel); zero where the kernel looks over the edge.
    `out` : an array of that shape, in C order, whose memory is used.  With few channels the result is laid out column
    by column in it, since NumPy copies slowly if what lies side by side in both arrays is short.
    """
    out = np.empty(patches_shape(x.shape, windows), x.dtype) if out is None else out
    return unfolding(x, x.shape, windows, out)(x)


def unfolding(like, shape, windows, out):
    """A function x -> unfold(x, windows, out) for many x of that shape, with the dtype and device of `like`.

    All views are made here, once for many calls.
    """
    if not isinstance(like, np.ndarray):
        return lambda x: unfold(x, windows, out)
    place, views = views_among_zeros(like, shape, windows, "padded")
    if shape[-1] >= SHORT:
        patches, target, source = out, out.reshape(views.shape), views
    else:
        turned = out.reshape(out.shape[::-1])
        patches, target = turned.T, turned.reshape(*views.shape[3:], *views.shape[:3])
        source = views.transpose(3, 4, 5, 0, 1, 2)

    def unfold_again(x):
        place(x)
        target[...] = source
        return patches

    return unfold_again


def views_among_zeros(like, shape, windows, purpose):
    """A function place(x) for images of one shape, and the patches of what it placed: (batch, *positions, *kernel, c).

    The patches overlap; they are views of one array, in the scratch memory of that purpose, with zeros at its edges.
    """
    batch, height, width, channels = shape
    (top, bottom), (left, right) = windows.padding  # a negative number cuts off instead
    around = (batch, top + height + bottom, left + width + right, channels)
    padded = scratch(like, around, purpose)
    padded.fill(0)
    inside = padded[:, max(0, top) : top + height, max(0, left) : left + width]
    first_row, first_column = max(0, -top), max(0, -left)

    def place(x):
        inside[...] = x[:, first_row : first_row + inside.shape[1], first_column : first_column + inside.shape[2]]

    return place, _overlapping_views(padded, windows)


def _overlapping_views(x, windows):
    """The patches of padded images without copying: (batch, *positions, *kernel, c), into the same memory."""
    batch, row, column, channel = x.strides
    (step_y, step_x), (kernel_y, kernel_x) = windows.stride, windows.kernel
    shape = (len(x), *windows.positions, kernel_y, kernel_x, x.shape[-1])
    return as_strided(x, shape, (batch, step_y * row, step_x * column, row, column, channel), writeable=False)


@gpu_form(_fold_on_gpu)
def fold(patches, windows, batch, out=None):
    """The adjoint of `unfold`: every element of every patch is added to the pixel that it came from.

    (batch * positions, kernel_height*kernel_width*c) -> (batch, height, width, c).
    `out` : an array of that shape to write into.
    """
    channels = patches.shape[1] // math.prod(windows.kernel)
    x = np.empty((batch, *windows.image, channels), patches.dtype) if out is None else out
    x.fill(0)
    patches = patches.reshape(batch, *windows.positions, *windows.kernel, channels)
    for in_patches, in_image in windows.meetings:
        x[in_image] += patches[in_patches]
    return x


def patches_shape(image_shape, windows):
    """The shape of `unfold`'s result for images of shape (batch, height, width, channels)."""
    return (image_shape[0] * math.prod(windows.positions), math.prod(windows.kernel) * image_shape[-1])
