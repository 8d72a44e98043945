"""How many multiplications of a product take as long as laying out one number of a patch, or adding it up.

And as long as taking one number to Winograd's points, or back.  `nn.correlation` chooses by these three prices how it
computes a convolution.  The first two: one thread, one block of patches in the cache, as there.  The third is measured
on all threads: they take many short steps, and hinder each other.
"""

import math
from unittest.mock import patch

import nn  # noqa: F401  before NumPy is loaded: see nn.threads
import numpy as np
from threadpoolctl import threadpool_limits
from timing import conditions, fastest, markdown, markdown_head

from nn import correlation, winograd
from nn.correlation import BLOCK, FOLD, POINT, UNFOLD
from nn.patches import fold, patches_shape, unfold
from nn.threads import scratch, thread_count
from nn.windows import windows_on

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
    print(f"nn.correlation has {UNFOLD}, {FOLD} and {POINT}.")


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


def nanoseconds(channels, kernel, stride):
    """For one number of the patches: to lay it out, to add it up; and one multiplication of the product."""
    windows = windows_on((SIZE, SIZE), (kernel, kernel), (stride, stride), "same")
    count = int(np.prod(patches_shape((1, SIZE, SIZE, channels), windows)))
    rng, batch = np.random.default_rng(0), max(1, BLOCK // count)
    x = rng.standard_normal((batch, SIZE, SIZE, channels), dtype=np.float32)
    out = scratch(x, patches_shape(x.shape, windows), "patches")
    patches = rng.standard_normal(out.shape, dtype=np.float32)
    matrix = rng.standard_normal((patches.shape[1], COLUMNS), dtype=np.float32)
    product, image = np.empty((len(patches), COLUMNS), np.float32), np.empty_like(x)
    seconds = [
        fastest(lambda: unfold(x, windows, out=out), CALLS),
        fastest(lambda: fold(patches, windows, batch, out=image), CALLS),
        fastest(lambda: np.matmul(patches, matrix, out=product), CALLS) / COLUMNS,
    ]
    return [1e9 * time / patches.size for time in seconds]


def nanoseconds_at_points(channels, kernel, multiplication):
    """For one number at Winograd's points, of x or of y: a whole correlation on all threads, but for the products."""
    windows = windows_on((SIZE, SIZE), (kernel, kernel), (1, 1), "same")
    rng, tiles = np.random.default_rng(0), winograd.tiles_on(windows)
    x = rng.standard_normal((IMAGES, SIZE, SIZE, channels), dtype=np.float32)
    weight = rng.standard_normal((kernel, kernel, channels, channels), dtype=np.float32)
    with patch.object(correlation, "_winograd_cost", lambda *_: 0):
        seconds = fastest(lambda: correlation.correlate(x, weight, windows), CALLS)
    points = IMAGES * math.prod(tiles.positions) * math.prod(tiles.kernel)
    return (1e9 * seconds * thread_count() / (points * channels) - channels * multiplication) / 2


if __name__ == "__main__":
    main()
