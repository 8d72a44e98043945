import numpy as np
import pytest

from vae.metrics.source import Given, Rendered, positions, source_of


@pytest.fixture(params=["given", "rendered"])
def source(request, grid):
    """All 160 points of the grid, or the grid; codes are the factors."""
    everything = np.stack([axis.ravel() for axis in np.indices(grid.factor_sizes)], axis=1)
    if request.param == "given":
        return Given(everything, everything)
    return Rendered(lambda images: np.rint((grid.flatten(images) + 1.5) / 3 * (np.array(grid.factor_sizes) - 1)), grid)


def test_sharing_keeps_one_factor_and_draws_the_others(source, rng):
    first = source.draw(8000, rng)
    for factor in range(4):
        a, b = source.codes(first), source.codes(source.sharing(first, factor, rng))
        np.testing.assert_array_equal(a[:, factor], b[:, factor])
        for other in {0, 1, 2, 3} - {factor}:
            size = len(np.unique(a[:, other]))
            assert np.mean(a[:, other] == b[:, other]) == pytest.approx(1 / size, abs=0.03)


@pytest.mark.parametrize("factor", range(1, 4))
def test_changing_pairs_differ_in_one_factor_evenly(source, rng, factor):
    first, second = (source.codes(points) for points in source.pairs_changing(factor, 9000, [0], rng))
    np.testing.assert_array_equal((first != second).sum(axis=0), 9000 * (np.arange(4) == factor))
    np.testing.assert_array_equal(np.bincount(first[:, 0].astype(int)), [4500, 4500])  # the balanced one
    size = len(np.unique(first[:, factor]))
    pairs = np.bincount((size * first[:, factor] + second[:, factor]).astype(int), minlength=size**2)
    shares = pairs.reshape(size, size) / 9000 * size * (size - 1)
    np.testing.assert_allclose(shares + np.eye(size), 1, atol=0.25)  # every ordered pair of values, equally often


def test_changing_pairs_of_scattered_rows(rng):
    factors = rng.integers(6, size=(150, 3))
    source = Given(np.arange(150)[:, None], factors)  # the code tells the row
    for factor in range(3):
        rows = [source.codes(points)[:, 0].astype(int) for points in source.pairs_changing(factor, 500, [], rng)]
        np.testing.assert_array_equal((factors[rows[0]] != factors[rows[1]]), np.tile(np.arange(3) == factor, (500, 1)))


def test_every_image_is_encoded_once(grid, rng):
    source = Rendered(grid.flatten, grid)
    codes = source.codes(source.draw(5000, rng))
    assert codes.shape == (5000, 4)
    assert grid.rendered == 160
    first, second = source.pairs_changing(1, 100, [], rng)
    rendered = grid.rendered
    source.codes(first), source.codes(second)
    assert grid.rendered == rendered


def test_codes_belong_to_their_points(grid, rng):
    source = Rendered(grid.flatten, grid)
    for n in (7, 30, 500):  # some are new each time
        points = source.draw(n, rng)
        np.testing.assert_allclose(source.codes(points), grid.flatten(grid.render(points)))


def test_pairs_of_identical_images_are_drawn_again(grid, rng):
    render = grid.render
    grid.render = lambda factors: render(np.where([False, False, True, False], factors // 3, factors))  # y: 000 11
    source = Rendered(grid.flatten, grid)
    first, second = source.pairs_changing(2, 2000, [0], rng)
    assert ((first[:, 2] < 3) != (second[:, 2] < 3)).all()
    np.testing.assert_array_equal(np.bincount(first[:, 0]), [1000, 1000])


def test_a_factor_that_never_shows_is_named(grid, rng):
    render = grid.render
    grid.render = lambda factors: render(factors * [1, 1, 0, 1])
    with pytest.raises(ValueError, match="changing y does not change the image"):
        Rendered(grid.flatten, grid).pairs_changing(2, 20, [], rng)


def test_points_are_drawn_without_repetition(rng):
    source = Given(np.arange(100)[:, None], np.arange(100)[:, None])
    codes, factors = source.points(60, rng)
    assert len(np.unique(codes)) == 60
    np.testing.assert_array_equal(codes, factors)
    assert len(source.points(1000, rng)[0]) == 100


def test_constant_factors_have_no_name(grid):
    assert Given(np.zeros((4, 1)), np.array([[5, 0], [5, 1], [5, 0], [5, 1]])).names == ("factor 1",)
    grid.factor_sizes = (1, 4, 5, 4)
    assert Rendered(grid.flatten, grid).names == ("x", "y", "scale")


def test_positions_of_named_and_numbered_factors(grid):
    assert positions(Rendered(grid.flatten, grid), ["y", "shape"]) == [2, 0]
    given = Given(np.zeros((4, 1)), np.array([[5, 0], [5, 1], [5, 0], [5, 1]]))
    assert positions(given, [1]) == [0]
    assert positions(given, [0]) == []  # it does not vary
    with pytest.raises(ValueError, match="there is no shpae among the factors shape, x, y, scale"):
        positions(Rendered(grid.flatten, grid), ["shpae"])


def test_a_source_passes_through(grid):
    source = Rendered(grid.flatten, grid)
    assert source_of(source) is source


def test_what_cannot_be_a_source(grid, make_model):
    with pytest.raises(TypeError, match=r"got a BetaVAE: pass its .transform"):
        source_of(make_model(), grid)
    with pytest.raises(TypeError, match="ndarray has no factor_names, factor_sizes"):
        source_of(grid.flatten, np.zeros((4, 2)))
    with pytest.raises(ValueError, match=r"expected codes of shape \(3, latents\).* got \(3, 2, 2, 1\)"):
        source_of(lambda images: images, grid).points(3, np.random.default_rng(0))
