"""How many multiplications of a product take as long as laying out one number of a patch, or adding it up.

`nn.correlation` chooses by these two prices from which side it computes a convolution.  One thread, one block of
patches in the cache, as there.
"""

import numpy as np
from threadpoolctl import threadpool_limits
from timing import conditions, fastest, markdown, markdown_head

from nn.correlation import BLOCK, FOLD, UNFOLD
from nn.patches import fold, patches_shape, unfold
from nn.threads import scratch
from nn.windows import windows_on

CASES = [(c, k, stride) for stride in (1, 2) for k in (3, 4) for c in (1, 4, 16, 64)]
SIZE, COLUMNS, CALLS = 28, 64, 20


def main():
    print(conditions(1) + "\n")
    print(
        markdown_head("channels", "kernel", "stride", "laid out (ns)", "added up (ns)", "multiplication (ns)", "prices")
    )
    prices = []
    with threadpool_limits(1, "blas"):
        for case in CASES:
            lay_out, add_up, multiply = nanoseconds(*case)
            prices.append((lay_out / multiply, add_up / multiply))
            times = f"{lay_out:.2f}", f"{add_up:.2f}", f"{multiply:.4f}"
            print(markdown(*case, *times, "{:.0f}, {:.0f}".format(*prices[-1])), flush=True)
    print("\nMedians {:.0f} and {:.0f};".format(*np.median(prices, axis=0)), f"nn.correlation has {UNFOLD} and {FOLD}.")


def nanoseconds(channels, kernel, stride):
    """For one number of the patches: to lay it out, to add it up; and one multiplication of the product."""
    windows = windows_on((SIZE, SIZE), (kernel, kernel), (stride, stride), "same")
    numbers = int(np.prod(patches_shape((1, SIZE, SIZE, channels), windows)))
    rng, batch = np.random.default_rng(0), max(1, BLOCK // numbers)
    x = rng.standard_normal((batch, SIZE, SIZE, channels), dtype=np.float32)
    out = scratch(x, patches_shape(x.shape, windows))
    patches = rng.standard_normal(out.shape, dtype=np.float32)
    matrix = rng.standard_normal((patches.shape[1], COLUMNS), dtype=np.float32)
    product, image = np.empty((len(patches), COLUMNS), np.float32), np.empty_like(x)
    seconds = [
        fastest(lambda: unfold(x, windows, out=out), CALLS),
        fastest(lambda: fold(patches, windows, batch, out=image), CALLS),
        fastest(lambda: np.matmul(patches, matrix, out=product), CALLS) / COLUMNS,
    ]
    return [1e9 * time / patches.size for time in seconds]


if __name__ == "__main__":
    main()
