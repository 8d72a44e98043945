"""The three maps of `nn.convolution`, faster: in blocks, on all threads, in the way that costs less.

Patches are many times as large as the images, so the batch is cut into blocks whose patches stay in the cache, from
laying them out to the product, and all threads take blocks.  There are several ways to compute each map: with patches
of x or, from the other side, of y (`nn.fast.flipping`), and at stride 1 with fewer multiplications
(`nn.fast.winograd`).  The cheapest is taken, by what a number to lay out or to add up costs beside a multiplication.

How the batch is cut depends on nothing but the sizes: the numbers are the same with any number of threads.  (Of a
single large image BLAS shares out the products, and in another order.)
"""

from functools import lru_cache
from itertools import pairwise

import numpy as np

from ..convolution import as_matrix
from .flipping import FlippedAdjoint, FlippedGradient, FlippedProduct, FlippedWinograd, FlippedWinogradGradient
from .memory import plan
from .products import FoldProduct, UnfoldGradient, UnfoldProduct
from .threads import on_all_threads
from .winograd import WinogradGradient, WinogradProduct

PRODUCTS = (UnfoldProduct, WinogradProduct, FlippedProduct)  # ways to compute y = unfold(x) K
ADJOINTS = (FoldProduct, FlippedAdjoint, FlippedWinograd)  # x = fold(y K^T)
GRADIENTS = (UnfoldGradient, WinogradGradient, FlippedGradient, FlippedWinogradGradient)  # dK = unfold(x)^T dy

BLOCK = 2**19  # numbers in the patches of a block
ALONE = 2**15  # numbers that are not worth a second thread, neither ours nor BLAS's
GROUPS = 8  # so many sums of a gradient are formed by themselves, whatever the number of threads


def correlate(x, kernel, windows, bias=None):
    """y = unfold(x) K + b: images (batch, *image_size, c_in) -> (batch, *output_size, c_out)."""
    way, shape = cheapest(PRODUCTS, windows, kernel.shape), (*windows.output_size, kernel.shape[3])
    return _map(way, x, kernel, windows, bias, shape)


def correlate_adjoint(y, kernel, windows, bias=None):
    """x = fold(y K^T) + b: (batch, *output_size, c_out) -> images (batch, *image_size, c_in)."""
    way, shape = cheapest(ADJOINTS, windows, kernel.shape), (*windows.image_size, kernel.shape[2])
    return _map(way, y, kernel, windows, bias, shape)


def kernel_gradient(x, dy, windows):
    """dK = unfold(x)^T dy, in the kernel's shape (kernel_height, kernel_width, c_in, c_out)."""
    shape, dtype = (*windows.kernel_size, x.shape[3], dy.shape[3]), np.result_type(x, dy)
    way = cheapest(GRADIENTS, windows, shape)
    blocks = blocks_of(len(x), way.size(windows, shape))
    if not blocks:
        return np.zeros(shape, dtype)
    groups = [blocks[k::GROUPS] for k in range(min(GROUPS, len(blocks)))]
    sums = [None] * len(groups)

    def sum_group(k):
        for rows in groups[k]:
            gradient = plan(way, windows, shape, rows.stop - rows.start, dtype)(x[rows], dy[rows])
            sums[k] = gradient if sums[k] is None else np.add(sums[k], gradient, out=sums[k])

    on_all_threads(sum_group, [(k,) for k in range(len(groups))])
    total = sums[0]
    for other in sums[1:]:
        total += other
    return way.finish(total, windows, shape)


def bias_gradient(dy):
    """db = sum of dy over the batch and all positions: (batch, height, width, c) -> (c,).

    Over the batch first: those are few additions of long rows.
    """
    return as_matrix(dy.sum(axis=0)).sum(axis=0)


@lru_cache(maxsize=1024)
def cheapest(ways, windows, shape):
    """The way that costs the least; a reader's or a test's question may be put to it too."""
    return min(ways, key=lambda way: way.cost(windows, shape))


def blocks_of(batch, size):
    """The batch as slices of nearly equal length, with about `BLOCK` numbers of `size` for each image.

    One if they are small; else an even number, and eight or a multiple of it if there are many, so that threads get
    equal shares.
    """
    if not batch:
        return []
    count = -(-batch * size // BLOCK)
    if batch * size > ALONE:
        step = 2 if count < GROUPS else GROUPS
        count = -(-count // step) * step
    count = min(batch, count)
    edges = [batch * k // count for k in range(count + 1)]
    return [slice(start, stop) for start, stop in pairwise(edges)]


def _map(way, source, kernel, windows, bias, shape):
    """Write, block by block, what `way` makes of the source, and add the bias."""
    dtype = np.result_type(source, kernel)
    result = np.empty((len(source), *shape), dtype)
    prepared = way.prepare(kernel, windows, dtype)

    def compute(rows):
        block = result[rows]
        plan(way, windows, kernel.shape, rows.stop - rows.start, dtype)(source[rows], prepared, block)
        if bias is not None:
            block += bias

    on_all_threads(compute, [(rows,) for rows in blocks_of(len(source), way.size(windows, kernel.shape))])
    return result
