"""Right layers and losses, written plainly, of which `holdout` breaks one gradient at a time.  They need no nn."""

from math import erf

import numpy as np


class Weight:
    """What a layer learns."""

    def __init__(self, shape, name, rng):
        self.data, self.name = rng.normal(size=shape), name
        self.grad = np.zeros(shape)


class Own:
    """A layer whose method ``d_name`` is the gradient for the input or parameter of that name."""

    def __init__(self, rng, **shapes):
        self.weights = [Weight(shape, name, rng) for name, shape in shapes.items()]
        for weight in self.weights:
            setattr(self, weight.name, weight)

    def parameters(self):
        return self.weights

    def forward(self, x):
        self.x = x
        self.y = self.f(x)
        return self.y

    def backward(self, dy):
        for weight in self.weights:
            weight.grad = weight.grad + getattr(self, f"d_{weight.name}")(dy)
        return self.d_x(dy)


class Dense(Own):
    def f(self, x):
        return x @ self.W.data + self.b.data

    def d_W(self, dy):
        return self.x.T @ dy

    def d_b(self, dy):
        return dy.sum(0)

    def d_x(self, dy):
        return dy @ self.W.data.T


class Softmax(Own):
    temperature = 1.0

    def f(self, x):
        self.e = np.exp((x - x.max(1, keepdims=True)) / self.temperature)
        return self.e / self.e.sum(1, keepdims=True)

    def d_x(self, dy):
        return self.y * (dy - (dy * self.y).sum(1, keepdims=True)) / self.temperature


class Elementwise(Own):
    """y = f(x); a subclass gives f and its slope."""

    def d_x(self, dy):
        return dy * self.slope()


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def normal_integral(x):
    return (1 + np.vectorize(erf)(x / np.sqrt(2))) / 2


def normal_density(x):
    return np.exp(-x * x / 2) / np.sqrt(2 * np.pi)


def elementwise(name, f, slope):
    return type(name, (Elementwise,), {"f": lambda s, x: f(x), "slope": slope})


Tanh = elementwise("Tanh", np.tanh, lambda s: 1 - s.y**2)
Sigmoid = elementwise("Sigmoid", sigmoid, lambda s: s.y * (1 - s.y))
Softplus = elementwise("Softplus", lambda x: np.log1p(np.exp(x)), lambda s: sigmoid(s.x))
Leaky = elementwise("Leaky", lambda x: np.where(x > 0, x, 0.3 * x), lambda s: np.where(s.x > 0, 1, 0.3))
ELU = elementwise(
    "ELU", lambda x: np.where(x > 0, x, 0.7 * np.expm1(np.minimum(x, 0))), lambda s: np.where(s.x > 0, 1, s.y + 0.7)
)
Cube = elementwise("Cube", lambda x: x**3, lambda s: 3 * s.x**2)
Power = elementwise("Power", lambda x: np.abs(x) ** 1.5, lambda s: 1.5 * np.sign(s.x) * np.sqrt(np.abs(s.x)))
HardTanh = elementwise("HardTanh", lambda x: np.clip(x, -1, 1), lambda s: np.abs(s.x) < 1)
GELU = elementwise("GELU", lambda x: x * normal_integral(x), lambda s: normal_integral(s.x) + s.x * normal_density(s.x))
SiLU = elementwise("SiLU", lambda x: x * sigmoid(x), lambda s: sigmoid(s.x) * (1 + s.x * (1 - sigmoid(s.x))))


class Norm(Own):
    """Batch norm over all axes but the last, or (axes = -1) layer norm."""

    axes, eps = None, 1e-3

    def f(self, x):
        self.over = self.axes or tuple(range(x.ndim - 1))
        self.rest = tuple(range(x.ndim - 1))
        self.centred = x - x.mean(self.over, keepdims=True)
        self.variance = (self.centred**2).mean(self.over, keepdims=True)
        self.std = np.sqrt(self.variance + self.eps)
        self.x_hat = self.centred / self.std
        return self.gamma.data * self.x_hat + self.beta.data

    def d_gamma(self, dy):
        return (dy * self.x_hat).sum(self.rest)

    def d_beta(self, dy):
        return dy.sum(self.rest)

    def mean(self, a):
        return a.mean(self.over, keepdims=True)

    def d_x(self, dy):
        g = dy * self.gamma.data
        return (g - self.mean(g) - self.x_hat * self.mean(g * self.x_hat)) / self.std


class LayerNorm(Norm):
    axes = (-1,)


def windows(x, size, stride, positions):
    """(i, j, the pixels of x that the tap (i, j) meets at every position)."""
    for i in range(size):
        for j in range(size):
            rows = slice(i, i + stride * (positions[0] - 1) + 1, stride)
            columns = slice(j, j + stride * (positions[1] - 1) + 1, stride)
            yield i, j, (slice(None), rows, columns)


class Conv(Own):
    """Stride and padding of zeros; kernel (k, k, c_in, c_out)."""

    stride, pad = 1, 0

    def padded(self, x):
        p = self.pad
        return np.pad(x, ((0, 0), (p, p), (p, p), (0, 0)))

    def cropped(self, x):
        p = self.pad
        return x[:, p : x.shape[1] - p, p : x.shape[2] - p]

    def taps(self, padded, dy):
        return windows(padded, len(self.K.data), self.stride, dy.shape[1:3])

    def f(self, x):
        x = self.padded(x)
        h, w = ((n - len(self.K.data)) // self.stride + 1 for n in x.shape[1:3])
        y = np.zeros((len(x), h, w, self.K.data.shape[3])) + self.b.data
        for i, j, at in self.taps(x, y):
            y += x[at] @ self.K.data[i, j]
        return y

    def d_K(self, dy):
        x, dK = self.padded(self.x), np.zeros_like(self.K.data)
        for i, j, at in self.taps(x, dy):
            dK[i, j] = np.tensordot(x[at], dy, ((0, 1, 2), (0, 1, 2)))
        return dK

    def d_b(self, dy):
        return dy.sum((0, 1, 2))

    def spread(self, dy, kernel):
        dx = np.zeros_like(self.padded(self.x))
        for i, j, at in self.taps(dx, dy):
            dx[at] += dy @ kernel[i, j].T
        return self.cropped(dx)

    def d_x(self, dy):
        return self.spread(dy, self.K.data)


class StridedConv(Conv):
    stride = 2


class SameConv(Conv):
    pad = 1


class TransposedConv(Own):
    """Every pixel of x stamps the kernel (k, k, c_in, c_out) into y, two pixels apart."""

    stride = 2

    def f(self, x):
        k = len(self.K.data)
        h, w = (self.stride * (n - 1) + k for n in x.shape[1:3])
        y = np.zeros((len(x), h, w, self.K.data.shape[3])) + self.b.data
        for i, j, at in windows(y, k, self.stride, x.shape[1:3]):
            y[at] += x @ self.K.data[i, j]
        return y

    def gather(self, dy, kernel, stride):
        return sum(dy[at] @ kernel[i, j].T for i, j, at in windows(dy, len(kernel), stride, self.x.shape[1:3]))

    def d_x(self, dy):
        return self.gather(dy, self.K.data, self.stride)

    def d_K(self, dy):
        dK = np.zeros_like(self.K.data)
        for i, j, at in windows(dy, len(dK), self.stride, self.x.shape[1:3]):
            dK[i, j] = np.tensordot(self.x, dy[at], ((0, 1, 2), (0, 1, 2)))
        return dK

    def d_b(self, dy):
        return dy.sum((0, 1, 2))


class Pool(Own):
    size, stride = 3, 3

    def positions(self, x):
        return [(n - self.size) // self.stride + 1 for n in x.shape[1:3]]

    def stack(self, x):
        return np.stack([x[at] for _, _, at in windows(x, self.size, self.stride, self.positions(x))])

    def unstack(self, shares, add=True):
        dx = np.zeros_like(self.x)
        for k, (_, _, at) in enumerate(windows(dx, self.size, self.stride, self.positions(dx))):
            dx[at] = dx[at] * add + shares[k]
        return dx


class MaxPool(Pool):
    def f(self, x):
        return self.stack(x).max(0)

    def chosen(self):
        return self.stack(self.x) == self.y

    def d_x(self, dy):
        return self.unstack(self.chosen() * dy)


class OverlappingPool(MaxPool):
    stride = 2


class AveragePool(Pool):
    def f(self, x):
        return self.stack(x).mean(0)

    def d_x(self, dy):
        return self.unstack(np.broadcast_to(dy / 9, (9, *dy.shape)))


class Bag(Own):
    """Word t of a text is row index[t] of E and counts x[:, t] times: y = x E[index].  Rows 0 and 1 come twice."""

    def index(self):
        return np.append(np.arange(len(self.E.data)), [0, 1])

    def f(self, x):
        return x @ self.E.data[self.index()]

    def d_E(self, dy):
        dE = np.zeros_like(self.E.data)
        np.add.at(dE, self.index(), self.x.T @ dy)
        return dE

    def d_x(self, dy):
        return dy @ self.E.data[self.index()].T


class Sample(Own):
    """z = mean + exp(log_variance / 2) * noise."""

    def forward(self, mean, log_variance):
        self.noise = np.random.default_rng(3).normal(size=mean.shape)
        self.m, self.v, self.std = mean, log_variance, np.exp(log_variance / 2)
        return mean + self.std * self.noise

    def backward(self, dy):
        return self.d_mean(dy), self.d_log_variance(dy)

    def d_mean(self, dy):
        return dy.copy()

    def d_log_variance(self, dy):
        return dy * self.noise * self.std / 2


class Residual(Own):
    """y = x + tanh(x W)."""

    def f(self, x):
        self.h = np.tanh(x @ self.W.data)
        return x + self.h

    def d_W(self, dy):
        return self.x.T @ (dy * (1 - self.h**2))

    def d_x(self, dy):
        return dy + (dy * (1 - self.h**2)) @ self.W.data.T


class Dropout(Own):
    keep = 0.6

    def mask_of(self, seed):
        return np.random.default_rng(seed).random(self.x.shape) < self.keep

    def f(self, x):
        self.mask = self.mask_of(5)
        return x * self.mask / self.keep

    def d_x(self, dy):
        return dy * self.mask / self.keep


def softmax(x, axis=1):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def cross_entropy(x, t):
    return -(t * np.log(softmax(x))).sum() / len(x)


def smoothed(t):
    return 0.8 * t + 0.2 / t.shape[1]


def class_weights(t):
    return 1 + np.arange(t.shape[1]) / 2


def binary_cross_entropy(x, t):
    return (np.log1p(np.exp(x)) - t * x).sum() / len(x)


def kl(mean, log_variance):
    return (mean**2 + np.exp(log_variance) - 1 - log_variance).sum() / 2 / len(mean)


def huber(d, delta=0.5):
    return np.where(np.abs(d) < delta, d * d / 2, delta * (np.abs(d) - delta / 2))
