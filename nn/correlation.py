"""Sliding a kernel over images: the three linear maps that convolutions are made of.

With the patches under the kernel as rows, P = unfold(x), and the kernel (height, width, c_in, c_out) written as a
matrix K (height*width*c_in, c_out):

    correlation          y  = unfold(x) K
    its adjoint          x' = fold(y K^T)           <correlation x, y> = <x, adjoint y> for all x and y
    gradient for K       dK = unfold(x)^T y

A convolution runs the first forward and the second backward; a transposed convolution the other way round.

Two things make them fast on a CPU.  Patches are many times as large as the images, so every thread takes a share of the
batch and goes through it in blocks whose patches stay in the cache, from laying them out to the product.  And each map
can be computed from the other side, with patches of y instead of patches of x (see `turning`): whichever costs less.
"""

import math

import numpy as np

from .device import array_module
from .parameter import Parameter
from .patches import fold, patches_shape, unfold
from .threads import blocks_of, on_all_threads, scratch, shares_of
from .turning import image_of, tiles_of, turn, turn_back

# Multiplications of a product that take as long as laying out, or adding up, one number (tests/benchmarks/prices.py).
UNFOLD, FOLD = 15, 50
BLOCK = 2**19  # numbers in the patches of a block


def correlate(x, kernel, windows, bias=None):
    """y = unfold(x) K + bias: images (batch, *windows.image, c_in) -> (batch, *windows.positions, c_out)."""
    x = _as_exact_as(kernel, x)
    y = array_module(x).empty((len(x), *windows.positions, kernel.shape[3]), x.dtype)
    if not _turning_pays(x, kernel, windows, UNFOLD, FOLD):
        return _in_blocks(lambda x, y: _gather(x, kernel, windows, y), x, y, bias, _patch_size(windows, kernel))

    turned, seen = turn(kernel, windows), windows.turned
    return _in_blocks(
        lambda x, y: _spread(tiles_of(x, windows), turned, seen, y), x, y, bias, _patch_size(seen, turned)
    )


def correlate_adjoint(y, kernel, windows, bias=None):
    """x = fold(y K^T) + bias: (batch, *windows.positions, c_out) -> images (batch, *windows.image, c_in)."""
    y = _as_exact_as(kernel, y)
    x = array_module(y).empty((len(y), *windows.image, kernel.shape[2]), y.dtype)
    if not _turning_pays(y, kernel, windows, FOLD, UNFOLD):
        return _in_blocks(lambda y, x: _spread(y, kernel, windows, x), y, x, bias, _patch_size(windows, kernel))

    turned, seen = turn(kernel, windows), windows.turned

    def compute(y, x):
        tiles = np.empty((len(y), *seen.positions, turned.shape[3]), y.dtype)
        x[...] = image_of(_gather(y, turned, seen, tiles), windows)

    return _in_blocks(compute, y, x, bias, _patch_size(seen, turned))


def add_kernel_gradient(weight, x, y, windows):
    """weight.grad += unfold(x)^T y: what sum(y * correlate(x, weight.data)) gives as the gradient of a Parameter."""
    if _turning_pays(x, weight.data, windows, UNFOLD, UNFOLD):
        turned = Parameter(turn(weight.data, windows))
        _add_patches_times(turned, y, x, windows.turned, lambda x: tiles_of(x, windows))
        weight.grad += turn_back(turned.grad, windows)
    else:
        _add_patches_times(weight, x, y, windows, lambda y: y)


def _turning_pays(a, kernel, windows, price, turned_price):
    """Whether patches of y, at a price for each of their numbers, take less time than patches of x at another price.

    Each number then takes part in as many multiplications as there are channels on the other side.  Never on a GPU,
    where adding patches up costs as little as laying them out, and the kernels that turning launches cost more.
    """
    if not isinstance(a, np.ndarray):
        return False
    c_in, c_out = kernel.shape[2:]
    turned = (*windows.turned.kernel, c_out, math.prod(windows.stride) * c_in)
    return _cost(windows.turned, turned, turned_price) < _cost(windows, kernel.shape, price)


def _cost(windows, kernel_shape, price):
    return math.prod(windows.positions) * math.prod(kernel_shape[:3]) * (price + kernel_shape[3])


def _gather(x, kernel, windows, y):
    patches = unfold(x, windows, out=scratch(x, patches_shape(x.shape, windows)))
    array_module(x).matmul(patches, _matrix(kernel), out=_matrix(y))
    return y


def _spread(y, kernel, windows, x):
    rows, matrix = _matrix(y), _matrix(kernel)
    patches = array_module(y).matmul(rows, matrix.T, out=scratch(y, (len(rows), len(matrix))))
    return fold(patches, windows, len(y), out=x)


def _in_blocks(compute, source, result, bias, size):
    """Let compute(source, result) write into the result, block by block, and add the bias to it.

    size : of one image's patches.
    """

    def work(source, result):
        for source_block, result_block in blocks_of(source, result, numbers=size, block=BLOCK):
            compute(source_block, result_block)
            if bias is not None:
                result_block += bias

    on_all_threads(work, shares_of(source, result, numbers=size))
    return result


def _add_patches_times(weight, x, y, windows, seen):
    """weight.grad += unfold(x)^T seen(y)."""

    def work(total, x, y):
        for x_block, y_block in blocks_of(x, y, numbers=size, block=BLOCK):
            patches = unfold(x_block, windows, out=scratch(x, patches_shape(x_block.shape, windows)))
            total.add_product(patches.T, _matrix(seen(y_block)))

    size = _patch_size(windows, weight.data)
    shares = shares_of(x, y, numbers=size)
    totals = [weight] + [Parameter(weight.data) for _ in shares[1:]]
    on_all_threads(work, [(total, *share) for total, share in zip(totals, shares, strict=True)])
    for total in totals[1:]:
        weight.grad += total.grad


def _patch_size(windows, kernel):
    """How many numbers the patches of one image have."""
    return math.prod(windows.positions) * math.prod(kernel.shape[:3])


def _as_exact_as(kernel, a):
    """float32 images meet float64 kernels in float64."""
    return a.astype(np.result_type(a.dtype, kernel.dtype), copy=False)


def _matrix(a):
    return a.reshape(-1, a.shape[-1])
