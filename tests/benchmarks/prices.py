"""How many multiplications of a product take as long as laying out one number of a patch, or adding it up.

And as long as taking one number to Winograd's points, or back.  `nn.fast.convolution` chooses by these three prices how
it computes a convolution.  The first two: one thread, one block of patches in the cache, as there.  The third is taken
on all threads: they take many short steps, and hinder each other.
"""

import math
from unittest.mock import patch

import nn  # noqa: F401  before NumPy is loaded: see nn.threads
import numpy as np
from threadpoolctl import threadpool_limits
from timing import conditions, fastest, markdown, markdown_head

from nn.fast import convolution, winograd
from nn.fast.convolution import BLOCK
from nn.fast.patches import Unfold, patch_size
from nn.fast.products import FOLD, UNFOLD
from nn.fast.threads import thread_count
from nn.fast.winograd import POINT
from nn.patches import fold, windows_on

CASES = [(c, k, stride) for stride in (1, 2) for k in (3, 4) for c in (1, 4, 16, 64)]
MANY_CHANNELS = [(c, k) for k in (3, 4) for c in (32, 64, 128)]  # where Winograd's way may pay
SIZE, IMAGES, COLUMNS, CALLS = 28, 100, 64, 20


def main():
    print(conditions(thread_count()) + "\n")
    with threadpool_limits(1, "blas"):
        cases = [(*case, nanoseconds(*case)) for case in CASES]
    print_prices(("laid out", "added up"), cases)
    multiplication = min(times[-1] for *_, times in cases)
    cases = [(*case, 1, (nanoseconds_at_points(*case, multiplication), multiplication)) for case in MANY_CHANNELS]
    print_prices(("to a point or back",), cases)
    print(f"nn.fast has {UNFOLD}, {FOLD} and {POINT}.")


def print_prices(names, cases):
    columns = [f"{name} (ns)" for name in names]
    print(markdown_head("channels", "kernel", "stride", *columns, "multiplication (ns)", "in multiplications"))
    prices = []
    for *case, (*times, multiplication) in cases:
        prices.append([time / multiplication for time in times])
        shown = [f"{time:.2f}" for time in times]
        print(markdown(*case, *shown, f"{multiplication:.4f}", numbers(prices[-1])))
    print(f"\nMedian {numbers(np.median(prices, axis=0))}.\n", flush=True)


def numbers(prices):
    return ", ".join(f"{price:.0f}" for price in prices)


def nanoseconds(channels, kernel_size, stride):
    """For one number of the patches: to lay it out, to add it up; and one multiplication of the product."""
    windows = windows_on((SIZE, SIZE), (kernel_size, kernel_size), (stride, stride), "same")
    rng = np.random.default_rng(0)
    batch = max(1, BLOCK // patch_size(windows, (kernel_size, kernel_size, channels)))
    x = rng.standard_normal((batch, SIZE, SIZE, channels), dtype=np.float32)
    unfold = Unfold(windows, channels, batch, x.dtype)
    patches = rng.standard_normal(unfold.matrix.shape, dtype=np.float32)
    matrix = rng.standard_normal((patches.shape[1], COLUMNS), dtype=np.float32)
    product = np.empty((len(patches), COLUMNS), np.float32)
    seconds = [
        fastest(lambda: unfold(x), CALLS),
        fastest(lambda: fold(patches, windows, batch), CALLS),
        fastest(lambda: np.matmul(patches, matrix, out=product), CALLS) / COLUMNS,
    ]
    return [1e9 * time / patches.size for time in seconds]


def nanoseconds_at_points(channels, kernel_size, multiplication):
    """For one number at Winograd's points, of x or of y: a whole correlation on all threads, but for the products."""
    windows = windows_on((SIZE, SIZE), (kernel_size, kernel_size), (1, 1), "same")
    rng, tiles = np.random.default_rng(0), winograd.tiles_on(windows)
    x = rng.standard_normal((IMAGES, SIZE, SIZE, channels), dtype=np.float32)
    weight = rng.standard_normal((kernel_size, kernel_size, channels, channels), dtype=np.float32)
    with patch.object(convolution, "PRODUCTS", (winograd.WinogradProduct,)):
        seconds = fastest(lambda: convolution.correlate(x, weight, windows), CALLS)
    points = IMAGES * math.prod(tiles.output_size) * math.prod(tiles.kernel_size)
    return (1e9 * seconds * thread_count() / (points * channels) - channels * multiplication) / 2


if __name__ == "__main__":
    main()
