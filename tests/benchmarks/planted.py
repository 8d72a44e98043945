"""Small right layers and losses, and mistakes to plant into them: what `nn.diagnose` is tried on.

A mistake is a piece of source and what stands in its place.  `CLASSIC` are the forty of every course, with the name
that must be given.  `UNFORESEEN` have no name of their own: they must be named by what was seen, or located.
"""

import inspect
import textwrap
from dataclasses import dataclass

import numpy as np

RNG = np.random.default_rng(0)


class Parameter:
    def __init__(self, data, name):
        self.data, self.name = data, name
        self.grad = np.zeros_like(data)

    def zero_grad(self):
        self.grad = np.zeros_like(self.data)


class Dense:
    def __init__(self, n_in=3, n_out=7):
        self.W, self.b = Parameter(RNG.normal(size=(n_in, n_out)), "W"), Parameter(RNG.normal(size=n_out), "b")

    def parameters(self):
        return [self.W, self.b]

    def forward(self, x, training=False):
        self.x = x
        return x @ self.W.data + self.b.data

    def backward(self, dy):
        self.W.grad += self.x.T @ dy
        self.b.grad += dy.sum(axis=0)
        return dy @ self.W.data.T


class SquareDense(Dense):
    def __init__(self):
        super().__init__(7, 7)

    def backward(self, dy):
        self.W.grad += self.x.T @ dy
        self.b.grad += dy.sum(axis=0)
        return dy @ self.W.data.T


class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dy):
        return dy * (self.x > 0)


class Tanh:
    def forward(self, x):
        self.x = x
        self.y = np.tanh(x)
        return self.y

    def backward(self, dy):
        return dy * (1 - self.y**2)


class Sigmoid:
    def forward(self, x):
        self.x = x
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dy):
        return dy * self.y * (1 - self.y)


class Softmax:
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        return self.y

    def backward(self, dy):
        return self.y * (dy - (dy * self.y).sum(axis=1, keepdims=True))


def squared_error(y, target):
    difference = y - target
    loss = (difference**2).sum() / len(y)
    return loss, 2 * difference / len(y)


def half_squared_error(y, target):
    difference = y - target
    loss = 0.5 * (difference**2).sum() / len(y)
    return loss, difference / len(y)


def cross_entropy(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    rows = np.arange(len(p))
    loss = -np.log(p[rows, labels]).sum() / len(p)
    d = p.copy()
    d[rows, labels] -= 1
    return loss, d / len(p)


def bernoulli(logits, target):
    y = 1 / (1 + np.exp(-logits))
    loss = -(target * np.log(y) + (1 - target) * np.log(1 - y)).sum() / len(y)
    return loss, (y - target) / len(y)


def kl(mean, v):
    loss = 0.5 * (mean**2 + np.exp(v) - 1 - v).sum() / len(v)
    return loss, mean / len(v), 0.5 * (np.exp(v) - 1) / len(v)


def objective(mean, v, target, beta=4.0):
    """Squared error of the mean and beta times the KL divergence."""
    error = 0.5 * ((mean - target) ** 2).sum()
    loss = (error + beta * 0.5 * (mean**2 + np.exp(v) - 1 - v).sum()) / len(v)
    return loss, (mean - target + beta * mean) / len(v), beta * 0.5 * (np.exp(v) - 1) / len(v)


class Sample:
    def forward(self, mean, v, noise):
        self.v, self.noise = v, noise
        return mean + np.exp(v / 2) * noise

    def backward(self, dz):
        return dz, dz * 0.5 * np.exp(self.v / 2) * self.noise


class Noise:
    """x + its own noise, of x's size."""

    def __init__(self):
        self.rng = np.random.default_rng(3)

    def forward(self, x):
        self.x = x
        self.noise = self.rng.normal(size=x.shape)
        return x * self.noise

    def backward(self, dy):
        noise = self.noise
        return dy * noise


class BatchNorm:
    def __init__(self, n=3):
        self.scale, self.shift = Parameter(np.ones(n), "scale"), Parameter(np.zeros(n), "shift")
        self.momentum, self.eps = 0.9, 1e-3
        self.running_mean, self.running_variance = np.zeros(n), np.ones(n)

    def parameters(self):
        return [self.scale, self.shift]

    def forward(self, x, training=False):
        axes = tuple(range(x.ndim - 1))
        self.training = training
        if training:
            mean, variance = x.mean(axis=axes), x.var(axis=axes)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_variance = self.momentum * self.running_variance + (1 - self.momentum) * variance
        else:
            mean, variance = self.running_mean, self.running_variance
        self.x = x
        self.inverse = 1 / np.sqrt(variance + self.eps)
        self.x_hat = (x - mean) * self.inverse
        return self.scale.data * self.x_hat + self.shift.data

    def backward(self, dy):
        axes = tuple(range(dy.ndim - 1))
        m = dy.size // dy.shape[-1]
        dscale, dshift = (dy * self.x_hat).sum(axis=axes), dy.sum(axis=axes)
        self.scale.grad += dscale
        self.shift.grad += dshift
        if not self.training:
            return dy * self.scale.data * self.inverse
        return self.scale.data * self.inverse * (dy - dshift / m - self.x_hat * dscale / m)


class Conv:
    """A correlation, stride 1, with ((1, 1), (1, 0)) zeros around, so that a 3 x 2 kernel keeps the size."""

    def __init__(self, c_in=2, c_out=3, kh=3, kw=2):
        self.K = Parameter(RNG.normal(size=(kh, kw, c_in, c_out)), "K")
        self.b = Parameter(RNG.normal(size=c_out), "b")

    def parameters(self):
        return [self.K, self.b]

    def forward(self, x):
        kh, kw = self.K.data.shape[:2]
        self.padded = np.pad(x, ((0, 0), (1, 1), (1, 0), (0, 0)))
        self.x, (_, h, w, _) = x, x.shape
        y = np.zeros((*x.shape[:3], len(self.b.data)))
        for i in range(kh):
            for j in range(kw):
                y += self.padded[:, i : i + h, j : j + w] @ self.K.data[i, j]
        return y + self.b.data

    def backward(self, dy):
        kh, kw = self.K.data.shape[:2]
        _, h, w, _ = dy.shape
        dpadded = np.zeros_like(self.padded)
        self.b.grad += dy.sum(axis=(0, 1, 2))
        for i in range(kh):
            for j in range(kw):
                patch = self.padded[:, i : i + h, j : j + w]
                self.K.grad[i, j] += np.einsum("bhwc,bhwo->co", patch, dy)
        for p in range(h):
            for q in range(w):
                dpatch = np.einsum("bo,ijco->bijc", dy[:, p, q], self.K.data)
                dpadded[:, p : p + kh, q : q + kw] += dpatch
        return dpadded[:, 1:-1, 1:]


class TwoLayers:
    """Dense, tanh, dense."""

    def __init__(self):
        self.first, self.second = Dense(3, 7), Dense(7, 2)

    def parameters(self):
        return [*self.first.parameters(), *self.second.parameters()]

    def forward(self, x):
        self.h = np.tanh(self.first.forward(x))
        return self.second.forward(self.h)

    def backward(self, dy):
        dh = self.second.backward(dy)
        return self.first.backward(dh * (1 - self.h**2))


def planted(subject, *changes):
    """The class or function with pieces of its source exchanged: changes are (old, new), each standing there once."""
    source = textwrap.dedent(inspect.getsource(subject))
    for old, new in changes:
        if source.count(old) != 1:
            raise ValueError(f"{old!r} stands {source.count(old)} times in {subject.__name__}")
        source = source.replace(old, new)
    names = dict(globals())
    exec(source, names)
    return names[subject.__name__]


@dataclass(frozen=True)
class Mistake:
    """`changes` planted into `subject`; `name`: what the diagnosis must say."""

    subject: object
    old: str
    new: str
    name: str = ""
    shape: tuple = ()  # of x, where it is not the usual one

    @property
    def title(self):
        return f"{self.subject.__name__}: {self.old} -> {self.new}"

    def make(self):
        wrong = planted(self.subject, (self.old, self.new))
        return wrong() if isinstance(wrong, type) else wrong


def arguments(subject):
    """(x, *more) that a subject takes."""
    rng = np.random.default_rng(1)
    x, other = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    if subject is SquareDense:
        return (rng.normal(size=(5, 7)),)
    if subject is Conv:
        return (rng.normal(size=(3, 5, 7, 2)),)
    if subject is cross_entropy:
        return x, np.array([0, 2, 1, 1, 0])
    if subject is bernoulli:
        return x, rng.uniform(size=x.shape)
    if subject in (squared_error, half_squared_error, kl):
        return x, other
    if subject is objective or subject is Sample:
        return x, other, rng.normal(size=x.shape)
    return (x,)


def options(subject):
    """Further arguments of `nn.diagnose` for a subject."""
    if subject is objective:
        return {"constants": {"beta": 4.0}, "know": _objective_terms}
    return {"reference": REFERENCES[subject]} if subject in REFERENCES else {}


def _objective_terms(mean, v, target, **_):
    batch = len(v)
    return {
        "dmean": {"terms": {"the error": (mean - target) / batch, "the KL divergence": 4.0 * mean / batch}},
        "dv": {"terms": {"exp(v)": 2.0 * np.exp(v) / batch, "the -1": np.full_like(v, -2.0 / batch)}},
    }


REFERENCES = {
    Dense: lambda layer, x: x @ layer.W.data + layer.b.data,
    ReLU: lambda layer, x: np.maximum(x, 0),
    Tanh: lambda layer, x: np.tanh(x),
    Sigmoid: lambda layer, x: 1 / (1 + np.exp(-x)),
    squared_error: lambda y, target: ((y - target) ** 2).sum() / len(y),
}

CLASSIC = [
    # State
    Mistake(ReLU, "self.x = x\n", "self.x = x\n        x *= x > 0\n", "x changed"),
    Mistake(ReLU, "return dy *", "dy *= self.x > 0\n        return dy *", "dy changed"),
    Mistake(Dense, "self.W.grad += self.x.T @ dy", "self.W.grad[...] = self.x.T @ dy", "grad overwritten"),
    Mistake(
        Dense,
        "def parameters(self):",
        "def zero_grad(self):\n        pass\n\n    def parameters(self):",
        "old gradient survives zeroing",
    ),
    Mistake(
        Tanh,
        "self.y = np.tanh(x)\n        return self.y",
        "Tanh.y = np.tanh(x)\n        return Tanh.y",
        "cache in the class",
    ),
    Mistake(
        Noise, "noise = self.noise\n", "noise = self.rng.normal(size=dy.shape)\n", "random again or changed in backward"
    ),
    Mistake(Dense, "self.x.T @ dy", "(self.x.astype('f').T @ dy.astype('f'))", "float32 inside"),
    Mistake(Dense, "self.b.grad += dy.sum(axis=0)", "self.b.grad = dy.sum(axis=1)", "summed over the wrong axis"),
    Mistake(Dense, "self.b.grad += dy.sum(axis=0)", "self.b.grad = dy.sum(axis=0, keepdims=True)", "kept as (1, n)"),
    Mistake(BatchNorm, "if training:", "if True:", "training flag ignored"),
    Mistake(Tanh, "self.y = np.tanh(x)", "self.y = np.tanh(2 * x)", ""),
    # Ratio
    Mistake(squared_error, "2 * difference / len(y)", "2 * difference", "batch not divided"),
    Mistake(squared_error, "2 * difference / len(y)", "2 * difference / len(y) ** 2", "batch divided twice"),
    Mistake(squared_error, "2 * difference / len(y)", "2 * difference / y.size", "mean over everything"),
    Mistake(squared_error, "2 * difference / len(y)", "-2 * difference / len(y)", "sign flipped"),
    Mistake(squared_error, "2 * difference / len(y)", "difference / len(y)", "factor 2 missing"),
    Mistake(kl, "0.5 * (np.exp(v) - 1) / len(v)", "(np.exp(v) - 1) / len(v)", "factor 2 too much"),
    Mistake(objective, "beta * 0.5 * (np.exp(v) - 1)", "0.5 * (np.exp(v) - 1)", "beta missing"),
    Mistake(objective, "target + beta * mean", "target + mean", "the KL divergence: beta missing"),
    # Dense, activations
    Mistake(Dense, "self.W.grad += self.x.T @ dy", "self.W.grad = dy.T @ self.x", "transposed"),
    Mistake(SquareDense, "self.W.grad += self.x.T @ dy", "self.W.grad += dy.T @ self.x", "transposed"),
    Mistake(SquareDense, "dy @ self.W.data.T", "dy @ self.W.data", "matrix transposed"),
    Mistake(Dense, "self.x.T @ dy", "self.x.T @ dy + 0.01 * self.W.data", "W added"),
    Mistake(Dense, "self.x.T @ dy", "self.x[:1].T @ dy[:1]", "first example only"),
    Mistake(ReLU, "dy * (self.x > 0)", "dy * (dy > 0)", "masked by dy"),
    Mistake(ReLU, "dy * (self.x > 0)", "dy", "slope forgotten"),
    Mistake(ReLU, "dy * (self.x > 0)", "dy * (self.x <= 0)", "mask inverted"),
    Mistake(Tanh, "1 - self.y**2", "1 - self.x**2", "x for y"),
    Mistake(Tanh, "1 - self.y**2", "1 - np.tanh(self.y)**2", "y for x (applied twice)"),
    Mistake(Sigmoid, "dy * self.y * (1", "self.y * (1", "dy forgotten"),
    # Softmax, losses
    Mistake(
        Softmax,
        "self.y * (dy - (dy * self.y).sum(axis=1, keepdims=True))",
        "self.y * (1 - self.y) * dy",
        "diagonal of the Jacobian only",
    ),
    Mistake(
        Softmax, "(dy * self.y).sum(axis=1, keepdims=True)", "(dy * self.y).sum(axis=0)", "sum over the batch axis"
    ),
    Mistake(
        cross_entropy,
        "return loss, d / len(p)",
        "return loss, p * (d - (d * p).sum(axis=1, keepdims=True)) / len(p)",
        "softmax Jacobian twice",
    ),
    Mistake(bernoulli, "(y - target) / len(y)", "y * (1 - y) * (y - target) / len(y)", "sigmoid slope twice"),
    # Batch norm
    Mistake(BatchNorm, "dy - dshift / m -", "dy -", "the term through the mean missing"),
    Mistake(BatchNorm, " - self.x_hat * dscale / m)", ")", "the term through the variance missing"),
    Mistake(BatchNorm, "dshift / m - self.x_hat * dscale / m", "dshift - self.x_hat * dscale", "sum for mean"),
    Mistake(BatchNorm, "return self.scale.data * self.inverse * (", "return self.inverse * (", "scale forgotten"),
    Mistake(
        BatchNorm, "return self.scale.data * self.inverse * (", "return self.scale.data * (", "deviation forgotten"
    ),
    Mistake(BatchNorm, "(dy * self.x_hat).sum(axis=axes)", "(dy * self.x).sum(axis=axes)", "x for x_hat"),
    Mistake(BatchNorm, "m = dy.size // dy.shape[-1]", "m = len(dy)", "m is the batch only", (3, 5, 2, 3)),
    Mistake(
        BatchNorm,
        "self.momentum * self.running_mean + (1 - self.momentum) * mean",
        "(1 - self.momentum) * self.running_mean + self.momentum * mean",
        "weights of the running average swapped",
    ),
    # Convolution
    Mistake(
        Conv,
        '"bo,ijco->bijc", dy[:, p, q], self.K.data',
        '"bo,ijco->bijc", dy[:, p, q], self.K.data[::-1, ::-1]',
        "K turned by 180 degrees",
    ),
    Mistake(Conv, "+= dpatch", "= dpatch", "last patch only"),
    Mistake(Conv, "dpadded[:, 1:-1, 1:]", "dpadded[:, 1:-1, :-1]", "shifted by one pixel"),
    # VAE
    Mistake(Sample, "0.5 * np.exp(self.v / 2)", "0.5 * np.exp(self.v)", "exp(v) for exp(v/2)"),
    Mistake(kl, "0.5 * (np.exp(v) - 1) / len(v)", "0.5 * (1 - np.exp(v)) / len(v)", "sign flipped"),
    Mistake(kl, "0.5 * (np.exp(v) - 1) / len(v)", "0.5 * np.exp(v) / len(v)", "the constant term missing"),
    Mistake(
        kl,
        "0.5 * (np.exp(v) - 1) / len(v)",
        "(np.exp(v / 2) - np.exp(-v / 2)) / len(v)",
        "derivative for exp(v/2), not for v",
    ),
]

UNFORESEEN = [
    Mistake(Dense, "self.x.T @ dy", "self.x[:-1].T @ dy[:-1]"),
    Mistake(Dense, "self.x.T @ dy", "np.abs(self.x).T @ dy"),
    Mistake(Dense, "self.x.T @ dy", "self.x.T @ np.sign(dy)"),
    Mistake(Dense, "self.x.T @ dy", "np.clip(self.x.T @ dy, -1, 1)"),
    Mistake(Dense, "self.x.T @ dy", "self.x[::-1].T @ dy"),
    Mistake(Dense, "self.x.T @ dy", "self.x[::2].T @ dy[::2]"),
    Mistake(Dense, "self.x.T @ dy", "(self.x - self.x.mean(axis=0)).T @ dy"),
    Mistake(Dense, "self.x.T @ dy", "np.cumsum(self.x.T @ dy, axis=0)"),
    Mistake(Dense, "self.x.T @ dy", "self.x.T @ dy / np.sqrt(len(dy))"),
    Mistake(Dense, "self.x.T @ dy", "self.x.T @ dy / self.W.data.size"),
    Mistake(Dense, "self.x.T @ dy", "np.round(self.x.T @ dy, 1)"),
    Mistake(Dense, "self.x.T @ dy", "self.W.data"),
    Mistake(Dense, "self.x.T @ dy", "(self.x.T @ dy) / np.linalg.norm(self.x.T @ dy)"),
    Mistake(Dense, "self.x.T @ dy", "self.x.sum(axis=0)[:, None] * dy.sum(axis=0)"),
    Mistake(Dense, "self.x.T @ dy", "np.max(self.x[:, :, None] * dy[:, None], axis=0)"),
    Mistake(Dense, "dy.sum(axis=0)", "dy.max(axis=0)"),
    Mistake(Dense, "dy.sum(axis=0)", "dy[0]"),
    Mistake(Dense, "dy.sum(axis=0)", "dy[1:].sum(axis=0)"),
    Mistake(Dense, "dy.sum(axis=0)", "dy.sum()"),
    Mistake(Dense, "dy.sum(axis=0)", "self.b.data * dy.sum(axis=0)"),
    Mistake(Dense, "dy.sum(axis=0)", "np.median(dy, axis=0)"),
    Mistake(Dense, "dy @ self.W.data.T", "dy @ self.W.grad.T"),
    Mistake(Dense, "dy @ self.W.data.T", "dy @ self.W.data.T + self.x"),
    Mistake(Dense, "dy @ self.W.data.T", "(dy - dy.mean(axis=0)) @ self.W.data.T"),
    Mistake(Dense, "dy @ self.W.data.T", "dy @ self.W.data.T * self.x"),
    Mistake(Dense, "dy @ self.W.data.T", "dy[:, :-1] @ self.W.data[:, :-1].T"),
    Mistake(Dense, "dy @ self.W.data.T", "np.broadcast_to((dy @ self.W.data.T).mean(axis=0), self.x.shape)"),
    Mistake(Dense, "dy @ self.W.data.T", "(dy + self.b.data) @ self.W.data.T"),
    Mistake(ReLU, "dy * (self.x > 0)", "dy * (self.x > 0.5)"),
    Mistake(ReLU, "dy * (self.x > 0)", "dy * np.where(self.x > 0, 1, 0.1)"),
    Mistake(ReLU, "dy * (self.x > 0)", "dy * np.maximum(self.x, 0)"),
    Mistake(ReLU, "dy * (self.x > 0)", "np.maximum(dy, 0) * (self.x > 0)"),
    Mistake(ReLU, "dy * (self.x > 0)", "dy * np.sign(self.x)"),
    Mistake(ReLU, "dy * (self.x > 0)", "dy * self.x"),
    Mistake(Tanh, "1 - self.y**2", "1 + self.y**2"),
    Mistake(Tanh, "1 - self.y**2", "1 - self.y"),
    Mistake(Tanh, "1 - self.y**2", "self.y"),
    Mistake(Tanh, "1 - self.y**2", "1 - dy**2"),
    Mistake(Tanh, "1 - self.y**2", "(1 - self.y**2) ** 2"),
    Mistake(Tanh, "1 - self.y**2", "np.sqrt(1 - self.y**2)"),
    Mistake(Sigmoid, "dy * self.y * (1 - self.y)", "dy * self.y * (1 + self.y)"),
    Mistake(Sigmoid, "dy * self.y * (1 - self.y)", "dy * self.x * (1 - self.x)"),
    Mistake(Sigmoid, "dy * self.y * (1 - self.y)", "dy * self.y"),
    Mistake(Sigmoid, "dy * self.y * (1 - self.y)", "dy * self.y * (1 - self.x)"),
    Mistake(Sigmoid, "dy * self.y * (1 - self.y)", "dy * np.exp(-self.x)"),
    Mistake(Softmax, "(dy * self.y).sum(axis=1, keepdims=True)", "dy.sum(axis=1, keepdims=True)"),
    Mistake(Softmax, "(dy * self.y).sum(axis=1, keepdims=True)", "(dy * self.y).mean(axis=1, keepdims=True)"),
    Mistake(Softmax, "(dy * self.y).sum(axis=1, keepdims=True)", "(dy * self.y).max(axis=1, keepdims=True)"),
    Mistake(Softmax, "(dy - (", "(dy + ("),
    Mistake(Softmax, "self.y * (dy -", "(dy -"),
    Mistake(squared_error, "2 * difference / len(y)", "2 * y / len(y)"),
    Mistake(squared_error, "2 * difference / len(y)", "2 * np.abs(difference) / len(y)"),
    Mistake(squared_error, "2 * difference / len(y)", "2 * (y + target) / len(y)"),
    Mistake(squared_error, "2 * difference / len(y)", "difference**2 / len(y)"),
    Mistake(squared_error, "2 * difference / len(y)", "2 * np.sign(difference) / len(y)"),
    Mistake(cross_entropy, "d[rows, labels] -= 1", "d[rows, labels] += 1"),
    Mistake(cross_entropy, "d[rows, labels] -= 1", "pass"),
    Mistake(cross_entropy, "d[rows, labels] -= 1", "d[:, labels] -= 1"),
    Mistake(cross_entropy, "d = p.copy()", "d = np.zeros_like(p)"),
    Mistake(cross_entropy, "d = p.copy()", "d = logits.copy()"),
    Mistake(bernoulli, "(y - target) / len(y)", "(logits - target) / len(y)"),
    Mistake(bernoulli, "(y - target) / len(y)", "(y - target) / (y * (1 - y)) / len(y)"),
    Mistake(bernoulli, "(y - target) / len(y)", "-target / y / len(y)"),
    Mistake(bernoulli, "(y - target) / len(y)", "(y * target) / len(y)"),
    Mistake(kl, "0.5 * (np.exp(v) - 1) / len(v)", "0.5 * (v - 1) / len(v)"),
    Mistake(kl, "0.5 * (np.exp(v) - 1) / len(v)", "0.5 * (1 - np.exp(-v)) / len(v)"),
    Mistake(kl, "0.5 * (np.exp(v) - 1) / len(v)", "0.5 * (np.exp(2 * v) - 1) / len(v)"),
    Mistake(kl, "mean / len(v),", "mean**2 / len(v),"),
    Mistake(kl, "mean / len(v),", "mean * np.exp(v) / len(v),"),
    Mistake(kl, "mean / len(v),", "mean.mean() / len(v) + 0 * mean,"),
    Mistake(objective, "mean - target + beta * mean", "mean + target + beta * mean"),
    Mistake(objective, "mean - target + beta * mean", "beta * (mean - target) + mean"),
    Mistake(objective, "mean - target + beta * mean", "mean - target - beta * mean"),
    Mistake(objective, "beta * 0.5 * (np.exp(v) - 1)", "0.5 * (beta * np.exp(v) - 1)"),
    Mistake(Sample, "dz * 0.5 * np.exp(self.v / 2)", "0.5 * np.exp(self.v / 2)"),
    Mistake(Sample, "dz * 0.5 * np.exp(self.v / 2) * self.noise", "dz * 0.5 * np.exp(self.v / 2)"),
    Mistake(Sample, "dz * 0.5 * np.exp(self.v / 2)", "dz * np.exp(self.v / 2)"),
    Mistake(Sample, "dz * 0.5 * np.exp(self.v / 2)", "dz * 0.5 * self.v"),
    Mistake(Sample, "return dz, dz", "return dz * self.noise, dz"),
    Mistake(
        BatchNorm,
        "dscale, dshift = (dy * self.x_hat).sum(axis=axes)",
        "dscale, dshift = (dy * self.x_hat).mean(axis=axes)",
    ),
    Mistake(BatchNorm, "dshift / m - self.x_hat * dscale / m", "dshift / m + self.x_hat * dscale / m"),
    Mistake(BatchNorm, "dshift / m - self.x_hat * dscale / m", "dshift / m - self.x * dscale / m"),
    Mistake(BatchNorm, "self.inverse * (dy - dshift", "self.inverse**2 * (dy - dshift"),
    Mistake(BatchNorm, "self.inverse * (dy - dshift", "self.inverse**3 * (dy - dshift"),
    Mistake(BatchNorm, "return self.scale.data * self.inverse * (dy", "return self.scale.data**2 * self.inverse * (dy"),
    Mistake(BatchNorm, "return self.scale.data * self.inverse * (dy", "return self.shift.data * self.inverse * (dy"),
    Mistake(BatchNorm, "self.shift.grad += dshift", "self.shift.grad += dscale"),
    Mistake(BatchNorm, "m = dy.size // dy.shape[-1]", "m = dy.size // dy.shape[-1] - 1"),
    Mistake(BatchNorm, "m = dy.size // dy.shape[-1]", "m = dy.shape[-1]"),
    Mistake(Conv, "dpadded[:, 1:-1, 1:]", "dpadded[:, 2:, 1:]"),
    Mistake(Conv, "dpadded[:, 1:-1, 1:]", "dpadded[:, 1:-1, 1:][:, ::-1]"),
    Mistake(Conv, "self.b.grad += dy.sum(axis=(0, 1, 2))", "self.b.grad += dy.sum(axis=(0, 1, 2)) / dy.shape[0]"),
    Mistake(Conv, "self.b.grad += dy.sum(axis=(0, 1, 2))", "self.b.grad += dy.sum(axis=(1, 2))[0]"),
    Mistake(Conv, "self.b.grad += dy.sum(axis=(0, 1, 2))", "self.b.grad += dy[:, 1:-1, 1:-1].sum(axis=(0, 1, 2))"),
    Mistake(Conv, "self.K.grad[i, j] += np", "self.K.grad[j % kh, i % kw] += np"),
    Mistake(Conv, "self.K.grad[i, j] += np", "self.K.grad[kh - 1 - i, kw - 1 - j] += np"),
    Mistake(
        Conv,
        "patch = self.padded[:, i : i + h, j : j + w]",
        "patch = np.roll(self.padded, 1, 1)[:, i : i + h, j : j + w]",
    ),
    Mistake(Conv, "for p in range(h):", "for p in range(h - 1):"),
    Mistake(Conv, "for q in range(w):", "for q in range(1, w):"),
    Mistake(Conv, "+= dpatch", "= np.maximum(dpadded[:, p : p + kh, q : q + kw], dpatch)"),
    Mistake(Conv, "dy[:, p, q], self.K.data)", "dy[:, p, q], np.abs(self.K.data))"),
    Mistake(Conv, "dy[:, p, q], self.K.data)", "dy[:, h - 1 - p, q], self.K.data)"),
    Mistake(TwoLayers, "dh * (1 - self.h**2)", "dh"),
    Mistake(TwoLayers, "dh * (1 - self.h**2)", "dh * (1 - self.h)"),
    Mistake(TwoLayers, "return self.first.backward(", "return 2 * self.first.backward("),
    Mistake(TwoLayers, "return self.first.backward(", "self.first.backward(0 * dh); return (dh[:, :3] + 0 * "),
]
