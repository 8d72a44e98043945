"""The fast ways to compute the three maps against the plain formulas, which are in the module's docstring."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import nn
from nn import correlation, threads, winograd
from nn.correlation import add_kernel_gradient, correlate, correlate_adjoint
from nn.patches import fold, unfold
from nn.turning import image_of, tiles_of, turn, turn_back
from nn.windows import windows_on

CASES = [
    # image, kernel, stride, padding
    ((6, 5), (3, 3), (1, 1), "same"),
    ((6, 5), (4, 2), (1, 1), "same"),
    ((8, 8), (3, 3), (2, 2), "same"),
    ((7, 6), (4, 4), (2, 2), "same"),
    ((7, 8), (4, 2), (2, 3), "same"),
    ((5, 7), (2, 2), (3, 3), "same"),
    ((9, 10), (2, 3), (4, 3), "valid"),
    ((8, 7), (5, 1), (1, 2), "valid"),
    ((4, 5), (3, 3), (2, 1), ((2, 1), (0, 3))),
    ((5, 4), (2, 2), (1, 1), ((3, 4), (5, 0))),
    ((5, 4), (3, 2), (2, 3), ((4, 5), (6, 7))),
]
CHANNELS = [(1, 1), (2, 5), (5, 3)]  # fewer and more than patches.SHORT


def problem(image, kernel, stride, padding, channels, batch=7):
    rng = np.random.default_rng(0)
    windows = windows_on(image, kernel, stride, padding)
    x = rng.normal(size=(batch, *image, channels[0]))
    y = rng.normal(size=(batch, *windows.positions, channels[1]))
    return windows, x, y, rng.normal(size=(*kernel, *channels)), rng.normal(size=2)


def plain(x, y, kernel, windows):
    """The module's docstring, word for word."""
    matrix = kernel.reshape(-1, kernel.shape[-1])
    patches, rows = unfold(x, windows), y.reshape(-1, y.shape[-1])
    return (
        (patches @ matrix).reshape(y.shape),
        fold(rows @ matrix.T, windows, len(y)),
        (patches.T @ rows).reshape(kernel.shape),
    )


def fast(x, y, kernel, windows):
    weight = nn.Parameter(kernel)
    weight.grad = np.ones_like(kernel)  # what others have added already
    add_kernel_gradient(weight, x, y, windows)
    return correlate(x, kernel, windows), correlate_adjoint(y, kernel, windows), weight.grad - 1


@pytest.fixture(params=["as is", "turned"])
def side(request, monkeypatch):
    monkeypatch.setattr(correlation, "_turning_pays", lambda *_: request.param == "turned")


@pytest.fixture(params=["patches", "points"])
def way(request, monkeypatch):
    """By patches alone, or by Winograd's points wherever that can be done."""
    monkeypatch.setattr(
        correlation, "_winograd_pays", lambda a, shape, windows: request.param == "points" and winograd.fits(windows)
    )


@pytest.fixture(params=[1, 3])
def blocks(request, monkeypatch):
    """One thread with one block, or three with blocks of an image or two."""
    monkeypatch.setattr(threads, "thread_count", lambda: request.param)
    if request.param > 1:
        monkeypatch.setattr(correlation, "BLOCK", 300)
        monkeypatch.setattr(threads, "WORTH_A_THREAD", 1)


@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize("geometry", CASES, ids=str)
def test_no_way_of_computing_changes_the_result(geometry, channels, side, way, blocks):
    windows, x, y, kernel, _ = problem(*geometry, channels)
    for result, expected in zip(fast(x, y, kernel, windows), plain(x, y, kernel, windows), strict=True):
        assert result.shape == expected.shape
        assert_allclose(result, expected, atol=1e-12)


@pytest.mark.parametrize("which", [correlate, correlate_adjoint])
def test_the_bias_is_added_once(which, side, way, blocks):
    windows, x, y, kernel, bias = problem((6, 5), (3, 3), (2, 2), "same", (2, 2))
    image = x if which is correlate else y
    assert_allclose(which(image, kernel, windows, bias), which(image, kernel, windows) + bias, atol=1e-13)


@pytest.mark.parametrize("geometry", CASES, ids=str)
def test_pixels_and_positions_meet_as_seen_from_either_side(geometry):
    """Two descriptions of the same meetings: rows of a matrix from `windows`, columns from `windows.turned`."""
    windows, _, y, kernel, _ = problem(*geometry, (2, 3))
    tiles = unfold(y, windows.turned) @ turn(kernel, windows).reshape(-1, np.prod(windows.stride) * 2)
    tiles = tiles.reshape(len(y), *windows.turned.positions, -1)
    expected = fold(y.reshape(-1, 3) @ kernel.reshape(-1, 3).T, windows, len(y))
    assert_allclose(image_of(tiles, windows), expected, atol=1e-12)


@pytest.mark.parametrize("geometry", CASES, ids=str)
def test_turning_back_inverts_turning(geometry):
    windows, x, _, kernel, _ = problem(*geometry, (2, 3))
    assert np.array_equal(turn_back(turn(kernel, windows), windows), kernel)
    assert np.array_equal(image_of(tiles_of(x, windows), windows), x)


@pytest.mark.parametrize(
    ("c_in", "c_out", "stride", "forward", "back", "gradient"),
    [
        (1, 32, 1, False, False, False),  # patches of one channel
        (32, 1, 1, True, True, True),
        (64, 64, 1, False, True, False),  # laying out is faster than adding up
        (64, 1, 2, True, True, True),
        (32, 64, 2, False, False, False),
    ],
)
def test_of_the_two_sides_the_one_with_less_work_is_taken(c_in, c_out, stride, forward, back, gradient):
    windows, x, _, kernel, _ = problem((28, 20), (3, 3), (stride, stride), "same", (c_in, c_out), batch=1)
    gather, spread = correlation._gather_cost, correlation._spread_cost
    for costs, pays in (((gather, spread), forward), ((spread, gather), back), ((gather, gather), gradient)):
        assert correlation._turning_pays(x, kernel, windows, *costs) is pays, costs


@pytest.mark.parametrize(
    ("image", "kernel", "channels", "pays"),
    [
        ((14, 10), (3, 3), (64, 64), True),  # frey-conv
        ((14, 14), (4, 4), (64, 64), True),  # digits-conv
        ((28, 28), (3, 3), (4, 8), False),  # the transforms take longer than the products
        ((1, 1), (3, 3), (64, 64), False),  # most of a tile lies over the edge
        ((14, 14), (5, 5), (64, 64), False),
    ],
)
def test_few_multiplications_where_channels_are_many(image, kernel, channels, pays):
    windows, x, _, kernel, _ = problem(image, kernel, (1, 1), "same", channels, batch=1)
    assert correlation._winograd_pays(x, kernel.shape, windows) is pays


def test_the_sum_over_threads_is_the_same_every_time(way, monkeypatch):
    """Threads take turns as they like, but each has its own share and sum: no digit may differ."""
    monkeypatch.setattr(threads, "thread_count", lambda: 3)
    monkeypatch.setattr(correlation, "BLOCK", 300)
    monkeypatch.setattr(threads, "WORTH_A_THREAD", 1)
    windows, x, y, kernel, _ = problem((6, 5), (3, 3), (1, 1), "same", (3, 4), batch=50)
    x, y, kernel = (a.astype(np.float32) for a in (x, y, kernel))
    first, *others = [fast(x, y, kernel, windows)[2] for _ in range(20)]
    assert all(np.array_equal(first, other) for other in others)


@pytest.mark.parametrize(("images", "kernels"), [("float32", "float64"), ("float64", "float32")])
@pytest.mark.parametrize("stride", [1, 2])
def test_of_two_dtypes_the_finer_one_counts(images, kernels, stride, side, way):
    windows, x, y, kernel, _ = problem((6, 5), (3, 3), (stride, stride), "same", (2, 5))
    x, y, kernel = x.astype(images), y.astype(images), kernel.astype(kernels)
    results = fast(x, y, kernel, windows)
    assert [result.dtype for result in results] == ["float64", "float64", kernels]
    for result, expected in zip(results, plain(*(a.astype(float) for a in (x, y, kernel)), windows), strict=True):
        assert_allclose(result, expected, atol=1e-12 if kernels == "float64" else 1e-4)
