"""Sliding a kernel over images: the three linear maps that convolutions are made of.

`unfold` lays out, for every position of the kernel, the patch of the image that it covers; sliding a kernel is then
one matrix product.  `fold` is its adjoint (transpose): it adds patches up into an image.  With the rows of the
patches P = unfold(x) and a kernel written as a matrix K (kernel_height*kernel_width*c_in, c_out):

    correlation          y  = unfold(x) K
    its adjoint          x' = fold(y K^T)           <correlation x, y> = <x, adjoint y> for all x and y
    gradient for K       dK = unfold(x)^T dy

A convolution runs the first forward and the second backward; a transposed convolution the other way round.
"""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from .device import array_module
from .kernels import gpu_form, kernel
from .threads import blocks_of, for_each


@dataclass(frozen=True)
class Windows:
    """Where a kernel lies on an image: all of it in pixels, each pair (vertical, horizontal).

    image : (height, width);  kernel : (height, width);  stride : steps between neighbouring positions;
    padding : ((top, bottom), (left, right)) zeros that the image is thought to have around it;
    positions : how many places the kernel visits, the (height, width) of the correlation's result.
    """

    image: tuple
    kernel: tuple
    stride: tuple
    padding: tuple
    positions: tuple

    @cached_property
    def meetings(self):
        """For each element (i, j) of the kernel: the patch elements that it is laid on, and the pixels it meets there.

        Two index tuples, into patches of shape (batch, *positions, *kernel, c) and images (batch, *image, c).
        Positions where the element looks over the edge of the image are in neither.
        """
        rows, columns = (
            [_meeting(k, *axis) for k in range(kernel)]
            for kernel, *axis in zip(self.kernel, self.stride, self.padding, self.image, self.positions, strict=True)
        )
        everything = slice(None)
        return [
            ((everything, positions_y, positions_x, i, j), (everything, pixels_y, pixels_x))
            for i, (positions_y, pixels_y) in enumerate(rows)
            for j, (positions_x, pixels_x) in enumerate(columns)
        ]


def _meeting(k, stride, padding, size, positions):
    """Along one axis: the positions p with 0 <= p * stride + k - padding < size, and those pixels, as slices."""
    shift = k - padding[0]
    first = min(max(0, math.ceil(-shift / stride)), positions)
    last = max(min(positions, math.ceil((size - shift) / stride)), first)
    start = first * stride + shift
    return slice(first, last), slice(start, start + (last - first - 1) * stride + 1 if last > first else start, stride)


@lru_cache(maxsize=256)
def windows_on(image, kernel, stride, padding):
    """The `Windows` of a kernel on an image of size (height, width).

    padding : ``"same"`` (as TensorFlow: positions = ceil(size / stride), the odd zero at the bottom and right),
    ``"valid"`` (none) or ((top, bottom), (left, right)).  Raises ValueError if the kernel does not fit.
    """
    amounts = [_padding(*axis, padding, index) for index, axis in enumerate(zip(image, kernel, stride, strict=True))]
    padded = [size + sum(amount) for size, amount in zip(image, amounts, strict=True)]
    if any(size < k for size, k in zip(padded, kernel, strict=True)):
        raise ValueError(f"a {kernel[0]}x{kernel[1]} kernel does not fit on an image of {padded[0]}x{padded[1]} pixels")
    positions = tuple((size - k) // s + 1 for size, k, s in zip(padded, kernel, stride, strict=True))
    return Windows(image, kernel, stride, tuple(amounts), positions)


@lru_cache(maxsize=256)
def windows_giving(positions, kernel, stride, padding):
    """The `Windows` on the image that a transposed convolution makes out of `positions`.

    Several image sizes lead to the same positions.  ``"same"`` takes positions * stride; the others the smallest,
    (positions - 1) * stride + kernel - padding.
    """
    if padding == "same":
        return windows_on(tuple(p * s for p, s in zip(positions, stride, strict=True)), kernel, stride, padding)
    amounts = ((0, 0), (0, 0)) if padding == "valid" else padding
    image = tuple(
        (p - 1) * s + k - sum(amount) for p, s, k, amount in zip(positions, stride, kernel, amounts, strict=True)
    )
    if min(image) < 1:
        raise ValueError(f"padding {padding} cuts away the whole image that {positions} positions would give")
    return windows_on(image, kernel, stride, padding)


def _padding(size, kernel, stride, padding, axis):
    if padding == "same":
        total = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
        return total // 2, total - total // 2
    return (0, 0) if padding == "valid" else padding[axis]


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


def _fold_on_gpu(patches, windows, batch):
    xp, channels = array_module(patches), patches.shape[1] // math.prod(windows.kernel)
    x = xp.empty((batch, *windows.image, channels), patches.dtype)
    return _fold_kernel(xp.ascontiguousarray(patches), *_geometry(windows, channels), x)


@gpu_form(_unfold_on_gpu)
def unfold(x, windows, out=None):
    """The patches under the kernel: (batch, height, width, c) -> (batch * positions, kernel_height*kernel_width*c).

    Row = (image, position), column = (element of the kernel, channel); zero where the kernel looks over the edge.
    `out` : an array of that shape to write into, which must hold zeros wherever the kernel looks over the edge (as
    the result of an earlier call with the same windows does).
    """
    if out is None:
        out = np.zeros(patches_shape(x.shape, windows), x.dtype)
    patches = out.reshape(len(x), *windows.positions, *windows.kernel, x.shape[-1])

    def copy(patches, x):
        for in_patches, in_image in windows.meetings:
            patches[in_patches] = x[in_image]

    for_each(copy, blocks_of(patches, x))
    return out


@gpu_form(_fold_on_gpu)
def fold(patches, windows, batch):
    """The adjoint of `unfold`: every element of every patch is added to the pixel that it came from.

    (batch * positions, kernel_height*kernel_width*c) -> (batch, height, width, c).
    """
    channels = patches.shape[1] // math.prod(windows.kernel)
    x = np.zeros((batch, *windows.image, channels), patches.dtype)
    patches = patches.reshape(batch, *windows.positions, *windows.kernel, channels)

    def add(patches, x):
        for in_patches, in_image in windows.meetings:
            x[in_image] += patches[in_patches]

    for_each(add, blocks_of(patches, x))
    return x


def patches_shape(image_shape, windows):
    """The shape of `unfold`'s result for images of shape (batch, height, width, channels)."""
    return (image_shape[0] * math.prod(windows.positions), math.prod(windows.kernel) * image_shape[-1])
