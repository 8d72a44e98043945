"""What lab 6 checks."""

import numpy as np

from labs.harness.checking import check


def gradients(rng, sizes):
    """Two parameters, and three gradients for each."""
    return {
        "a": rng.normal(size=sizes[:2]),
        "b": rng.normal(size=sizes[2]),
        "da": rng.normal(size=(3, *sizes[:2])),
        "db": rng.normal(size=(3, sizes[2])),
        "learning_rate": np.array(0.03),
    }


def with_momentum(rng, sizes):
    return gradients(rng, sizes) | {"momentum": np.array(0.7)}


def with_moments(rng, sizes):
    return gradients(rng, sizes) | {"beta1": np.array(0.9), "beta2": np.array(0.99), "eps": np.array(0.01)}


def with_largest(rng, sizes):
    return with_moments(rng, sizes) | {"beta2": np.array(0.83)}


def layer_sizes(rng, sizes):
    return {"seed": rng.integers(2**31), "n_in": np.array(20 * sizes[0] + 100), "n_out": np.array(20 * sizes[1] + 100)}


def bowl(rng, sizes):
    return {
        "start": rng.normal(size=4),
        "centres": rng.normal(size=(6, 4)),
        "steepness": rng.uniform(0.5, 2, size=(6, 4)),
    }


def twenty(rng, sizes):
    return {
        "images": np.eye(20) + rng.normal(scale=0.3, size=(20, 20)),
        "labels": rng.permutation(np.repeat(range(10), 2)),
    }


def steps(lab, name, a, b, da, db, **options):
    """How far each parameter has moved after one step, and after three; and the array that it began with."""
    parameters = [lab.Parameter(a.copy()), lab.Parameter(b.copy())]
    kept = parameters[0].data
    optimiser = getattr(lab, name)(parameters, **options)
    moved = {}
    for count, grads in enumerate(zip(da, db, strict=True), 1):
        for parameter, grad in zip(parameters, grads, strict=True):
            parameter.grad[...] = grad
        optimiser.step()
        if count in (1, 3):
            moved |= {f"first_step_{n}" if count == 1 else f"three_steps_{n}": p.data - old
                      for n, p, old in zip("ab", parameters, (a, b), strict=True)}  # fmt: skip
    return moved | {"a in the same array": kept - a}


@check("SGD.zero_grad", gradients, points=5)
def zero_grad(lab, a, b, da, db, learning_rate):
    """no old gradient survives"""
    parameters = [lab.Parameter(a), lab.Parameter(b)]
    kept = [parameter.grad for parameter in parameters]
    for array, grad in zip(kept, (da[0], db[0]), strict=True):
        array += grad
    lab.SGD(parameters, learning_rate).zero_grad()
    return {"da": parameters[0].grad, "db": parameters[1].grad, "kept_da": kept[0]}


@check("SGD.step", gradients, points=10)
def sgd_step(lab, a, b, da, db, learning_rate):
    """against the gradient"""
    return steps(lab, "SGD", a, b, da, db, learning_rate=learning_rate)


@check("Momentum.step", with_momentum, points=10)
def momentum_step(lab, a, b, da, db, **options):
    """a velocity for each parameter"""
    return steps(lab, "Momentum", a, b, da, db, **options)


@check("Adam.step", with_moments, points=25)
def adam_step(lab, a, b, da, db, **options):
    """moments without bias; t counts from 1"""
    with np.errstate(all="ignore"):
        return steps(lab, "Adam", a, b, da, db, **options)


@check("he_normal", layer_sizes, points=5, tolerance=0.05)
def he_normal(lab, seed, n_in, n_out):
    """variance 2 / n_in"""
    W = lab.he_normal(n_in, n_out, np.random.default_rng(seed))
    return {
        "shape": np.array(W.shape),
        "share_of_negative_numbers": (W < 0).mean(),
        "deviation": W.std(),
        "one_and_mean": 1 + W.mean(),
        "fourth_moment": (W**4).mean() ** 0.25,
    }


@check("xavier_uniform", layer_sizes, points=5, tolerance=0.05)
def xavier_uniform(lab, seed, n_in, n_out):
    """evenly up to sqrt(6 / (n_in + n_out))"""
    W = lab.xavier_uniform(n_in, n_out, np.random.default_rng(seed))
    return {
        "shape": np.array(W.shape),
        "share_of_negative_numbers": (W < 0).mean(),
        "deviation": W.std(),
        "one_and_mean": 1 + W.mean(),
        "largest": np.abs(W).max(),
    }


class Bowl:
    """The check's model: loss = sum of steepness (theta - centre)^2."""

    def __init__(self, parameter):
        self.parameter = parameter

    def forward(self, centre, steepness):
        self.slope = 2 * steepness * (self.parameter.data - centre)
        return float((self.slope * (self.parameter.data - centre)).sum() / 2)

    def backward(self):
        self.parameter.grad += self.slope


@check("train", bowl, points=15, needs=["SGD.zero_grad", "SGD.step"])
def train(lab, start, centres, steepness):
    """zero, forward, backward, step"""
    parameter = lab.Parameter(start.copy())
    batches = list(zip(centres, steepness, strict=True))
    losses = lab.train(Bowl(parameter), lab.SGD([parameter], 0.1), batches)
    return {"losses": losses, "end": parameter.data}


class Perceptron:
    """The check's model: a score for each digit, and a loss only where the right one does not win clearly."""

    def __init__(self, parameter):
        self.scores = parameter

    def forward(self, images, labels):
        scores = images @ self.scores.data
        right = scores[np.arange(len(labels)), labels][:, None]
        excess = np.maximum(0, 1 + scores - right)
        excess[np.arange(len(labels)), labels] = 0
        push = 2 * excess
        push[np.arange(len(labels)), labels] = -push.sum(axis=1)
        self.push = np.einsum("ip,id->pd", images, push)
        return float((excess**2).sum())

    def backward(self):
        self.scores.grad += self.push


@check("train twenty digits", twenty, points=15, needs=["train", "Adam.step"], tolerance=1e-6, experiments=False)
def train_digits(lab, images, labels):
    """your Adam learns twenty images by heart"""
    parameter = lab.Parameter(np.zeros((20, 10)))
    model = Perceptron(parameter)
    losses = lab.train(model, lab.Adam([parameter], learning_rate=0.05), [(images, labels)] * 100)
    right = ((images @ parameter.data).argmax(axis=1) == labels).mean()
    return {"first_losses": losses[:10], "last_loss": np.array(losses[-1] < losses[0] / 100), "right": np.array(right)}


@check("AdaMax.step", with_largest, points=10)
def adamax_step(lab, a, b, da, db, **options):
    """the largest gradient in the place of the root"""
    return steps(lab, "AdaMax", a, b, da, db, **options)
