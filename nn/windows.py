"""Where a sliding kernel lies on an image."""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache


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
    def tile_offset(self):
        """How many pixels, (vertical, horizontal), the first tile of `turned` begins before the image."""
        return tuple(before % s for (before, _), s in zip(self.padding, self.stride, strict=True))

    @cached_property
    def turned(self):
        """The same meetings of pixels and positions, seen from the image: windows of stride 1 on the positions.

        Pixel r meets position p at element i of the kernel if r + top = s p + i.  Divide both sides by the stride s,
        r + top = s t + a and i = s d + a: then p = t - d.  So a tile of s pixels (number t; pixel a within it) meets
        neighbouring positions, d = 0 ... ceil(kernel / s) - 1, in falling order, whatever a is.  At stride 1 a tile is
        a pixel.
        """
        axes = zip(self.image, self.kernel, self.stride, self.padding, self.positions, strict=True)
        tiles, kernel, padding = zip(*(_turned(*axis) for axis in axes), strict=True)
        return Windows(self.positions, kernel, (1, 1), padding, tiles)

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


def _turned(size, kernel, stride, padding, positions):
    """Along one axis: how many tiles, positions that each meets, and (before, after) zeros; negative ones cut off."""
    first, offset = divmod(padding[0], stride)
    tiles, reach = math.ceil((offset + size) / stride), math.ceil(kernel / stride)
    return tiles, reach, (reach - 1 - first, first + tiles - positions)


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
