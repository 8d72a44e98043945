"""Gradients that begin as zeros without memory behave as ordinary arrays, or say that they do not."""

import copy
import pickle

import numpy as np
import pytest

import nn
from nn.fast.layer import Zeros


@pytest.fixture(autouse=True)
def _fast():
    with nn.use("fast"):
        yield


@pytest.fixture
def parameter():
    return nn.Parameter(np.ones((2, 3), np.float32))


def random(*shape, dtype=np.float32):
    return np.random.default_rng(0).normal(size=shape).astype(dtype)


def test_they_are_zeros(parameter):
    assert isinstance(parameter.grad, Zeros)
    assert parameter.grad.shape == (2, 3)
    assert parameter.grad.dtype == np.float32
    np.testing.assert_array_equal(parameter.grad, 0)
    assert repr(parameter.grad) == repr(np.zeros((2, 3), np.float32))
    assert type(parameter.grad + 1) is type(2 * parameter.grad) is np.ndarray
    assert parameter.grad.sum() == 0


def test_the_first_gradient_costs_no_copy_and_the_second_spares_it(parameter):
    """A layer may add an array that others hold, its dy for example: that one must stay as it is."""
    first, second = random(2, 3), np.ones((2, 3), np.float32)
    kept = first.copy()
    parameter.grad += first
    assert np.shares_memory(parameter.grad, first)
    parameter.grad += second
    np.testing.assert_array_equal(first, kept)
    np.testing.assert_array_equal(parameter.grad, kept + second)
    before = parameter.grad
    parameter.grad += second
    assert parameter.grad is before, "from the third on it is added in place"
    np.testing.assert_array_equal(second, 1)


class Shift(nn.Layer):
    """y = x + shift, for a shift of the shape of x: its gradient is dy itself."""

    def __init__(self, shape):
        self.shift = nn.Parameter(np.zeros(shape, np.float32))

    def forward(self, x, *, training=False):
        return x + self.shift.data

    def backward(self, dy):
        self.shift.grad += dy
        return dy


def test_an_upstream_gradient_is_no_layers_to_change():
    layer, dy = Shift((2, 3)), random(2, 3)
    kept = dy.copy()
    for times in (1, 2, 3):
        dx = layer.backward(dy)
        np.testing.assert_array_equal(layer.shift.grad, times * kept)
        np.testing.assert_array_equal(dx, kept)
        np.testing.assert_array_equal(dy, kept)


@pytest.mark.parametrize("change", ["*=", "/=", "-="])
def test_two_parameters_with_one_gradient_are_changed_one_by_one(change):
    """As in clipping: grad *= factor for each parameter in turn."""
    network, dy = nn.Sequential(Shift((2, 3)), Shift((2, 3))), random(2, 3)
    network.backward(dy)
    for parameter in network.parameters():
        exec(f"parameter.grad {change} 2", {"parameter": parameter})
    expected = {"*=": 2 * dy, "/=": dy / 2, "-=": dy - 2}[change]
    for parameter in network.parameters():
        np.testing.assert_array_equal(parameter.grad, expected)


def test_a_shared_parameter_in_two_layers():
    first, second = nn.Dense(3, 3, rng=0), nn.Dense(3, 3, rng=1)
    second.weight = first.weight
    x, dy = random(4, 3), random(4, 3)
    for times in (1, 2):
        hidden = first.forward(x)
        second.forward(hidden)
        dhidden = second.backward(dy)
        first.backward(dhidden)
        np.testing.assert_allclose(first.weight.grad, times * (x.T @ dhidden + hidden.T @ dy), rtol=1e-5, atol=1e-6)
    assert second.weight.grad is first.weight.grad


@pytest.mark.parametrize("gradients", [0, 1, 2])
@pytest.mark.parametrize(
    "empty",
    [
        lambda p: p.grad.__setitem__(..., 0),
        lambda p: p.grad.fill(0),
        lambda p: setattr(p, "grad", p.grad * 0),
        lambda p: setattr(p, "grad", p.grad.__imul__(0)),
        lambda p: p.zero_grad(),
        lambda p: setattr(p, "grad", np.zeros_like(p.data)),
    ],
    ids=["grad[...] = 0", "fill(0)", "grad = grad * 0", "grad *= 0", "zero_grad()", "grad = zeros"],
)
def test_every_way_to_make_it_zero(parameter, empty, gradients):
    for _ in range(gradients):
        parameter.grad += random(2, 3)
    empty(parameter)
    np.testing.assert_array_equal(parameter.grad, 0)
    assert parameter.grad.dtype == np.float32
    parameter.grad += random(2, 3)
    parameter.grad += random(2, 3)
    np.testing.assert_array_equal(parameter.grad, 2 * random(2, 3))


def test_elements_are_changed_in_place_once_something_has_been_added(parameter):
    parameter.grad += random(2, 3)
    parameter.grad[0, 1] = 5
    parameter.grad[1] += 1
    expected = random(2, 3)
    expected[0, 1] = 5
    expected[1] += 1
    np.testing.assert_array_equal(parameter.grad, expected)


@pytest.mark.parametrize(
    "write", ["grad[0, 1] = 5", "grad[...] = 1", "grad.fill(2)", "grad[0] += 1", "grad[grad == 0] = 3"]
)
def test_before_that_a_write_is_refused_in_words(parameter, write):
    with pytest.raises(ValueError, match=r"nothing has been added .* assign it as a whole \(parameter.grad = ...\)"):
        exec(f"parameter.{write}".replace("[grad", "[parameter.grad"), {"parameter": parameter})
    np.testing.assert_array_equal(parameter.grad, 0)


@pytest.mark.parametrize("write", [lambda g: np.add(g, 1, out=g), lambda g: np.copyto(g, 1), lambda g: g.sort()])
def test_before_that_no_way_to_write_is_silent(parameter, write):
    with pytest.raises(ValueError, match="read-only"):
        write(parameter.grad)


def test_assigning_it_as_a_whole(parameter):
    gradient = random(2, 3)
    parameter.grad = gradient
    parameter.grad += 1
    np.testing.assert_array_equal(parameter.grad, random(2, 3) + 1)
    assert parameter.grad is gradient, "now it is an array like any other"


@pytest.mark.parametrize("gradients", [0, 1, 2])
def test_another_shape_or_dtype_is_treated_as_numpy_treats_it(parameter, gradients):
    """Broadcast into the gradient's shape, cast to its dtype, refused where that cannot be done."""
    expected = np.zeros((2, 3), np.float32)
    for _ in range(gradients):
        parameter.grad += random(2, 3)
        expected += random(2, 3)
    for a in (random(3), random(2, 1), 2.5, np.float64(0.1), random(2, 3, dtype=np.float64), np.arange(3)):
        parameter.grad += a
        expected += a
        np.testing.assert_array_equal(parameter.grad, expected)
        assert parameter.grad.dtype == np.float32


@pytest.mark.parametrize("gradients", [0, 1, 2])
@pytest.mark.parametrize(
    "wrong", [np.ones((3, 2), "f"), np.ones((4, 2, 3), "f"), np.ones(2, "f"), np.ones((2, 3), complex)]
)
def test_what_does_not_fit_is_refused(parameter, gradients, wrong):
    for _ in range(gradients):
        parameter.grad += random(2, 3)
    before, plain = np.array(parameter.grad), np.zeros((2, 3), np.float32)
    with pytest.raises((ValueError, TypeError)) as as_numpy:
        plain += wrong
    with pytest.raises(as_numpy.type):
        parameter.grad += wrong
    np.testing.assert_array_equal(parameter.grad, before)


@pytest.mark.parametrize("change", ["*= 2.5", "/= 2", "-= 1", "*= a", "-= a"])
@pytest.mark.parametrize("gradients", [0, 1, 2])
def test_arithmetic_in_place_keeps_the_dtype(parameter, change, gradients):
    a = random(2, 3, dtype=np.float64)
    expected = np.zeros((2, 3), np.float32)
    for _ in range(gradients):
        parameter.grad += random(2, 3)
        expected += random(2, 3)
    exec(f"parameter.grad {change}", {"parameter": parameter, "a": a})
    scope = {"expected": expected, "a": a}
    exec(f"expected {change}", scope)
    np.testing.assert_array_equal(parameter.grad, scope["expected"])
    assert parameter.grad.dtype == np.float32


def test_a_gradient_of_one_number():
    parameter = nn.Parameter(2.0)
    for _ in range(2):
        parameter.zero_grad()
        parameter.grad += 1.5
        parameter.grad += np.float64(1)
        assert parameter.grad == 2.5
        assert parameter.grad.shape == ()


@pytest.mark.parametrize("clone", [copy.copy, copy.deepcopy, lambda a: pickle.loads(pickle.dumps(a))])
@pytest.mark.parametrize("gradients", [0, 1, 2])
def test_copies_are_right_and_independent(parameter, clone, gradients):
    for _ in range(gradients):
        parameter.grad += random(2, 3)
    twin = nn.Parameter(parameter.data)
    twin.grad = clone(parameter.grad)
    before = np.array(parameter.grad)
    np.testing.assert_array_equal(twin.grad, before)
    twin.grad += 1
    np.testing.assert_array_equal(twin.grad, before + 1)
    np.testing.assert_array_equal(parameter.grad, before)


def test_copies_of_zeros_are_cheap():
    parameter = nn.Parameter(np.ones((1000, 1000), np.float32))
    assert len(pickle.dumps(parameter.grad)) < 1000
    assert not any(copy.deepcopy(parameter).grad.strides), "all elements are one in memory"
