"""The convolution and its adjoint, the transposed convolution.

Both slide a kernel W (height, width, c_in, c_out) over images.  With the patches under it as the rows of P = unfold(x),
and W as a matrix K (height*width*c_in, c_out), that is three linear maps:

    correlation                     y  = P K
    its adjoint                     x' = fold(y K^T)        <correlation x, y> = <x, adjoint y> for all x and y
    the gradient for the kernel     dK = P^T dy

A convolution runs the first forward and the second backward; a transposed convolution the other way round.
"""

import math

import numpy as np

from .arguments import checked_padding, pair, positive
from .forms import several_forms
from .initialisers import xavier_uniform
from .layer import Layer, Parameter, check_device, check_float, check_gradient_shape
from .patches import Windows, fold, unfold, windows_giving, windows_on
from .type_hints import Array, DType, Initialiser, Padding, Seed, Shape, Size


@several_forms
def correlate(x, kernel, windows, bias=None):
    """y = unfold(x) K + b: images (batch, *image_size, c_in) -> (batch, *output_size, c_out)."""
    patches = unfold(x, windows)  # (batch * positions, kernel_height*kernel_width*c_in)
    y = (patches @ as_matrix(kernel)).reshape(len(x), *windows.output_size, kernel.shape[3])
    return y if bias is None else y + bias


@several_forms
def correlate_adjoint(y, kernel, windows, bias=None):
    """x = fold(y K^T) + b: (batch, *output_size, c_out) -> images (batch, *image_size, c_in)."""
    patches = as_matrix(y) @ as_matrix(kernel).T  # (batch * positions, kernel_height*kernel_width*c_in)
    x = fold(patches, windows, len(y))
    return x if bias is None else x + bias


@several_forms
def kernel_gradient(x, dy, windows):
    """dK = unfold(x)^T dy, in the kernel's shape (kernel_height, kernel_width, c_in, c_out)."""
    dkernel = unfold(x, windows).T @ as_matrix(dy)  # (kernel_height*kernel_width*c_in, c_out)
    return dkernel.reshape(*windows.kernel_size, x.shape[3], dy.shape[3])


@several_forms
def bias_gradient(dy):
    """db = sum of dy over the batch and all positions: (batch, height, width, c) -> (c,)."""
    return dy.sum(axis=(0, 1, 2))


def as_matrix(a):
    """(..., n) -> (product of the others, n)."""
    return a.reshape(-1, a.shape[-1])


class _SlidingKernel(Layer):
    """What the two have in common: the kernel and its geometry."""

    def __init__(
        self, c_in: int, c_out: int, kernel_size: Size, stride: Size = 1, padding: Padding = "same", *,
        bias: bool = True, initialiser: Initialiser = xavier_uniform, rng: Seed = None, dtype: DType = np.float32,
    ):  # fmt: skip
        self.c_in, self.c_out = positive(c_in, "c_in"), positive(c_out, "c_out")
        self.kernel_size = pair(kernel_size, "kernel_size")
        self.stride = pair(stride, "stride")
        self.padding = checked_padding(padding)
        channels, fans = self._channels_and_fans(math.prod(self.kernel_size))
        weight = initialiser((*self.kernel_size, *channels), *fans, np.random.default_rng(rng))
        self.weight = Parameter(weight.astype(dtype), "weight")
        self.bias = Parameter(np.zeros(c_out, dtype), "bias") if bias else None

    def _bias(self):
        return None if self.bias is None else self.bias.data

    def _check(self, x):
        check_float(self, x)
        check_device(self, x, self.weight)
        if x.ndim != 4:
            raise ValueError(f"{self!r} got an input of shape {x.shape}: expected (batch, height, width, {self.c_in})")
        if x.shape[-1] != self.c_in:
            raise ValueError(
                f"{self!r} got an input of shape {x.shape}: expected {self.c_in} channels as the last axis (NHWC)"
            )

    def __repr__(self):
        (height, width), stride = self.kernel_size, self.stride[0] if len(set(self.stride)) == 1 else self.stride
        return f"{type(self).__name__}({self.c_in}, {self.c_out}, {height}x{width}, stride={stride})"


class Conv2D(_SlidingKernel):
    """y[p, q, o] = b[o] + sum_ijc x[p s + i - top, q s + j - left, c] W[i, j, c, o], for each image of a batch.

    x : (batch, height, width, c_in) float;  y : (batch, output_height, output_width, c_out).

    It is a `Dense` layer whose weights are shared over positions (eq. 2.7; see `unroll`), so dW sums over all
    positions (eq. 2.16).  With patches P = unfold(x) and W as a matrix K:
    y = P K + b,  dK = P^T dy,  db = sum of dy,  dx = fold(dy K^T).

    Parameters
    ----------
    c_in, c_out : numbers of channels.
    kernel_size : n or (height, width).
    stride : n or (vertical, horizontal) steps between positions.
    padding : ``"same"`` as TensorFlow has it (positions = ceil(size / stride), the odd zero after), ``"valid"`` (no
        zeros), or ((top, bottom), (left, right)).
    bias, initialiser, rng, dtype : as for `Dense`.

    Attributes: ``weight`` (kernel_height, kernel_width, c_in, c_out) and ``bias`` (c_out,), or None, are Parameters.
    Raises ValueError if x is not (batch, height, width, c_in) or smaller than the kernel.
    """

    def _channels_and_fans(self, area):
        return (self.c_in, self.c_out), (area * self.c_in, area * self.c_out)

    def windows(self, image_size: Shape) -> Windows:
        """Where the kernel lies on an image of (height, width)."""
        return windows_on(tuple(image_size), self.kernel_size, self.stride, self.padding)

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self._check(x)
        windows = self.windows(x.shape[1:3])
        self.save_for_backward(x, windows)
        return correlate(x, self.weight.data, windows, self._bias())  # (batch, output_height, output_width, c_out)

    def backward(self, dy: Array) -> Array:
        self.backward_parameters(dy)
        _, windows = self.saved()
        return correlate_adjoint(dy, self.weight.data, windows)  # (batch, height, width, c_in)

    def backward_parameters(self, dy: Array) -> None:
        x, windows = self.saved()
        check_gradient_shape(self, dy, (len(x), *windows.output_size, self.c_out))
        self.weight.grad += kernel_gradient(x, dy, windows)
        if self.bias is not None:
            self.bias.grad += bias_gradient(dy)


class ConvTranspose2D(_SlidingKernel):
    """The adjoint of a convolution: every input value lays its multiple of the kernel onto a larger image.

    y[p s + i - top, q s + j - left, o] gets b[o] + the sum over all p, q, i, j, c that meet there of
    x[p, q, c] W[i, j, o, c].

    x : (batch, positions_y, positions_x, c_in) float;  y : (batch, height, width, c_out).

    With W as a matrix K and P = unfold(dy):
    y = fold(x K^T) + b,  dx = P K,  dK = P^T x,  db = sum of dy.
    It is what `Conv2D(c_out, c_in, ...)` with the same array W computes for dx, so that
    <convolution u, x> = <u, transposed convolution x> (without biases); hence the order (c_out, c_in) in W.

    Parameters
    ----------
    c_in, c_out, kernel_size, stride, bias, initialiser, rng, dtype : as for `Conv2D`.
    padding : of that convolution.  ``"same"`` makes an image of positions * stride; ``"valid"`` of
        (positions - 1) * stride + kernel; ((top, bottom), (left, right)) crops that by so many pixels.

    Attributes: ``weight`` (kernel_height, kernel_width, c_out, c_in) and ``bias`` (c_out,), or None, are Parameters.
    Raises ValueError if x is not (batch, positions_y, positions_x, c_in).
    """

    def _channels_and_fans(self, area):
        """A pixel lies under the kernel at area / stride^2 positions, so that it sums so many times c_in values."""
        return (self.c_out, self.c_in), (area * self.c_in / math.prod(self.stride), area * self.c_out)

    def windows(self, output_size: Shape) -> Windows:
        """Where the kernel lies on the image made from (height, width) values."""
        return windows_giving(tuple(output_size), self.kernel_size, self.stride, self.padding)

    def forward(self, x: Array, *, training: bool = False) -> Array:
        self._check(x)
        windows = self.windows(x.shape[1:3])
        self.save_for_backward(x, windows)
        return correlate_adjoint(x, self.weight.data, windows, self._bias())  # (batch, height, width, c_out)

    def backward(self, dy: Array) -> Array:
        self.backward_parameters(dy)
        _, windows = self.saved()
        return correlate(dy, self.weight.data, windows)  # (batch, positions_y, positions_x, c_in)

    def backward_parameters(self, dy: Array) -> None:
        x, windows = self.saved()
        check_gradient_shape(self, dy, (len(x), *windows.image_size, self.c_out))
        self.weight.grad += kernel_gradient(dy, x, windows)
        if self.bias is not None:
            self.bias.grad += bias_gradient(dy)
