"""Pooling: each window of an image becomes one number a channel, its largest or its mean.

The window visits the image as a convolution's kernel does, but looks at every channel by itself and has nothing to
learn.  Element by element of the window, what lies under it at all positions is one strided view of the image.
"""

import math
from functools import lru_cache

import numpy as np

from .arguments import checked_padding, pair
from .device import to_device
from .forms import array_module, device_of
from .layer import Layer, check_float, check_gradient_shape
from .patches import Windows, windows_on
from .type_hints import Array, Padding, Shape, Size


class _Pool2D(Layer):
    """What the two have in common: the window and its geometry."""

    def __init__(self, kernel_size: Size, stride: Size | None = None, padding: Padding = "valid"):
        self.kernel_size = pair(kernel_size, "kernel_size")
        self.stride = self.kernel_size if stride is None else pair(stride, "stride")
        self.padding = checked_padding(padding)
        self._refuse_windows_beside_the_image()

    def windows(self, image_size: Shape) -> Windows:
        """Where the window lies on an image of (height, width)."""
        return windows_on(tuple(image_size), self.kernel_size, self.stride, self.padding)

    def _check(self, x):
        check_float(self, x)
        if x.ndim != 4:
            raise ValueError(f"{self!r} got an input of shape {x.shape}: expected images (batch, height, width, c)")

    def _refuse_windows_beside_the_image(self):
        amounts = ((0, 0), (0, 0)) if isinstance(self.padding, str) else self.padding
        if any(max(amount) >= size for amount, size in zip(amounts, self.kernel_size, strict=True)):
            raise ValueError(f"padding must be less than the window {self.kernel_size}, got {self.padding}")

    def __repr__(self):
        (height, width), stride = self.kernel_size, self.stride
        return f"{type(self).__name__}({height}x{width}, stride={stride[0] if len(set(stride)) == 1 else stride})"


class MaxPool2D(_Pool2D):
    """y[p, q, c] = the largest x[p s + i - top, q s + j - left, c] over the window's elements (i, j).

    x : (batch, height, width, c) float;  y : (batch, output_height, output_width, c).

    A small change of the largest pixel changes y by as much, one of the others by nothing.  So dy goes to the largest
    pixel (of several equal ones to the first), and a pixel gets the sum over all windows in which it is the largest:
    dx[pixel] = sum of dy[p, q] over the windows (p, q) won by that pixel.

    Parameters
    ----------
    kernel_size : the window, n or (height, width).
    stride : n or (vertical, horizontal) steps between windows; None for windows side by side, stride = kernel_size.
    padding : as for `Conv2D`, less than the window.  What lies outside the image is never the largest.

    Raises ValueError if x is not (batch, height, width, c), or smaller than the window.
    Source: Riesenhuber and Poggio (1999); in convolutional networks, Scherer et al. (2010).
    """

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self._check(x)
        xp, windows = array_module(x), self.windows(x.shape[1:3])
        y = xp.full((len(x), *windows.output_size, x.shape[3]), -math.inf, x.dtype)
        for outputs, pixels in elements(windows):
            xp.maximum(y[outputs], x[pixels], out=y[outputs])
        self.save_for_backward(x, y, windows)
        return y

    def backward(self, dy: Array) -> Array:
        x, y, windows = self.saved()
        check_gradient_shape(self, dy, y.shape)
        xp = array_module(x)
        dx, open_windows = xp.zeros_like(x), xp.ones(y.shape, bool)  # a window is open until its winner is found
        for outputs, pixels in elements(windows):
            wins = (x[pixels] == y[outputs]) & open_windows[outputs]
            dx[pixels] += dy[outputs] * wins
            open_windows[outputs] ^= wins
        return dx


class AveragePool2D(_Pool2D):
    """y[p, q, c] = the mean of x[p s + i - top, q s + j - left, c] over the window's elements (i, j) on the image.

    x : (batch, height, width, c) float;  y : (batch, output_height, output_width, c).

    With n[p, q] the number of pixels in window (p, q), which at a padded edge are fewer, every pixel in it gets
    dy[p, q] / n[p, q]:  dx[pixel] = sum of dy[p, q] / n[p, q] over all windows (p, q) that hold the pixel.

    Parameters
    ----------
    kernel_size, stride, padding : as for `MaxPool2D`.  Zeros outside the image are not counted (TensorFlow does the
        same; PyTorch with ``count_include_pad=False``).

    Raises ValueError if x is not (batch, height, width, c), or smaller than the window.
    Source: the subsampling layers of LeCun et al. (1998), section II.B, without their coefficients.
    """

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self._check(x)
        windows = self.windows(x.shape[1:3])
        n = to_device(pixels_in(windows).astype(x.dtype), device_of(x))  # (output_height, output_width, 1)
        total = array_module(x).zeros((len(x), *windows.output_size, x.shape[3]), x.dtype)
        for outputs, pixels in elements(windows):
            total[outputs] += x[pixels]
        self.save_for_backward(n, windows, x.shape)
        return total / n

    def backward(self, dy: Array) -> Array:
        n, windows, shape = self.saved()
        check_gradient_shape(self, dy, (shape[0], *windows.output_size, shape[3]))
        share, dx = dy / n, array_module(dy).zeros(shape, dy.dtype)
        for outputs, pixels in elements(windows):
            dx[pixels] += share[outputs]
        return dx


class GlobalAveragePool2D(Layer):
    """y[c] = the mean of x[:, :, c] over all n = height * width pixels;  dx = dy / n at every pixel.

    x : (batch, height, width, c) float, of any size;  y : (batch, c), ready for a `Dense` layer.

    Raises ValueError if x is not (batch, height, width, c).
    Source: Lin et al. (2014), section 3.2.
    """

    def forward(self, x: Array, *, training: bool = False) -> Array:
        check_float(self, x)
        if x.ndim != 4:
            raise ValueError(f"{self!r} got an input of shape {x.shape}: expected images (batch, height, width, c)")
        self.save_for_backward(x.shape)
        return x.mean(axis=(1, 2))

    def backward(self, dy: Array) -> Array:
        ((batch, height, width, c),) = self.saved()
        check_gradient_shape(self, dy, (batch, c))
        share = dy / (height * width)
        return array_module(dy).broadcast_to(share[:, None, None, :], (batch, height, width, c)).copy()


def elements(windows):
    """For each element of the window, row by row: the outputs for which it lies on the image, and the pixels there.

    Two index tuples, into outputs (batch, *output_size, c) and images (batch, *image_size, c).
    """
    return [(in_patches[:3], pixels) for in_patches, pixels in windows.overlaps]


@lru_cache(maxsize=256)
def pixels_in(windows):
    """How many pixels of the image each window holds, (output_height, output_width, 1)."""
    count = np.zeros((1, *windows.output_size, 1))
    for outputs, _ in elements(windows):
        count[outputs] += 1
    return count[0]
