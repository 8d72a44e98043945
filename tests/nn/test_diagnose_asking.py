"""Mistakes that are placed by asking the layer again: with other dy, other arrays, one example at a time."""

import numpy as np
import pytest

import nn


class Weight:
    def __init__(self, data, name):
        self.data, self.name, self.grad = data, name, np.zeros_like(data)


class Layer:
    """A layer whose method ``d_name`` is the gradient for the input or the parameter of that name."""

    shapes = ()

    def __init__(self):
        rng = np.random.default_rng(0)
        self.weights = [Weight(rng.normal(size=shape), name) for name, shape in self.shapes]
        for weight in self.weights:
            setattr(self, weight.name, weight)

    def parameters(self):
        return self.weights

    def forward(self, x):
        self.x, self.y = x, self.f(x)
        return self.y

    def backward(self, dy):
        for weight in self.weights:
            weight.grad = weight.grad + getattr(self, f"d_{weight.name}")(dy)
        return self.d_x(dy)


class Slope(Layer):
    """y = x where x > 0, else a x."""

    shapes = (("a", (5,)),)

    def f(self, x):
        return np.where(x > 0, x, self.a.data * x)

    def d_a(self, dy):
        return (dy * self.x * (self.x <= 0)).sum(axis=0)

    def d_x(self, dy):
        return dy * np.where(self.x > 0, 1, self.a.data)


class Curve(Layer):
    """y = tanh(x U) + x V."""

    shapes = (("U", (5, 7)), ("V", (5, 7)))

    def f(self, x):
        self.h = np.tanh(x @ self.U.data)
        return self.h + x @ self.V.data

    def d_U(self, dy):
        return self.x.T @ (dy * (1 - self.h**2))

    def d_V(self, dy):
        return self.x.T @ dy

    def d_x(self, dy):
        return (dy * (1 - self.h**2)) @ self.U.data.T + dy @ self.V.data.T


class Unit(Layer):
    """y = x / |x|, row by row."""

    def f(self, x):
        self.length = np.sqrt((x * x).sum(axis=1, keepdims=True))
        return x / self.length

    def d_x(self, dy):
        return (dy - self.y * (dy * self.y).sum(axis=1, keepdims=True)) / self.length


class Echo(Layer):
    """y_t = x_t + 0.5 x_{t-2} W: (example, position, feature)."""

    shapes = (("W", (3, 3)),)

    def late(self, x):
        return np.pad(x, ((0, 0), (2, 0), (0, 0)))[:, :-2]

    def f(self, x):
        return x + 0.5 * self.late(x) @ self.W.data

    def d_W(self, dy):
        return 0.5 * np.einsum("bti,bto->io", self.late(self.x), dy)

    def d_x(self, dy):
        return dy + 0.5 * np.pad(dy, ((0, 0), (0, 2), (0, 0)))[:, 2:] @ self.W.data.T


class Product(Layer):
    """y = (x U) (x V), element by element."""

    shapes = (("U", (5, 7)), ("V", (5, 7)))

    def f(self, x):
        self.u, self.v = x @ self.U.data, x @ self.V.data
        return self.u * self.v

    def d_U(self, dy):
        return self.x.T @ (dy * self.v)

    def d_V(self, dy):
        return self.x.T @ (dy * self.u)

    def d_x(self, dy):
        return (dy * self.v) @ self.U.data.T + (dy * self.u) @ self.V.data.T


def with_mistake(base, **methods):
    return type("Wrong", (base,), methods)()


def find(layer, shape=(5, 5)):
    return nn.diagnose(layer, shape)


@pytest.mark.parametrize(("base", "shape"), [
    (Slope, (5, 5)), (Curve, (5, 5)), (Unit, (5, 5)), (Echo, (3, 7, 3)), (Product, (5, 5)),
])  # fmt: skip
def test_nothing_is_said_of_what_is_right(base, shape):
    assert find(base(), shape).ok


def test_each_example_shows_what_the_sum_hides():
    found = find(with_mistake(Slope, d_a=lambda s, dy: (dy * (s.x <= 0)).sum(axis=0)))
    assert (found.name, found.array, found.location) == ("divided by x", "a.grad", "each example's share")


def test_a_factor_on_each_dy():
    found = find(with_mistake(Curve, d_U=lambda s, dy: s.x.T @ (dy * (1 + np.sin(s.h)))))
    assert (found.name, found.array, found.location) == (None, "U.grad", "what dy is multiplied with before all else")


def test_a_single_sum_is_named_by_its_arrays():
    def d_x(s, dy):
        return Unit.d_x(s, dy) + s.x * np.sin(s.x).sum(axis=1, keepdims=True) * dy.sum(axis=1, keepdims=True)

    assert find(with_mistake(Unit, d_x=d_x)).location == "the sum of dy over each example, along x"
    full = np.random.default_rng(0).normal(size=(5, 5))
    found = find(with_mistake(Unit, d_x=lambda s, dy: Unit.d_x(s, dy) + dy @ full))
    assert "a single thing is wrong" not in found.message


def test_which_dy_along_an_axis():
    found = find(with_mistake(Echo, d_x=lambda s, dy: dy + 0.5 * s.late(dy) @ s.W.data.T), (3, 7, 3))
    assert found.location == "which dy along position it takes"
    assert "2 positions earlier" in found.message
    found = find(with_mistake(Echo, d_x=lambda s, dy: Echo.d_x(s, dy) + 0.1 * np.tanh(s.x) * dy), (3, 7, 3))
    assert found.location == "what comes from its own position"


def test_dy_that_does_not_get_in():
    def d_W(s, dy):
        return Echo.d_W(s, dy * (np.arange(7) > 3)[:, None])

    found = find(with_mistake(Echo, d_W=d_W), (3, 7, 3))
    assert (found.array, found.location) == ("W.grad", "outputs for position 2, 3")


def exchanged(s, dy):
    return (dy * (1 - s.h**2)) @ s.V.data.T + dy @ s.U.data.T


@pytest.mark.parametrize(
    ("base", "d_x", "place"),
    [
        (Curve, exchanged, "right only if U and V are equal"),
        (Curve, lambda s, dy: (dy * np.cos(s.h)) @ s.U.data.T + dy @ s.V.data.T, "right only if U is 0 everywhere"),
        (Product, lambda s, dy: (dy * s.v) @ s.U.data.T, "1/2 times the truth if U and V are equal"),
    ],
)
def test_special_arrays_for_which_it_is_right(base, d_x, place):
    assert find(with_mistake(base, d_x=d_x)).location == place


def test_a_law_that_the_truth_obeys():
    def odd(x, target):
        return ((x - target) ** 4).sum() / len(x), 4 * np.abs(x - target) ** 3 * np.cos(5 * x * target) / len(x)

    rng = np.random.default_rng(0)
    found = nn.diagnose(odd, rng.normal(size=(5, 3)), rng.normal(size=(5, 3)))
    assert found.location == "how it changes if the signs of x and target are turned"
