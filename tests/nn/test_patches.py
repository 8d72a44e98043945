"""Patches by the plain lines, against loops over windows and over each other."""

import numpy as np
import pytest
from geometries import GEOMETRIES, Problem
from numpy.testing import assert_array_equal

from nn.patches import fold, unfold, windows_giving, windows_on

on_every_geometry = pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)


@on_every_geometry
def test_unfold_copies_what_lies_under_the_kernel(geometry):
    problem = Problem(*geometry, (2, 1), batch=3)
    windows, x = problem.windows, problem.x
    (top, bottom), (left, right) = windows.padding
    padded = np.zeros((3, top + x.shape[1] + bottom, left + x.shape[2] + right, 2))
    padded[:, top : top + x.shape[1], left : left + x.shape[2]] = x
    (high, wide), (down, across) = windows.kernel_size, windows.stride
    patches = unfold(x, windows).reshape(3, *windows.output_size, -1)
    for p, q in np.ndindex(*windows.output_size):
        row, column = p * down, q * across
        expected = padded[:, row : row + high, column : column + wide].reshape(3, -1)
        assert_array_equal(patches[:, p, q], expected)


@on_every_geometry
def test_fold_is_the_adjoint_of_unfold(geometry):
    problem = Problem(*geometry, (2, 1))
    patches = np.random.default_rng(1).normal(size=unfold(problem.x, problem.windows).shape)
    image = fold(patches, problem.windows, len(problem.x))
    assert np.vdot(unfold(problem.x, problem.windows), patches) == pytest.approx(np.vdot(problem.x, image), rel=1e-12)


@on_every_geometry
def test_overlaps_pair_every_patch_element_with_its_pixel(geometry):
    """Pixels are numbered from 1: where the kernel looks over the edge, no overlap and a 0."""
    windows = windows_on(*geometry)
    numbers = np.arange(1.0, np.prod(windows.image_size) + 1).reshape(1, *windows.image_size, 1)
    patches = np.zeros((1, *windows.output_size, *windows.kernel_size, 1))
    for in_patches, in_image in windows.overlaps:
        assert_array_equal(patches[in_patches], 0, "an element of a patch lies on one pixel only")
        patches[in_patches] = numbers[in_image]
    assert_array_equal(patches.ravel(), unfold(numbers, windows).ravel())


@on_every_geometry
def test_the_windows_of_a_transposed_convolution_lead_back_to_its_input(geometry):
    output_size = windows_on(*geometry).output_size
    try:
        windows = windows_giving(output_size, *geometry[1:])
    except ValueError:  # all of the image would be padding
        return
    assert windows.output_size == output_size
    assert windows == windows_on(windows.image_size, *geometry[1:])
