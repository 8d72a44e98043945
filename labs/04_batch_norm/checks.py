"""What lab 4 checks."""

import numpy as np

from labs.harness.checking import check, layer_arrays


def rows(rng, sizes):
    return _batch_norm(rng, sizes[:2])


def images(rng, sizes):
    return _batch_norm(rng, sizes[:4])


def _batch_norm(rng, shape):
    n = shape[-1]
    return {
        "x": rng.normal(size=shape) * rng.uniform(0.5, 2, size=n) + rng.normal(size=n),
        "scale": rng.uniform(0.5, 2, size=n),
        "shift": rng.normal(size=n),
        "dy": rng.normal(size=shape),
        "momentum": np.array(0.9),
        "eps": np.array(1e-3),
    }


def evaluation(rng, sizes):
    n = sizes[1]
    return rows(rng, sizes) | {"mean": rng.normal(size=n), "variance": rng.uniform(0.5, 3, size=n)}


def root_mean_square(rng, sizes):
    names = ("x", "scale", "dy", "eps")
    return {name: array for name, array in rows(rng, sizes).items() if name in names}


@check("BatchNorm.forward", rows, points=10)
def forward(lab, x, scale, shift, dy, momentum, eps):
    """normalised by the batch's own mean and variance"""
    return {"y": lab.BatchNorm(scale, shift, momentum, eps).forward(x)}


@check("BatchNorm.forward for images", images, points=5, needs=["BatchNorm.forward"])
def forward_images(lab, x, scale, shift, dy, momentum, eps):
    """a channel's mean goes over batch, height and width"""
    return {"y": lab.BatchNorm(scale, shift, momentum, eps).forward(x)}


@check("BatchNorm.forward and running averages", rows, points=10, needs=["BatchNorm.forward"])
def running_averages(lab, x, scale, shift, dy, momentum, eps):
    """training moves the running averages"""
    layer = lab.BatchNorm(scale, shift, momentum, eps)
    layer.forward(x)
    once = {"running_mean": layer.running_mean.copy(), "running_variance": layer.running_variance.copy()}
    layer.forward(2 * x + 1)
    return once | {"running_mean_2": layer.running_mean, "running_variance_2": layer.running_variance}


@check("BatchNorm.forward in evaluation", evaluation, points=10)
def forward_evaluation(lab, x, scale, shift, dy, mean, variance, momentum, eps):
    """normalised by the running averages, which stay as they are"""
    layer = _in_evaluation(lab, scale, shift, mean, variance, momentum, eps)
    return {"y": layer.forward(x, training=False), "running_mean": layer.running_mean}


def _in_evaluation(lab, scale, shift, mean, variance, momentum, eps):
    layer = lab.BatchNorm(scale.copy(), shift.copy(), momentum, eps)
    layer.running_mean, layer.running_variance = mean.copy(), variance.copy()
    return layer


@check("BatchNorm.backward", rows, points=25, needs=["BatchNorm.forward"])
def backward(lab, x, scale, shift, dy, momentum, eps):
    """mean and variance depend on x, too"""
    return layer_arrays(lambda: lab.BatchNorm(scale.copy(), shift.copy(), momentum, eps), x, dy)


@check("BatchNorm.backward for images", images, points=15, needs=["BatchNorm.forward for images", "BatchNorm.backward"])
def backward_images(lab, x, scale, shift, dy, momentum, eps):
    """a channel has batch * height * width values"""
    return layer_arrays(lambda: lab.BatchNorm(scale.copy(), shift.copy(), momentum, eps), x, dy, state=False)


@check("BatchNorm.backward in evaluation", evaluation, points=15, needs=["BatchNorm.forward in evaluation"])
def backward_evaluation(lab, x, scale, shift, dy, mean, variance, momentum, eps):
    """the running averages are constants"""
    layer = _in_evaluation(lab, scale, shift, mean, variance, momentum, eps)
    layer.forward(x, training=False)
    return {"dx": layer.backward(dy), "dscale": layer.scale.grad, "dshift": layer.shift.grad}


@check("RootMeanSquareNorm.forward", root_mean_square, points=3)
def root_mean_square_forward(lab, x, scale, dy, eps):
    """each row divided by its root mean square"""
    return {"y": lab.RootMeanSquareNorm(scale, eps).forward(x)}


@check("RootMeanSquareNorm.backward", root_mean_square, points=7, needs=["RootMeanSquareNorm.forward"])
def root_mean_square_backward(lab, x, scale, dy, eps):
    """the root depends on the whole row"""
    return layer_arrays(lambda: lab.RootMeanSquareNorm(scale.copy(), eps), x, dy)
