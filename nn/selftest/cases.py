"""Arguments to compare the forms of each function on: random arrays, of odd shapes and of one that occurs."""

import math

import numpy as np

from ..patches import windows_on

ODD, USUAL = windows_on((5, 4), (3, 2), (2, 1), ((1, 2), (0, 3))), windows_on((32, 32), (3, 3), (2, 2), "same")
SPARSE, UNIT = windows_on((7, 6), (1, 2), (3, 4), "valid"), windows_on((14, 10), (3, 3), (1, 1), "same")
GEOMETRIES = [(2, 3, 2, ODD), (2, 1, 4, SPARSE), (3, 16, 16, UNIT), (100, 16, 4, USUAL)]  # batch, channels, windows
SHAPES = [(1, 1), (3, 5), (2, 3, 2, 2), (100, 1200)]
GROUPS = [(2, 3, 2, 2), (5, 1, 1, 7), (20, 1024, 4, 8)]  # rows, positions, groups, channels in a group
BATCH_NORMS = [(9, 1), (9, 3), (2, 3, 2, 5), (100, 1200), (20, 32, 32, 16)]
PARAMETERS = [*[(2,)] * 40, (3, 4), (1,), (7,), (300, 200)]  # more than fit into a launch


def cases():
    """{name: lists of arguments} for each function of ``nn.forms.TABLE`` that is in `nn`, in float64.

    The last of each list has a size that occurs in a training.
    """
    rng = np.random.default_rng(0)
    return _patches(rng) | _activations(rng) | _normalisations(rng) | _learning(rng)


def _patches(rng):
    """Images laid out, and correlations with kernels."""

    def image(batch, c_in, c_out, windows):
        return rng.normal(size=(batch, *windows.image_size, c_in))

    def result(batch, c_in, c_out, windows):
        return rng.normal(size=(batch, *windows.output_size, c_out))

    def kernel(batch, c_in, c_out, windows):
        return rng.normal(size=(*windows.kernel_size, c_in, c_out))

    def patches(batch, c_in, c_out, windows):
        return rng.normal(size=(batch * math.prod(windows.output_size), math.prod(windows.kernel_size) * c_in))

    def bias(channels):
        return rng.normal(size=channels)

    return {
        "unfold": [(image(*geometry), geometry[3]) for geometry in GEOMETRIES],
        "fold": [(patches(*geometry), geometry[3], geometry[0]) for geometry in GEOMETRIES],
        "correlate": [(image(*geometry), kernel(*geometry), geometry[3], bias(geometry[2])) for geometry in GEOMETRIES],
        "correlate_adjoint": [
            (result(*geometry), kernel(*geometry), geometry[3], bias(geometry[1])) for geometry in GEOMETRIES
        ],
        "kernel_gradient": [(image(*geometry), result(*geometry), geometry[3]) for geometry in GEOMETRIES],
        "bias_gradient": [(rng.normal(size=shape),) for shape in [(1, 1, 1, 1), (2, 3, 4, 5), (100, 32, 32, 16)]],
    }


def _activations(rng):
    def normal(shape):
        return rng.normal(size=shape)

    return {
        "relu": [(normal(shape),) for shape in SHAPES],
        "relu_gradient": [(normal(shape), normal(shape) > 0) for shape in SHAPES],
        "leaky_relu": [(normal(shape), normal(shape) > 0, 0.2) for shape in SHAPES],
        "tanh_gradient": [(normal(shape), np.tanh(normal(shape))) for shape in SHAPES],
    }


def _normalisations(rng):
    def normal(*shape):
        return rng.normal(size=shape)

    def positive(*shape):
        return rng.uniform(1, 2, shape)

    return {
        "normalise": [
            (3 + normal(*shape, n), normal(n), positive(n), normal(n), normal(n), 1e-4) for *shape, n in BATCH_NORMS
        ],
        "normalise_batch": [
            (3 + normal(*shape, n), normal(n), normal(n), 1e-4, normal(n), positive(n), 0.3)
            for *shape, n in BATCH_NORMS
        ],
        "normalise_gradient": [
            (normal(*shape, n), normal(*shape, n), positive(n), normal(n), training)
            for *shape, n in BATCH_NORMS
            for training in (False, True)
        ],
        "normalise_groups": [(3 + normal(*shape), 1e-5) for shape in GROUPS],
        "normalise_groups_gradient": [
            (normal(*shape), normal(*shape), positive(shape[0], 1, shape[2], 1)) for shape in GROUPS
        ],
    }


def _learning(rng):
    """Losses, gradients and what an optimiser does with them."""

    def normal(*shape):
        return rng.normal(size=shape)

    def squares(*shape):
        return rng.uniform(size=shape)

    def parameters(draw):
        return [draw(*shape) for shape in PARAMETERS]

    return {
        "zero_gradient": [(normal(*shape),) for shape in [(1,), (3, 4), (1200, 1200)]],
        "sum_by_index": [
            (normal(m, c), rng.integers(n, size=m), n) for m, c, n in [(1, 1, 1), (9, 3, 4), (3200, 64, 100)]
        ],
        "bernoulli_nll": [
            (10 * normal(*shape), squares(*shape), *weights)
            for weights, shape in [([squares(3)], (3, 4, 2, 1)), ([], (3, 4, 2, 1)), ([], (100, 4096))]
        ],
        "adam_update": [
            (*(parameters(draw) for draw in (normal, normal, normal, squares)), t, 1e-2, 0.9, 0.999, 1e-8)
            for t in (1, 2, 100)
        ],
    }
