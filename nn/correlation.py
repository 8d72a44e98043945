"""Sliding a kernel over images: the three linear maps that convolutions are made of.

With the patches under the kernel as rows, P = unfold(x), and the kernel (height, width, c_in, c_out) written as a
matrix K (height*width*c_in, c_out):

    correlation          y  = unfold(x) K
    its adjoint          x' = fold(y K^T)           <correlation x, y> = <x, adjoint y> for all x and y
    gradient for K       dK = unfold(x)^T y

A convolution runs the first forward and the second backward; a transposed convolution the other way round.

Three things make them fast on a CPU.  Patches are many times as large as the images, so every thread takes a share of
the batch and goes through it in blocks whose patches stay in the cache, from laying them out to the product.  Each map
can be computed from the other side, with patches of y instead of patches of x (see `turning`).  And at stride 1 fewer
multiplications are enough (see `winograd`).  Whatever costs less is done.
"""

import math

import numpy as np

from . import winograd
from .device import array_module
from .parameter import Parameter
from .patches import fold, patches_shape, unfold
from .threads import blocks_of, on_all_threads, scratch, shares_of
from .turning import image_of, tiles_of, turn, turn_back

# Multiplications of a product that take as long as laying out, or adding up, one number, or as taking one number to
# Winograd's points or back (tests/benchmarks/prices.py).
UNFOLD, FOLD, POINT = 15, 50, 50
BLOCK = 2**19  # numbers in the patches of a block


def correlate(x, kernel, windows, bias=None):
    """y = unfold(x) K + bias: images (batch, *windows.image, c_in) -> (batch, *windows.positions, c_out)."""
    x = _as_exact_as(kernel, x)
    y = array_module(x).empty((len(x), *windows.positions, kernel.shape[3]), x.dtype)
    if not _turning_pays(x, kernel, windows, _gather_cost, _spread_cost):
        return _in_blocks(*_gathering(x, kernel, windows), x, y, bias)

    turned, seen = turn(kernel, windows), windows.turned
    return _in_blocks(
        lambda x, y: _spread(tiles_of(x, windows), turned, seen, y), _patch_size(seen, turned), x, y, bias
    )


def correlate_adjoint(y, kernel, windows, bias=None):
    """x = fold(y K^T) + bias: (batch, *windows.positions, c_out) -> images (batch, *windows.image, c_in)."""
    y = _as_exact_as(kernel, y)
    x = array_module(y).empty((len(y), *windows.image, kernel.shape[2]), y.dtype)
    if not _turning_pays(y, kernel, windows, _spread_cost, _gather_cost):
        return _in_blocks(lambda y, x: _spread(y, kernel, windows, x), _patch_size(windows, kernel), y, x, bias)

    turned, seen = turn(kernel, windows), windows.turned
    gather, size = _gathering(y, turned, seen)

    def compute(y, x):
        tiles = np.empty((len(y), *seen.positions, turned.shape[3]), y.dtype)
        gather(y, tiles)
        x[...] = image_of(tiles, windows)

    return _in_blocks(compute, size, y, x, bias)


def add_kernel_gradient(weight, x, y, windows):
    """weight.grad += unfold(x)^T y: what sum(y * correlate(x, weight.data)) gives as the gradient of a Parameter."""
    x, y = _as_exact_as(weight.data, x), _as_exact_as(weight.data, y)
    if _turning_pays(x, weight.data, windows, _gather_cost, _gather_cost):
        turned = Parameter(turn(weight.data, windows))
        _add_gathering_gradient(turned, y, x, windows.turned, lambda x: tiles_of(x, windows))
        weight.grad += turn_back(turned.grad, windows)
    else:
        _add_gathering_gradient(weight, x, y, windows, lambda y: y)


def _turning_pays(a, kernel, windows, cost, turned_cost):
    """Whether the turned kernel costs less.  Never on a GPU, where the kernels that turning launches cost more."""
    if not isinstance(a, np.ndarray):
        return False
    c_in, c_out = kernel.shape[2:]
    turned = (*windows.turned.kernel, c_out, math.prod(windows.stride) * c_in)
    return turned_cost(windows.turned, turned) < cost(windows, kernel.shape)


def _winograd_pays(a, shape, windows):
    return isinstance(a, np.ndarray) and _winograd_cost(windows, shape) < _patches_cost(windows, shape, UNFOLD)


def _gather_cost(windows, shape):
    return min(_patches_cost(windows, shape, UNFOLD), _winograd_cost(windows, shape))


def _spread_cost(windows, shape):
    return _patches_cost(windows, shape, FOLD)


def _patches_cost(windows, shape, price):
    """Each number of the patches has its price and takes part in c_out multiplications; for one image."""
    return math.prod(windows.positions) * math.prod(shape[:3]) * (price + shape[3])


def _winograd_cost(windows, shape):
    if not winograd.fits(windows):
        return math.inf
    tiles, (c_in, c_out) = winograd.tiles_on(windows), shape[2:]
    return math.prod(tiles.positions) * math.prod(tiles.kernel) * (c_in * c_out + POINT * (c_in + c_out))


def _gathering(like, kernel, windows):
    """compute(x, y), which writes the correlation of x into y, and how many numbers it works on for each image."""
    if not _winograd_pays(like, kernel.shape, windows):
        return lambda x, y: _gather(x, kernel, windows, y), _patch_size(windows, kernel)
    values = winograd.kernel_at_points(kernel, windows, like.dtype)
    return lambda x, y: winograd.gather(x, values, windows, y), winograd.size(windows, kernel)


def _gather(x, kernel, windows, y):
    patches = unfold(x, windows, out=scratch(x, patches_shape(x.shape, windows), "patches"))
    array_module(x).matmul(patches, _matrix(kernel), out=_matrix(y))


def _spread(y, kernel, windows, x):
    rows, matrix = _matrix(y), _matrix(kernel)
    patches = array_module(y).matmul(rows, matrix.T, out=scratch(y, (len(rows), len(matrix)), "patches"))
    fold(patches, windows, len(y), out=x)


def _in_blocks(compute, size, source, result, bias):
    """Let compute(source, result) write into the result, block by block, and add the bias to it.

    size : how many numbers it works on for each image.
    """

    def work(source, result):
        for source_block, result_block in blocks_of(source, result, numbers=size, block=BLOCK):
            compute(source_block, result_block)
            if bias is not None:
                result_block += bias

    on_all_threads(work, shares_of(source, result, numbers=size))
    return result


def _add_gathering_gradient(weight, x, y, windows, seen):
    """weight.grad += unfold(x)^T seen(y)."""
    kernel = weight.data
    if not _winograd_pays(x, kernel.shape, windows):

        def add(total, x, y):
            patches = unfold(x, windows, out=scratch(x, patches_shape(x.shape, windows), "patches"))
            total.add_product(patches.T, _matrix(seen(y)))

        _sum_over_blocks(add, _patch_size(windows, kernel), weight, x, y)
    else:
        values = Parameter(np.empty((*winograd.tiles_on(windows).kernel, *kernel.shape[2:]), kernel.dtype))
        _sum_over_blocks(
            lambda total, x, y: winograd.add_gradient(total, x, seen(y), windows),
            winograd.size(windows, kernel), values, x, y,
        )  # fmt: skip
        weight.grad += winograd.kernel_from_points(values.grad, windows)


def _sum_over_blocks(add, size, parameter, x, y):
    """Let add(parameter, x, y) add what a block of images contributes to its gradient, for all of them."""

    def work(total, x, y):
        for block in blocks_of(x, y, numbers=size, block=BLOCK):
            add(total, *block)

    shares = shares_of(x, y, numbers=size)
    totals = [parameter] + [Parameter(parameter.data) for _ in shares[1:]]
    on_all_threads(work, [(total, *share) for total, share in zip(totals, shares, strict=True)])
    for total in totals[1:]:
        parameter.grad += total.grad


def _patch_size(windows, kernel):
    """How many numbers the patches of one image have."""
    return math.prod(windows.positions) * math.prod(kernel.shape[:3])


def _as_exact_as(kernel, a):
    """float32 images meet float64 kernels in float64."""
    return a.astype(np.result_type(a.dtype, kernel.dtype), copy=False)


def _matrix(a):
    return a.reshape(-1, a.shape[-1])
