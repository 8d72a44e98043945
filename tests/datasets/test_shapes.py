import numpy as np
import pytest

import datasets
from datasets import shapes


@pytest.fixture(scope="module")
def shapes_set():
    return datasets.ShapesSet()


def test_it_has_exactly_the_published_number_of_images(shapes_set):
    assert len(shapes_set) == 267_021
    np.testing.assert_array_equal(np.bincount(shapes_set.factors[:, 0]), [89_007] * 3)


@pytest.mark.parametrize(("shape", "count"), [(0, 89_007), (1, 89_693), (2, 92_160)])
def test_the_shapes_have_the_published_numbers_of_distinct_images(shapes_set, shape, count):
    of_shape = shapes._all_factors()[:, 0] == shape
    assert len(shapes._first_of_equals(shapes_set.images.packed, of_shape)) == count


def test_images_are_distinct_binary_and_float32(shapes_set):
    assert shapes_set.images.shape == (267_021, 64, 64, 1)
    for shape in range(3):
        rows = shapes_set.images.rows[shapes_set.factors[:, 0] == shape]
        assert len(np.unique(shapes_set.images.packed[rows].view("V512"))) == len(rows)
    some = shapes_set.images[::5000]
    assert some.dtype == np.float32
    assert set(np.unique(some)) == {0, 1}


def test_factors_cover_their_ranges(shapes_set):
    np.testing.assert_array_equal(shapes_set.factors.min(axis=0), 0)
    np.testing.assert_array_equal(shapes_set.factors.max(axis=0), np.array(shapes_set.factor_sizes) - 1)
    assert shapes_set.factor_names == ("shape", "x", "y", "scale", "rotation")


def test_render_gives_the_images_of_the_set(shapes_set):
    some = np.arange(0, len(shapes_set), 9973)
    np.testing.assert_array_equal(shapes_set.render(shapes_set.factors[some]), shapes_set.images[some])


def test_a_dropped_duplicate_still_has_an_image_the_one_kept(shapes_set):
    combinations = np.ravel_multi_index(tuple(shapes_set.factors.T), shapes_set.factor_sizes)
    squares = np.arange(np.prod(shapes_set.factor_sizes[1:]))
    dropped = np.setdiff1d(squares, combinations)[::500]
    assert len(dropped) > 5
    kept = {row.tobytes() for row in shapes_set.images.packed[shapes_set.images.rows[:89_007]]}
    images = shapes_set.render(np.stack(np.unravel_index(dropped, shapes_set.factor_sizes), axis=1))
    for image in images:
        assert np.packbits(image.astype(bool).ravel()).tobytes() in kept


def test_one_factor_tuple_gives_one_image(shapes_set):
    assert shapes_set.render(np.array([0, 3, 4, 2, 0])).shape == (64, 64, 1)
    assert shapes_set.render(np.array([0, 3, 4, 2, 0])).sum() == (2 * 10 + 1) ** 2


@pytest.mark.parametrize("shape", [0, 1, 2])
def test_x_moves_to_the_right_and_y_down_by_whole_pixels(shapes_set, shape):
    base, right, down = shapes_set.render(np.array([[shape, 5, 5, 2, 7], [shape, 9, 5, 2, 7], [shape, 5, 8, 2, 7]]))
    np.testing.assert_array_equal(np.roll(base, 4, axis=1), right)
    np.testing.assert_array_equal(np.roll(base, 3, axis=0), down)


def test_the_centre_is_at_24_plus_x_and_24_plus_y(shapes_set):
    """The unrotated square of radius 8 spans the centre +-8."""
    image = shapes_set.render(np.array([0, 3, 10, 0, 0]))[..., 0]
    rows, columns = np.nonzero(image)
    assert (columns.min(), columns.max()) == (24 + 3 - 8, 24 + 3 + 8)
    assert (rows.min(), rows.max()) == (24 + 10 - 8, 24 + 10 + 8)


def test_scale_grows_and_no_shape_touches_the_edge(shapes_set):
    areas = shapes_set.render(np.array([[1, 8, 8, scale, 0] for scale in range(6)])).sum(axis=(1, 2, 3))
    assert (np.diff(areas) > 0).all()
    corners = np.array([[s, x, y, 5, r] for s in range(3) for x in (0, 15) for y in (0, 15) for r in range(0, 60, 5)])
    images = shapes_set.render(corners)[..., 0]
    assert images[:, 0].sum() == images[:, -1].sum() == images[:, :, 0].sum() == images[:, :, -1].sum() == 0


def test_the_split_is_stratified_disjoint_and_complete(shapes_set):
    parts = shapes_set.split(seed=3)
    assert [len(part) for part in parts] == [186_915, 40_053, 40_053]
    for part in parts:
        assert len(set(np.bincount(part.factors[:, 0]))) == 1
        np.testing.assert_array_equal(part.images[17], part.render(part.factors[17]))
    together = np.concatenate([part.images.rows for part in parts])
    np.testing.assert_array_equal(np.sort(together), shapes_set.images.rows)


def test_seeds_decide_the_cut_and_the_split(shapes_set):
    again = datasets.ShapesSet(seed=0)
    np.testing.assert_array_equal(again.factors, shapes_set.factors)
    other = datasets.ShapesSet(seed=1)
    assert (other.factors != shapes_set.factors).any()
    assert (shapes_set.split(0)[0].images.rows == shapes_set.split(0)[0].images.rows).all()
    assert (shapes_set.split(0)[0].images.rows != shapes_set.split(1)[0].images.rows).any()


@pytest.mark.parametrize(
    ("factors", "words"),
    [
        ([[0, 0, 0, 0]], r"shape \(n, 5\)"),
        ([[0.5, 0, 0, 0, 0]], "whole numbers"),
        ([[3, 0, 0, 0, 0]], "below"),
        ([[0, -1, 0, 0, 0]], "at least 0"),
    ],
)
def test_impossible_factors_are_refused(shapes_set, factors, words):
    with pytest.raises(ValueError, match=words):
        shapes_set.render(factors)


def test_another_count_gives_a_warning_that_says_so():
    with pytest.warns(UserWarning, match=r"89,006 distinct squares.*267,018 images, not the published 267,021"):
        shapes._warn_of_other_counts([89_006, 89_693, 92_160])


def test_equal_hashes_of_different_rows_are_told_apart(monkeypatch):
    class AllZero:
        def integers(self, *arguments, size, dtype):
            return np.zeros(size, dtype)

    monkeypatch.setattr(shapes.np.random, "default_rng", lambda seed: AllZero())
    pixels = np.zeros((4, 512), np.uint8)
    pixels[2, 8] = 2  # with all multipliers 1, rows 2 and 3 have the same hash
    pixels[3, 16] = 2
    np.testing.assert_array_equal(np.sort(shapes._first_of_equals(pixels, np.ones(4, bool))), [0, 2, 3])
