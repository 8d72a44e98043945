"""Geometries of a convolution on which something may go wrong."""

import numpy as np

from nn.patches import windows_on

GEOMETRIES = [
    # image, kernel, stride, padding
    ((6, 5), (3, 3), (1, 1), "same"),
    ((6, 5), (4, 2), (1, 1), "same"),
    ((8, 8), (3, 3), (2, 2), "same"),
    ((7, 6), (4, 4), (2, 2), "same"),
    ((7, 8), (4, 2), (2, 3), "same"),
    ((5, 7), (2, 2), (3, 3), "same"),
    ((9, 10), (2, 3), (4, 3), "valid"),  # a stride larger than the kernel: pixels that no position covers
    ((8, 7), (5, 1), (1, 2), "valid"),
    ((8, 7), (4, 3), (1, 1), "valid"),
    ((3, 2), (3, 2), (1, 2), "valid"),  # one position
    ((1, 1), (3, 4), (1, 1), "same"),  # one pixel
    ((4, 5), (3, 3), (2, 1), ((2, 1), (0, 3))),
    ((5, 4), (2, 2), (1, 1), ((3, 4), (5, 0))),  # more padding than kernel
    ((5, 4), (3, 2), (2, 3), ((4, 5), (6, 7))),
]


class Problem:
    """Random images x, outputs y (or their gradients dy) and a kernel, in float64, that fit together."""

    def __init__(self, image, kernel_size, stride, padding, channels, batch=7):
        rng = np.random.default_rng(0)
        self.windows = windows_on(image, kernel_size, stride, padding)
        self.x = rng.normal(size=(batch, *image, channels[0]))
        self.y = rng.normal(size=(batch, *self.windows.output_size, channels[1]))
        self.kernel = rng.normal(size=(*kernel_size, *channels))
        self.biases = [rng.normal(size=channels[1]), rng.normal(size=channels[0])]
