"""Sliding a kernel over images: the three linear maps that convolutions are made of.

With the patches under the kernel as rows, P = unfold(x), and the kernel (height, width, c_in, c_out) written as a
matrix K (height*width*c_in, c_out):

    correlation          y  = unfold(x) K
    its adjoint          x' = fold(y K^T)           <correlation x, y> = <x, adjoint y> for all x and y
    gradient for K       dK = unfold(x)^T dy

A convolution runs the first forward and the second backward; a transposed convolution the other way round.

Patches are many times as large as the images.  So every thread goes through its share of the batch in blocks whose
patches stay in the cache, from laying them out to the product; they are laid out again when they are needed again.

At stride 1 the adjoint of a correlation is a correlation too, with the kernel turned round.  So there are two ways to
compute each of the three: with patches of x, or with patches of y.  We take the one with the smaller patches.
"""

import math

from .device import array_module
from .parameter import Parameter
from .patches import fold, patches_shape, unfold
from .threads import blocks_of, on_all_threads, shares_of


def correlate(x, kernel, windows):
    """y = unfold(x) K: images (batch, *windows.image, c_in) -> (batch, *windows.positions, c_out)."""
    c_in, c_out = kernel.shape[2:]
    if windows.turned and c_out < c_in:
        return _fold_of_product(x, turn(kernel), windows.turned)
    return _product_with_patches(x, kernel, windows)


def correlate_adjoint(y, kernel, windows):
    """x = fold(y K^T): (batch, *windows.positions, c_out) -> images (batch, *windows.image, c_in)."""
    c_in, c_out = kernel.shape[2:]
    if windows.turned and c_out <= c_in:
        return _product_with_patches(y, turn(kernel), windows.turned)
    return _fold_of_product(y, kernel, windows)


def add_kernel_gradient(weight, x, y, windows):
    """weight.grad += unfold(x)^T y, the gradient of sum(y * correlate(x, K)) for K; weight is a Parameter."""
    c_in, c_out = weight.data.shape[2:]
    if windows.turned and c_out < c_in:
        turned = Parameter(turn(weight.data))
        _add_product_of_patches(turned, y, x, windows.turned)
        weight.grad += turn(turned.grad)
    else:
        _add_product_of_patches(weight, x, y, windows)


def turn(kernel):
    """The kernel of the adjoint at stride 1: turned round by 180 degrees, c_in and c_out exchanged."""
    return kernel[::-1, ::-1].swapaxes(2, 3)


def _product_with_patches(x, kernel, windows):
    y = array_module(x).empty((len(x), *windows.positions, kernel.shape[3]), x.dtype)

    def work(x, y):
        patches = None
        for x_block, y_block in blocks_of(x, y, numbers=numbers):
            patches = unfold(x_block, windows, out=patches)
            array_module(x).matmul(patches, _matrix(kernel), out=_matrix(y_block))

    numbers = _patch_numbers(x, windows)
    on_all_threads(work, shares_of(x, y, numbers=numbers))
    return y


def _fold_of_product(y, kernel, windows):
    x = array_module(y).empty((len(y), *windows.image, kernel.shape[2]), y.dtype)

    def work(y, x):
        for y_block, x_block in blocks_of(y, x, numbers=numbers):
            x_block[...] = fold(_matrix(y_block) @ _matrix(kernel).T, windows, len(y_block))

    numbers = _patch_numbers(x, windows)
    on_all_threads(work, shares_of(y, x, numbers=numbers))
    return x


def _add_product_of_patches(weight, x, y, windows):
    def work(total, x, y):
        patches = None
        for x_block, y_block in blocks_of(x, y, numbers=numbers):
            patches = unfold(x_block, windows, out=patches)
            total.add_product(patches.T, _matrix(y_block))

    numbers = _patch_numbers(x, windows)
    shares = shares_of(x, y, numbers=numbers)
    totals = [weight] + [Parameter(weight.data) for _ in shares[1:]]
    on_all_threads(work, [(total, *share) for total, share in zip(totals, shares, strict=True)])
    for total in totals[1:]:
        weight.grad += total.grad


def _matrix(a):
    return a.reshape(-1, a.shape[-1])


def _patch_numbers(x, windows):
    """How many numbers the patches of one image have."""
    return math.prod(patches_shape((1, *x.shape[1:]), windows))
