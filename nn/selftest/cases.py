"""Arguments to compare the forms of each function on: random arrays, of odd shapes and of one that occurs."""

import math

import numpy as np

from ..patches import windows_on


def cases():
    """{name: lists of arguments} for each function of ``nn.forms.TABLE`` that is in `nn`, in float64.

    The last of each list has a size that occurs in a training.
    """
    rng = np.random.default_rng(0)

    def normal(*shape):
        return rng.normal(size=shape)

    def positive(n):
        return rng.uniform(1, 2, n)

    odd, usual = windows_on((5, 4), (3, 2), (2, 1), ((1, 2), (0, 3))), windows_on((32, 32), (3, 3), (2, 2), "same")
    sparse, unit = windows_on((7, 6), (1, 2), (3, 4), "valid"), windows_on((14, 10), (3, 3), (1, 1), "same")
    geometries = [(2, 3, 2, odd), (2, 1, 4, sparse), (3, 16, 16, unit), (100, 16, 4, usual)]  # batch, channels, windows
    shapes = [(1, 1), (3, 5), (2, 3, 2, 2), (100, 1200)]
    groups = [(2, 3, 2, 2), (5, 1, 1, 7), (20, 1024, 4, 8)]  # rows, positions, groups, channels in a group
    batch_norms = [(9, 1), (9, 3), (2, 3, 2, 5), (100, 1200), (20, 32, 32, 16)]

    def image(batch, c_in, c_out, windows):
        return normal(batch, *windows.image_size, c_in)

    def result(batch, c_in, c_out, windows):
        return normal(batch, *windows.output_size, c_out)

    def kernel(batch, c_in, c_out, windows):
        return normal(*windows.kernel_size, c_in, c_out)

    def patches(batch, c_in, c_out, windows):
        return normal(batch * math.prod(windows.output_size), math.prod(windows.kernel_size) * c_in)

    def parameters(draw):
        return [draw(*shape) for shape in [*[(2,)] * 40, (3, 4), (1,), (7,), (300, 200)]]  # more than fit into a launch

    def squares(*shape):
        return rng.uniform(size=shape)

    return {
        "zero_gradient": [(normal(*shape),) for shape in [(1,), (3, 4), (1200, 1200)]],
        "unfold": [(image(*geometry), geometry[3]) for geometry in geometries],
        "fold": [(patches(*geometry), geometry[3], geometry[0]) for geometry in geometries],
        "correlate": [
            (image(*geometry), kernel(*geometry), geometry[3], normal(geometry[2])) for geometry in geometries
        ],
        "correlate_adjoint": [
            (result(*geometry), kernel(*geometry), geometry[3], normal(geometry[1])) for geometry in geometries
        ],
        "kernel_gradient": [(image(*geometry), result(*geometry), geometry[3]) for geometry in geometries],
        "bias_gradient": [(normal(*shape),) for shape in [(1, 1, 1, 1), (2, 3, 4, 5), (100, 32, 32, 16)]],
        "relu": [(normal(*shape),) for shape in shapes],
        "relu_gradient": [(normal(*shape), normal(*shape) > 0) for shape in shapes],
        "leaky_relu": [(normal(*shape), normal(*shape) > 0, 0.2) for shape in shapes],
        "tanh_gradient": [(normal(*shape), np.tanh(normal(*shape))) for shape in shapes],
        "normalise": [
            (3 + normal(*shape), normal(n), positive(n), normal(n), normal(n), 1e-4)
            for shape in batch_norms
            for n in shape[-1:]
        ],
        "normalise_batch": [
            (3 + normal(*shape), normal(n), normal(n), 1e-4, normal(n), positive(n), 0.3)
            for shape in batch_norms
            for n in shape[-1:]
        ],
        "normalise_gradient": [
            (normal(*shape), normal(*shape), positive(shape[-1]), normal(shape[-1]), training)
            for shape in batch_norms
            for training in (False, True)
        ],
        "sum_by_index": [
            (normal(m, c), rng.integers(n, size=m), n) for m, c, n in [(1, 1, 1), (9, 3, 4), (3200, 64, 100)]
        ],
        "normalise_groups": [(3 + normal(*shape), 1e-5) for shape in groups],
        "normalise_groups_gradient": [
            (normal(*shape), normal(*shape), rng.uniform(1, 2, (shape[0], 1, shape[2], 1))) for shape in groups
        ],
        "bernoulli_nll": [
            (10 * normal(*shape), rng.uniform(size=shape), *weights)
            for weights, shape in [([rng.uniform(size=3)], (3, 4, 2, 1)), ([], (3, 4, 2, 1)), ([], (100, 4096))]
        ],
        "adam_update": [
            (*(parameters(draw) for draw in (normal, normal, normal, squares)), t, 1e-2, 0.9, 0.999, 1e-8)
            for t in (1, 2, 100)
        ],
    }
