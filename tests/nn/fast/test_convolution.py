"""Every way to compute the three maps against the plain lines, and which way is taken."""

import math

import numpy as np
import pytest
from geometries import GEOMETRIES, Problem
from numpy.testing import assert_allclose, assert_array_equal

from nn import convolution as plain
from nn.fast import convolution as fast
from nn.fast import threads
from nn.fast.convolution import ADJOINTS, GRADIENTS, PRODUCTS, blocks_of, cheapest
from nn.fast.flipping import FlippedAdjoint, FlippedGradient, FlippedProduct, FlippedWinograd
from nn.fast.products import FoldProduct, UnfoldGradient, UnfoldProduct
from nn.fast.winograd import WinogradGradient, WinogradProduct
from nn.forms import TABLE
from nn.patches import windows_on

PLAIN = {name: TABLE[name]["plain"] for name in ("correlate", "correlate_adjoint", "kernel_gradient", "bias_gradient")}
FAST = {name: getattr(fast, name) for name in PLAIN}
WAYS = [(ways, way) for ways in ("PRODUCTS", "ADJOINTS", "GRADIENTS") for way in getattr(fast, ways)]
CHANNELS = [(1, 1), (2, 5), (5, 3)]  # fewer and more than nn.fast.patches.SHORT


def possible(way, geometry):
    """Winograd's filtering takes kernels of 2 to 4 elements, after flipping, at stride 1."""
    return way.cost(windows_on(*geometry), (*geometry[1], 1, 1)) < math.inf


def every_way_on(geometries):
    """Run a test with each way and each of the geometries on which it can compute."""
    cases = [(*both, geometry) for both in WAYS for geometry in geometries if possible(both[1], geometry)]
    ids = [f"{way.__name__}-{geometry}" for _, way, geometry in cases]
    return pytest.mark.parametrize(("ways", "way", "geometry"), cases, ids=ids)


every_way = every_way_on([((6, 5), (3, 3), (1, 1), "same")])


@pytest.fixture(params=["one block", "many blocks"])
def blocks(request, monkeypatch):
    """One block on one thread, or blocks of an image or two, taken by three threads."""
    many = request.param == "many blocks"
    monkeypatch.setattr(threads, "thread_count", lambda: 3 if many else 1)
    if many:
        monkeypatch.setattr(fast, "BLOCK", 300)


def compute(ways, module, problem, dtypes=("float64", "float64")):
    """The map that the ways compute, by `module`: nn.convolution or nn.fast.convolution."""
    images, kernel = (problem.x, problem.y), problem.kernel.astype(dtypes[1])
    x, y = (array.astype(dtypes[0]) for array in images)
    biases = [bias.astype(dtypes[0]) for bias in problem.biases]
    if ways == "PRODUCTS":
        return module["correlate"](x, kernel, problem.windows, biases[0])
    if ways == "ADJOINTS":
        return module["correlate_adjoint"](y, kernel, problem.windows, biases[1])
    return module["kernel_gradient"](x, problem.y.astype(dtypes[1]), problem.windows)


@every_way_on(GEOMETRIES)
@pytest.mark.parametrize("channels", CHANNELS)
def test_every_way_computes_the_plain_map(ways, way, geometry, channels, blocks, monkeypatch):
    problem = Problem(*geometry, channels)
    monkeypatch.setattr(fast, ways, (way,))
    result, expected = compute(ways, FAST, problem), compute(ways, PLAIN, problem)
    assert result.shape == expected.shape
    assert_allclose(result, expected, rtol=0, atol=1e-12 * np.abs(expected).max())


@every_way_on([((6, 5), (4, 4), (1, 1), "same"), ((6, 5), (4, 4), (2, 2), "same")])
@pytest.mark.parametrize("dtypes", [("float32", "float32"), ("float32", "float64"), ("float64", "float32")], ids=str)
def test_every_way_takes_the_finer_of_two_dtypes(ways, way, geometry, dtypes, monkeypatch):
    problem = Problem(*geometry, (2, 5))
    monkeypatch.setattr(fast, ways, (way,))
    result, expected = compute(ways, FAST, problem, dtypes), compute(ways, PLAIN, problem, dtypes)
    assert result.dtype == expected.dtype == np.result_type(*dtypes)
    precision = 1e-12 if result.dtype == np.float64 else 1e-5
    assert_allclose(result, expected, rtol=0, atol=precision * np.abs(expected).max())


@every_way
@pytest.mark.parametrize("batch", [1, 5, 13])
def test_every_way_takes_a_batch_that_blocks_do_not_divide(ways, way, geometry, batch, monkeypatch):
    problem = Problem(*geometry, (3, 2), batch)
    monkeypatch.setattr(fast, ways, (way,))
    images_of_a_block = 4
    monkeypatch.setattr(fast, "BLOCK", images_of_a_block * way.size(problem.windows, problem.kernel.shape))
    result, expected = compute(ways, FAST, problem), compute(ways, PLAIN, problem)
    assert_allclose(result, expected, rtol=0, atol=1e-12 * np.abs(expected).max())


@every_way
def test_every_way_takes_images_that_are_not_in_c_order(ways, way, geometry, monkeypatch):
    problem = Problem(*geometry, (3, 2))
    monkeypatch.setattr(fast, ways, (way,))
    expected = compute(ways, PLAIN, problem)
    problem.x, problem.y, problem.kernel = map(np.asfortranarray, (problem.x, problem.y, problem.kernel))
    assert_allclose(compute(ways, FAST, problem), expected, rtol=0, atol=1e-12 * np.abs(expected).max())


@every_way
def test_every_way_leaves_what_it_is_given(ways, way, geometry, monkeypatch):
    problem = Problem(*geometry, (3, 2))
    monkeypatch.setattr(fast, ways, (way,))
    before = [array.copy() for array in (problem.x, problem.y, problem.kernel)]
    first = compute(ways, FAST, problem)
    kept = first.copy()
    problem.x, problem.y = problem.x + 1, problem.y + 1
    compute(ways, FAST, problem)
    assert_array_equal(first, kept, "a result is in memory that is used again")
    for array, original in zip((problem.x - 1, problem.y - 1, problem.kernel), before, strict=True):
        assert_allclose(array, original, atol=1e-15)


@every_way
def test_every_way_computes_an_empty_batch(ways, way, geometry, monkeypatch):
    problem = Problem(*geometry, (3, 2), batch=0)
    monkeypatch.setattr(fast, ways, (way,))
    result, expected = compute(ways, FAST, problem), compute(ways, PLAIN, problem)
    assert result.shape == expected.shape
    assert_array_equal(result, expected)


@every_way
def test_no_digit_depends_on_which_thread_takes_which_block(ways, way, geometry, monkeypatch):
    problem = Problem(*geometry, (3, 4), batch=50)
    monkeypatch.setattr(fast, ways, (way,))
    monkeypatch.setattr(fast, "BLOCK", 300)
    results = []
    for count in (1, 2, 3, 3, 3, 3):
        monkeypatch.setattr(threads, "thread_count", lambda count=count: count)
        results.append(compute(ways, FAST, problem, ("float32", "float32")))
    assert all(np.array_equal(results[0], other) for other in results[1:])


@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (7, 3, 2, 5), (2, 9, 9, 1)])
def test_bias_gradient(shape):
    dy = np.random.default_rng(0).normal(size=shape)
    assert_allclose(fast.bias_gradient(dy), PLAIN["bias_gradient"](dy), rtol=1e-12)


@pytest.mark.parametrize("batch", [0, 1, 2, 7, 8, 100, 101])
@pytest.mark.parametrize("size", [1, 1000, 2**18, 2**19, 2**21])
def test_blocks_hold_every_image_once_and_are_nearly_equal(batch, size):
    blocks = blocks_of(batch, size)
    assert [row for rows in blocks for row in range(batch)[rows]] == list(range(batch))
    lengths = [rows.stop - rows.start for rows in blocks]
    assert max(lengths, default=0) - min(lengths, default=0) <= 1
    assert max(lengths, default=0) * size <= fast.BLOCK or max(lengths) == 1
    assert len(blocks) in (1, batch) or len(blocks) % 2 == 0


@pytest.mark.parametrize(
    ("channels", "stride", "product", "adjoint", "gradient"),
    [
        ((1, 32), 1, UnfoldProduct, FoldProduct, UnfoldGradient),  # patches of one channel
        ((32, 1), 1, FlippedProduct, FlippedAdjoint, FlippedGradient),
        ((64, 1), 2, FlippedProduct, FlippedAdjoint, FlippedGradient),
        ((64, 64), 1, WinogradProduct, FlippedWinograd, WinogradGradient),  # multiplications count most
        ((32, 64), 2, UnfoldProduct, FoldProduct, UnfoldGradient),
    ],
)
def test_the_way_with_the_least_work_is_taken(channels, stride, product, adjoint, gradient):
    problem = Problem((28, 20), (3, 3), (stride, stride), "same", channels, batch=1)
    chosen = [cheapest(ways, problem.windows, problem.kernel.shape) for ways in (PRODUCTS, ADJOINTS, GRADIENTS)]
    assert chosen == [product, adjoint, gradient]


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
    problem = Problem(image, kernel, (1, 1), "same", channels, batch=1)
    assert (cheapest(PRODUCTS, problem.windows, problem.kernel.shape) is WinogradProduct) is pays


def test_the_layers_compute_in_these_ways():
    assert TABLE["correlate"]["fast"] is fast.correlate
    assert plain.correlate.__wrapped__ is PLAIN["correlate"]
