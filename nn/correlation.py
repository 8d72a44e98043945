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

While one thread is busy with Python, the others wait.  So each makes its views of the memory it works in only once:
prepare(batch) gives a function for all blocks of that many images, which does nothing but call NumPy.
"""

import math
from functools import lru_cache

import numpy as np

from . import winograd
from .device import array_module
from .parameter import Parameter
from .patches import fold, patches_shape, unfolding
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
    spread = _spreading(turned, seen)
    return _in_blocks(lambda batch: lambda x, y: spread(tiles_of(x, windows), y), _patch_size(seen, turned), x, y, bias)


def correlate_adjoint(y, kernel, windows, bias=None):
    """x = fold(y K^T) + bias: (batch, *windows.positions, c_out) -> images (batch, *windows.image, c_in)."""
    y = _as_exact_as(kernel, y)
    x = array_module(y).empty((len(y), *windows.image, kernel.shape[2]), y.dtype)
    if not _turning_pays(y, kernel, windows, _spread_cost, _gather_cost):
        spread = _spreading(kernel, windows)
        return _in_blocks(lambda batch: spread, _patch_size(windows, kernel), y, x, bias)

    turned, seen = turn(kernel, windows), windows.turned
    prepare_gather, size = _gathering(y, turned, seen)

    def prepare(batch):
        gather = prepare_gather(batch)
        tiles = np.empty((batch, *seen.positions, turned.shape[3]), y.dtype)

        def compute(y, x):
            gather(y, tiles)
            x[...] = image_of(tiles, windows)

        return compute

    return _in_blocks(prepare, size, y, x, bias)


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
    """prepare(batch) and the size of one image's part, as `_in_blocks` takes them, for y = unfold(x) K."""
    if _winograd_pays(like, kernel.shape, windows):
        values = winograd.kernel_at_points(kernel, windows, like.dtype)
        return lambda batch: winograd.gathering(like, batch, values, windows), winograd.size(windows, kernel)

    def prepare(batch):
        patches_of, matrix = _unfolding(like, batch, kernel, windows), _matrix(kernel)
        return lambda x, y: array_module(x).matmul(patches_of(x), matrix, out=_matrix(y))

    return prepare, _patch_size(windows, kernel)


def _unfolding(like, batch, kernel, windows):
    """`unfold` for blocks of that many images, into the same memory every time."""
    shape = (batch, *windows.image, kernel.shape[2])
    return unfolding(like, shape, windows, scratch(like, patches_shape(shape, windows), "patches"))


def _spreading(kernel, windows):
    """A function (y, x) that writes x = fold(y K^T)."""

    def spread(y, x):
        rows, matrix = _matrix(y), _matrix(kernel)
        patches = array_module(y).matmul(rows, matrix.T, out=scratch(y, (len(rows), len(matrix)), "patches"))
        fold(patches, windows, len(y), out=x)

    return spread


def _in_blocks(prepare, size, source, result, bias):
    """Write into the result, block by block, what the functions prepare(batch) make of the source, and add the bias.

    prepare(batch) : gives a function (source, result) for blocks of that many images.
    size : how many numbers it works on for one image.
    """

    def work(source, result):
        compute_for = lru_cache(maxsize=1)(prepare)  # all blocks but the last are of the same size
        for source_block, result_block in blocks_of(source, result, numbers=size, block=BLOCK):
            compute_for(len(source_block))(source_block, result_block)
            if bias is not None:
                result_block += bias

    on_all_threads(work, shares_of(source, result, numbers=size))
    return result


def _add_gathering_gradient(weight, x, y, windows, seen):
    """weight.grad += unfold(x)^T seen(y)."""
    kernel = weight.data
    if not _winograd_pays(x, kernel.shape, windows):

        def prepare(batch):
            patches_of = _unfolding(x, batch, kernel, windows)
            return lambda total, x, y: total.add_product(patches_of(x).T, _matrix(seen(y)))

        _sum_over_blocks(prepare, _patch_size(windows, kernel), weight, x, y)
        return

    values = Parameter(np.empty((*winograd.tiles_on(windows).kernel, *kernel.shape[2:]), kernel.dtype))

    def prepare_at_points(batch):
        add = winograd.gradient_adding(x, y, batch, values, windows)
        return lambda total, x, y: add(total, x, seen(y))

    _sum_over_blocks(prepare_at_points, winograd.size(windows, kernel), values, x, y)
    weight.grad += winograd.kernel_from_points(values.grad, windows)


def _sum_over_blocks(prepare, size, parameter, x, y):
    """Add to the gradient, block by block, what the functions prepare(batch), of (parameter, x, y), add."""

    def work(total, x, y):
        add_for = lru_cache(maxsize=1)(prepare)
        for x_block, y_block in blocks_of(x, y, numbers=size, block=BLOCK):
            add_for(len(x_block))(total, x_block, y_block)

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
