"""Patches of blocks of images against the plain lines."""

import numpy as np
import pytest
from geometries import GEOMETRIES, Problem
from numpy.testing import assert_array_equal

from nn.fast.patches import SHORT, Unfold
from nn.patches import Windows, unfold, windows_on


@pytest.mark.parametrize("channels", [1, SHORT - 1, SHORT])
@pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)
def test_patches_are_the_plain_ones_for_one_block_after_another(geometry, channels):
    """Nothing of a block is seen in the next one; few channels are laid out in another order."""
    problem = Problem(*geometry, (channels, 1))
    laid_out = Unfold(problem.windows, channels, len(problem.x), problem.x.dtype)
    for x in (problem.x, -problem.x):
        assert_array_equal(laid_out(x), unfold(x, problem.windows))


def test_what_negative_padding_cuts_off_is_not_seen():
    x = np.random.default_rng(0).normal(size=(2, 6, 7, 3))
    cutting = Windows((6, 7), (2, 2), (1, 1), ((-1, -2), (2, -3)), (2, 5))
    inside = x[:, 1:4, :4]
    expected = unfold(inside, windows_on((3, 4), (2, 2), (1, 1), ((0, 0), (2, 0))))
    assert_array_equal(Unfold(cutting, 3, 2, x.dtype)(x), expected)
