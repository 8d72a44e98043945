"""Two descriptions of the same overlaps: rows of a matrix seen from the positions, columns seen from the image."""

import numpy as np
import pytest
from geometries import GEOMETRIES, Problem
from numpy.testing import assert_allclose, assert_array_equal

from nn.fast.flipping import depth_to_space, flip, flip_back, flipped, flipped_shape, space_to_depth
from nn.fast.patches import Unfold
from nn.patches import fold

on_every_geometry = pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)


@on_every_geometry
def test_pixels_and_positions_overlap_as_seen_from_either_side(geometry):
    problem = Problem(*geometry, (2, 3))
    windows, y, kernel = problem.windows, problem.y, problem.kernel
    other_side = flip(kernel, windows)
    assert other_side.shape == flipped_shape(windows, kernel.shape)
    unfold = Unfold(flipped(windows), 3, len(y), y.dtype)
    tiles = unfold(y) @ other_side.reshape(-1, other_side.shape[-1])
    tiles = tiles.reshape(len(y), *flipped(windows).output_size, -1)
    expected = fold(y.reshape(-1, 3) @ kernel.reshape(-1, 3).T, windows, len(y))
    assert_allclose(depth_to_space(tiles, windows), expected, atol=1e-12)


@on_every_geometry
def test_flipping_back_inverts_flipping(geometry):
    problem = Problem(*geometry, (2, 3))
    windows, kernel = problem.windows, problem.kernel
    assert_array_equal(flip_back(flip(kernel, windows), windows), kernel)


@on_every_geometry
def test_flipping_back_is_the_adjoint_of_flipping(geometry):
    """<flip K, G> = <K, flip back G>: so it brings back gradients."""
    problem = Problem(*geometry, (2, 3))
    windows, kernel = problem.windows, problem.kernel
    gradient = np.random.default_rng(1).normal(size=flipped_shape(windows, kernel.shape))
    assert_allclose(np.vdot(flip(kernel, windows), gradient), np.vdot(kernel, flip_back(gradient, windows)))


@on_every_geometry
def test_depth_to_space_inverts_space_to_depth(geometry):
    problem = Problem(*geometry, (2, 3))
    assert_array_equal(depth_to_space(space_to_depth(problem.x, problem.windows), problem.windows), problem.x)
