"""Patches: what a sliding kernel covers, laid out, and laid back.

`unfold` lays out, for every position of the kernel, the patch of the image that it covers; sliding a kernel is then
one matrix product.  `fold` is its adjoint (transpose): it adds patches up into an image.
"""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .forms import several_forms


@several_forms
def unfold(x, windows):
    """The patches under the kernel: (batch, height, width, c) -> (batch * positions, kernel_height*kernel_width*c).

    Row = (image, position), column = (element of the kernel, channel); zero where the kernel looks over the edge.
    """
    step_y, step_x = windows.stride
    padded = np.pad(x, ((0, 0), *windows.padding, (0, 0)))
    patches = sliding_window_view(padded, windows.kernel_size, axis=(1, 2))  # (batch, rows, columns, c, ky, kx)
    patches = patches[:, ::step_y, ::step_x].transpose(0, 1, 2, 4, 5, 3)  # (batch, *output_size, ky, kx, c)
    return patches.reshape(-1, math.prod(windows.kernel_size) * x.shape[3])


@several_forms
def fold(patches, windows, batch):
    """The adjoint of `unfold`: every element of every patch is added to the pixel that it came from.

    (batch * positions, kernel_height*kernel_width*c) -> (batch, height, width, c).
    """
    channels = patches.shape[1] // math.prod(windows.kernel_size)
    patches = patches.reshape(batch, *windows.output_size, *windows.kernel_size, channels)
    x = np.zeros((batch, *windows.image_size, channels), patches.dtype)
    for in_patches, in_image in windows.overlaps:
        x[in_image] += patches[in_patches]
    return x


@dataclass(frozen=True)
class Windows:
    """Where a kernel lies on an image: all of it in pixels, each pair (vertical, horizontal).

    image_size, kernel_size : (height, width);  stride : steps between neighbouring positions;
    padding : ((top, bottom), (left, right)) zeros that the image is thought to have around it;
    output_size : how many positions the kernel visits, the (height, width) of the correlation's result.
    """

    image_size: tuple[int, int]
    kernel_size: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[tuple[int, int], tuple[int, int]]
    output_size: tuple[int, int]

    @cached_property
    def overlaps(self) -> list[tuple[tuple, tuple]]:
        """For each element (i, j) of the kernel: the patch elements that it is laid on, and the pixels under it there.

        Two index tuples, into patches (batch, *output_size, *kernel_size, c) and images (batch, *image_size, c).
        Positions where the element looks over the edge of the image are in neither.
        """
        axes = zip(self.kernel_size, self.stride, self.padding, self.image_size, self.output_size, strict=True)
        rows, columns = ([_overlap(k, *axis) for k in range(kernel_size)] for kernel_size, *axis in axes)
        return [
            (np.s_[:, outputs_y, outputs_x, i, j], np.s_[:, pixels_y, pixels_x])
            for i, (outputs_y, pixels_y) in enumerate(rows)
            for j, (outputs_x, pixels_x) in enumerate(columns)
        ]


def _overlap(k, stride, padding, size, outputs):
    """Along one axis: the positions p with 0 <= p * stride + k - padding < size, and those pixels, as slices."""
    shift = k - padding[0]
    first = min(max(0, math.ceil(-shift / stride)), outputs)
    last = max(min(outputs, math.ceil((size - shift) / stride)), first)
    start = first * stride + shift
    return slice(first, last), slice(start, start + (last - first - 1) * stride + 1 if last > first else start, stride)


@lru_cache(maxsize=256)
def windows_on(image_size, kernel_size, stride, padding):
    """The `Windows` of a kernel on an image of (height, width).

    padding : ``"same"`` (as TensorFlow: ceil(size / stride) positions, the odd zero at the bottom and right),
    ``"valid"`` (none) or ((top, bottom), (left, right)).  Raises ValueError if the kernel does not fit.
    """
    axes = zip(image_size, kernel_size, stride, strict=True)
    amounts = [_padding(*axis, padding, index) for index, axis in enumerate(axes)]
    padded = [size + sum(amount) for size, amount in zip(image_size, amounts, strict=True)]
    if any(size < k for size, k in zip(padded, kernel_size, strict=True)):
        raise ValueError(
            f"a {kernel_size[0]}x{kernel_size[1]} kernel does not fit on an image of {padded[0]}x{padded[1]} pixels"
        )
    outputs = tuple((size - k) // s + 1 for size, k, s in zip(padded, kernel_size, stride, strict=True))
    return Windows(image_size, kernel_size, stride, tuple(amounts), outputs)


@lru_cache(maxsize=256)
def windows_giving(output_size, kernel_size, stride, padding):
    """The `Windows` on the image that a transposed convolution makes out of `output_size` values.

    Several image sizes lead to the same output size.  ``"same"`` takes output * stride; the others the smallest,
    (output - 1) * stride + kernel - padding.
    """
    axes = list(zip(output_size, stride, kernel_size, strict=True))
    if padding == "same":
        return windows_on(tuple(n * s for n, s, _ in axes), kernel_size, stride, padding)
    amounts = ((0, 0), (0, 0)) if padding == "valid" else padding
    image_size = tuple((n - 1) * s + k - sum(amount) for (n, s, k), amount in zip(axes, amounts, strict=True))
    if min(image_size) < 1:
        raise ValueError(f"padding {padding} cuts away the whole image that {output_size} values would give")
    return windows_on(image_size, kernel_size, stride, padding)


def _padding(size, kernel_size, stride, padding, axis):
    if padding == "same":
        total = max((math.ceil(size / stride) - 1) * stride + kernel_size - size, 0)
        return total // 2, total - total // 2
    return (0, 0) if padding == "valid" else padding[axis]
