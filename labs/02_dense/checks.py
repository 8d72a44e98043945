"""What lab 2 checks."""

import numpy as np

from labs.harness.checking import check, layer_arrays


def dense(rng, sizes):
    batch, n_in, n_out = sizes[:3]
    return {
        "x": rng.normal(size=(batch, n_in)),
        "W": rng.normal(size=(n_in, n_out)),
        "b": rng.normal(size=n_out),
        "dy": rng.normal(size=(batch, n_out)),
    }


def elementwise(rng, sizes):
    return {"x": rng.normal(scale=1.5, size=sizes[:2]), "dy": rng.normal(size=sizes[:2])}


def with_zeros(rng, sizes):
    found = elementwise(rng, sizes)
    x_0 = rng.normal(size=sizes[:2])
    return found | {"x_0": np.where(np.abs(x_0) < 0.4, 0, x_0)}


def with_large_numbers(rng, sizes):
    x = rng.normal(size=sizes[:2])
    x[0, :2] = 1000, -1000
    return {"x": x}


def two_layers(rng, sizes):
    batch, n_in, n_hidden, n_out = sizes[:4]
    return {
        "x": rng.normal(size=(batch, n_in)),
        "W1": rng.normal(size=(n_in, n_hidden)) / 3,
        "b1": rng.normal(size=n_hidden),
        "W2": rng.normal(size=(n_hidden, n_out)),
        "b2": rng.normal(size=n_out),
        "dy": rng.normal(size=(batch, n_out)),
    }


def power(rng, sizes):
    batch, n = sizes[:2]
    return {
        "x": rng.normal(loc=0.5, size=(batch, n)),
        "p": rng.uniform(0.5, 2.5, size=n),
        "dy": rng.normal(size=(batch, n)),
    }


@check("Dense.forward", dense, points=5)
def dense_forward(lab, x, W, b, dy):
    """y = x W + b"""
    return {"y": lab.Dense(W, b).forward(x)}


@check("Dense.backward", dense, points=20, needs=["Dense.forward"])
def dense_backward(lab, x, W, b, dy):
    """dW, db and dx of a whole batch; gradients are added"""
    return layer_arrays(lambda: lab.Dense(W.copy(), b.copy()), x, dy)


@check("ReLU.forward", elementwise, points=3)
def relu_forward(lab, x, dy):
    """y = max(x, 0)"""
    return {"y": lab.ReLU().forward(x)}


@check("ReLU.backward", with_zeros, points=7, needs=["ReLU.forward"])
def relu_backward(lab, x, dy, x_0):
    """the slope is 1 where x is positive, else 0, also at 0"""
    return layer_arrays(lab.ReLU, x, dy) | {"dx_at_x_0": layer_arrays(lab.ReLU, x_0, dy, state=False)["dx"]}


@check("Tanh.forward", elementwise, points=3)
def tanh_forward(lab, x, dy):
    """y = tanh(x)"""
    return {"y": lab.Tanh().forward(x)}


@check("Tanh.backward", elementwise, points=7, needs=["Tanh.forward"])
def tanh_backward(lab, x, dy):
    """the slope of tanh, from y"""
    return layer_arrays(lab.Tanh, x, dy)


@check("Sigmoid.forward", with_large_numbers, points=5)
def sigmoid_forward(lab, x):
    """y = 1 / (1 + exp(-x)), also for x = 1000 and -1000"""
    with np.errstate(over="ignore", invalid="ignore"):
        return {"y": lab.Sigmoid().forward(x)}


@check("Sigmoid.backward", elementwise, points=5, needs=["Sigmoid.forward"])
def sigmoid_backward(lab, x, dy):
    """the slope of the sigmoid, from y"""
    return layer_arrays(lab.Sigmoid, x, dy)


@check("Softmax.forward", with_large_numbers, points=5)
def softmax_forward(lab, x):
    """each row adds up to 1, also with x = 1000"""
    with np.errstate(over="ignore", invalid="ignore"):
        return {"y": lab.Softmax().forward(x)}


@check("Softmax.backward", elementwise, points=15, needs=["Softmax.forward"])
def softmax_backward(lab, x, dy):
    """the whole Jacobian of a row"""
    return layer_arrays(lab.Softmax, x, dy)


class Cube:
    """A layer that the check brings along: y = x^3."""

    def forward(self, x):
        self.x = x
        return x**3

    def backward(self, dy):
        return 3 * self.x**2 * dy


class Shift:
    """Another one: each row moved by one column."""

    def forward(self, x):
        return np.roll(x, 1, axis=1)

    def backward(self, dy):
        return np.roll(dy, -1, axis=1)


@check("Sequential.forward", elementwise, points=5)
def sequential_forward(lab, x, dy):
    """layers one after the other, in their order"""
    return {"y": lab.Sequential(Cube(), Shift(), Cube()).forward(x)}


@check("Sequential.backward", elementwise, points=10, needs=["Sequential.forward"])
def sequential_backward(lab, x, dy):
    """the chain rule: last layer first"""
    return layer_arrays(lambda: lab.Sequential(Cube(), Shift(), Cube()), x, dy)


@check("Power.forward", power, points=3)
def power_forward(lab, x, p, dy):
    """y = x^p where x is positive"""
    with np.errstate(invalid="ignore", divide="ignore"):
        return {"y": lab.Power(p).forward(x)}


@check("Power.backward", power, points=7, needs=["Power.forward"])
def power_backward(lab, x, p, dy):
    """dx, and dp for the exponents"""
    with np.errstate(invalid="ignore", divide="ignore"):
        return layer_arrays(lambda: lab.Power(p.copy()), x, dy)
