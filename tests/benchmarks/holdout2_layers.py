"""Right layers and losses of the second hold-out list, other ones than the first's.  They need no nn."""

import numpy as np
from holdout_layers import Own, sigmoid, softmax

TABLES = ((5, 3), (7, 11), (13, 7))
SEQUENCES = ((3, 7, 5), (5, 11, 3), (2, 5, 7))  # batch, time, feature
IMAGES = ((2, 7, 5, 3), (3, 5, 9, 2), (2, 9, 7, 5))  # batch, height, width, channel


class Table(Own):
    """A layer on tables; `shapes(n)` are those of its parameters."""

    inputs = TABLES

    @staticmethod
    def shapes(n):
        return {}


class Sequence(Table):
    inputs = SEQUENCES


class Image(Table):
    inputs = IMAGES


# Layers on tables


class PReLU(Table):
    """y = x where x > 0, else a x, with an a for each column."""

    @staticmethod
    def shapes(n):
        return {"a": (n,)}

    def f(self, x):
        return np.where(x > 0, x, self.a.data * x)

    def d_x(self, dy):
        return dy * np.where(self.x > 0, 1, self.a.data)

    def d_a(self, dy):
        return (dy * np.where(self.x > 0, 0, self.x)).sum(0)


class Gated(Table):
    """y = (x U) * sigmoid(x V)."""

    @staticmethod
    def shapes(n):
        return {"U": (n, n + 2), "V": (n, n + 2)}

    def f(self, x):
        self.u, self.s = x @ self.U.data, sigmoid(x @ self.V.data)
        return self.u * self.s

    def d_U(self, dy):
        return self.x.T @ (dy * self.s)

    def d_V(self, dy):
        return self.x.T @ (dy * self.u * self.s * (1 - self.s))

    def d_x(self, dy):
        return (dy * self.s) @ self.U.data.T + (dy * self.u * self.s * (1 - self.s)) @ self.V.data.T


class Unit(Table):
    """Rows of length 1: y = x / |x|."""

    def f(self, x):
        self.norm = np.sqrt((x * x).sum(1, keepdims=True))
        return x / self.norm

    def d_x(self, dy):
        return (dy - self.y * (dy * self.y).sum(1, keepdims=True)) / self.norm


class RMSNorm(Table):
    """y = g x / rms(x), over the features."""

    @staticmethod
    def shapes(n):
        return {"g": (n,)}

    def f(self, x):
        self.rms = np.sqrt((x * x).mean(1, keepdims=True) + 1e-3)
        self.x_hat = x / self.rms
        return self.g.data * self.x_hat

    def d_g(self, dy):
        return (dy * self.x_hat).sum(0)

    def d_x(self, dy):
        u = dy * self.g.data
        return (u - self.x_hat * (u * self.x_hat).mean(1, keepdims=True)) / self.rms


class LogSoftmax(Table):
    def f(self, x):
        self.p = softmax(x)
        return np.log(self.p)

    def d_x(self, dy):
        return dy - self.p * dy.sum(1, keepdims=True)


class LogSumExp(Table):
    """y (batch, 1): a soft maximum of each row."""

    def f(self, x):
        self.p = softmax(x)
        return np.log(np.exp(x).sum(1, keepdims=True))

    def d_x(self, dy):
        return dy * self.p


class Quadratic(Table):
    """y (batch, 1) = x A x^T of each row."""

    @staticmethod
    def shapes(n):
        return {"A": (n, n)}

    def f(self, x):
        return ((x @ self.A.data) * x).sum(1, keepdims=True)

    def d_A(self, dy):
        return (self.x * dy).T @ self.x

    def d_x(self, dy):
        return dy * (self.x @ (self.A.data + self.A.data.T))


class Pairs(Table):
    """y = x[:, first] * x[:, second]: products of chosen columns."""

    def f(self, x):
        n = x.shape[1]
        self.first, self.second = np.arange(n), (np.arange(n) * 2 + 1) % n
        return x[:, self.first] * x[:, self.second]

    def d_x(self, dy):
        dx = np.zeros_like(self.x)
        np.add.at(dx, (slice(None), self.first), dy * self.x[:, self.second])
        np.add.at(dx, (slice(None), self.second), dy * self.x[:, self.first])
        return dx


class WeightNorm(Table):
    """y = x W with W = V g / |V|, the length taken of each column."""

    @staticmethod
    def shapes(n):
        return {"V": (n, n + 2), "g": (n + 2,)}

    def f(self, x):
        self.length = np.sqrt((self.V.data**2).sum(0))
        self.unit = self.V.data / self.length
        return x @ (self.unit * self.g.data)

    def d_g(self, dy):
        return ((self.x.T @ dy) * self.unit).sum(0)

    def d_V(self, dy):
        dW = self.x.T @ dy
        return self.g.data / self.length * (dW - self.unit * (dW * self.unit).sum(0))

    def d_x(self, dy):
        return dy @ (self.unit * self.g.data).T


class Maxout(Table):
    """y = max(x U, x V)."""

    @staticmethod
    def shapes(n):
        return {"U": (n, n + 2), "V": (n, n + 2)}

    def f(self, x):
        u, v = x @ self.U.data, x @ self.V.data
        self.left = u > v
        return np.maximum(u, v)

    def d_U(self, dy):
        return self.x.T @ (dy * self.left)

    def d_V(self, dy):
        return self.x.T @ (dy * ~self.left)

    def d_x(self, dy):
        return (dy * self.left) @ self.U.data.T + (dy * ~self.left) @ self.V.data.T


class TopTwo(Table):
    """Keeps the two largest of each row, the others become 0."""

    def f(self, x):
        self.kept = x >= np.sort(x, axis=1)[:, -2:-1]
        return x * self.kept

    def d_x(self, dy):
        return dy * self.kept


class Centre(Table):
    """x minus the mean of its row."""

    def f(self, x):
        return x - x.mean(1, keepdims=True)

    def d_x(self, dy):
        return dy - dy.mean(1, keepdims=True)


class CumulativeSum(Table):
    def f(self, x):
        return np.cumsum(x, axis=1)

    def d_x(self, dy):
        return np.cumsum(dy[:, ::-1], axis=1)[:, ::-1]


class Mish(Table):
    """x tanh(softplus(x))."""

    def f(self, x):
        self.t, self.s = np.tanh(np.log1p(np.exp(x))), sigmoid(x)
        return x * self.t

    def slope(self):
        return self.t + self.x * self.s * (1 - self.t**2)

    def d_x(self, dy):
        return dy * self.slope()


class HardSigmoid(Table):
    def f(self, x):
        return np.clip(0.2 * x + 0.5, 0, 1)

    def slope(self):
        return 0.2 * (np.abs(self.x) < 2.5)

    def d_x(self, dy):
        return dy * self.slope()


class SoftShrink(Table):
    """Towards 0 by 0.5, and 0 between."""

    def f(self, x):
        return np.sign(x) * np.maximum(np.abs(x) - 0.5, 0)

    def slope(self):
        return np.abs(self.x) > 0.5

    def d_x(self, dy):
        return dy * self.slope()


# Layers on sequences


class Recurrent(Sequence):
    """h_t = tanh(x_t W + h_{t-1} R)."""

    @staticmethod
    def shapes(n):
        return {"W": (n, n + 1), "R": (n + 1, n + 1)}

    def f(self, x):
        h = [np.zeros((len(x), len(self.R.data)))]
        for t in range(x.shape[1]):
            h.append(np.tanh(x[:, t] @ self.W.data + h[-1] @ self.R.data))
        self.h = np.stack(h, axis=1)
        return self.h[:, 1:]

    def through(self, dy):
        """The gradient for what stands in each tanh."""
        da, carried = np.zeros_like(dy), 0.0
        for t in reversed(range(dy.shape[1])):
            da[:, t] = (dy[:, t] + carried) * (1 - self.h[:, t + 1] ** 2)
            carried = da[:, t] @ self.R.data.T
        return da

    def d_W(self, dy):
        return np.einsum("bti,bto->io", self.x, self.through(dy))

    def d_R(self, dy):
        return np.einsum("bti,bto->io", self.h[:, :-1], self.through(dy))

    def d_x(self, dy):
        return self.through(dy) @ self.W.data.T


class Attention(Sequence):
    """y = softmax(x Q (x K)^T / sqrt(d)) x V, for each example."""

    @staticmethod
    def shapes(n):
        return {"Q": (n, n + 1), "K": (n, n + 1), "V": (n, n + 1)}

    def f(self, x):
        self.q, self.k, self.v = (x @ w.data for w in (self.Q, self.K, self.V))
        self.root = np.sqrt(self.q.shape[-1])
        scores = np.einsum("bti,bsi->bts", self.q, self.k) / self.root
        self.p = softmax(scores, 2)
        return self.p @ self.v

    def d_scores(self, dy):
        dp = np.einsum("bto,bso->bts", dy, self.v)
        return self.p * (dp - (dp * self.p).sum(2, keepdims=True)) / self.root

    def d_q(self, dy):
        return self.d_scores(dy) @ self.k

    def d_k(self, dy):
        return self.d_scores(dy).swapaxes(1, 2) @ self.q

    def d_v(self, dy):
        return self.p.swapaxes(1, 2) @ dy

    def d_Q(self, dy):
        return np.einsum("bti,bto->io", self.x, self.d_q(dy))

    def d_K(self, dy):
        return np.einsum("bti,bto->io", self.x, self.d_k(dy))

    def d_V(self, dy):
        return np.einsum("bti,bto->io", self.x, self.d_v(dy))

    def d_x(self, dy):
        return self.d_q(dy) @ self.Q.data.T + self.d_k(dy) @ self.K.data.T + self.d_v(dy) @ self.V.data.T


class Causal1D(Sequence):
    """y_t = sum_k x_{t - 2 k} K_k, k = 0, 1, 2: zeros in front, a step of 2."""

    @staticmethod
    def shapes(n):
        return {"K": (3, n, n + 1), "b": (n + 1,)}

    def late(self, x, by):
        return np.pad(x, ((0, 0), (by, 0), (0, 0)))[:, : x.shape[1]]

    def early(self, dy, by):
        return np.pad(dy, ((0, 0), (0, by), (0, 0)))[:, by:]

    def f(self, x):
        return sum(self.late(x, 2 * k) @ self.K.data[k] for k in range(3)) + self.b.data

    def d_K(self, dy):
        return np.stack([np.einsum("bti,bto->io", self.late(self.x, 2 * k), dy) for k in range(3)])

    def d_b(self, dy):
        return dy.sum((0, 1))

    def d_x(self, dy):
        return sum(self.early(dy, 2 * k) @ self.K.data[k].T for k in range(3))


class Positions(Sequence):
    """x + P, with a row of P for each place in time."""

    @staticmethod
    def shapes(n):
        return {"P": (11, n)}

    def f(self, x):
        return x + self.P.data[: x.shape[1]]

    def d_P(self, dy):
        dP = np.zeros_like(self.P.data)
        dP[: dy.shape[1]] = dy.sum(0)
        return dP

    def d_x(self, dy):
        return dy.copy()


# Layers on images


class Depthwise(Image):
    """Each channel with its own 3 x 2 kernel, stride 2, a frame of zeros of (1, 1) above and below."""

    @staticmethod
    def shapes(n):
        return {"K": (3, 2, n)}

    def padded(self, x):
        return np.pad(x, ((0, 0), (1, 1), (0, 0), (0, 0)))

    def taps(self, padded, h, w):
        for i in range(3):
            for j in range(2):
                yield i, j, (slice(None), slice(i, i + 2 * h - 1, 2), slice(j, j + 2 * w - 1, 2))

    def f(self, x):
        x = self.padded(x)
        h, w = (x.shape[1] - 3) // 2 + 1, (x.shape[2] - 2) // 2 + 1
        return sum(x[at] * self.K.data[i, j] for i, j, at in self.taps(x, h, w))

    def d_K(self, dy):
        x, dK = self.padded(self.x), np.zeros_like(self.K.data)
        for i, j, at in self.taps(x, *dy.shape[1:3]):
            dK[i, j] = (x[at] * dy).sum((0, 1, 2))
        return dK

    def spread(self, dy, kernel):
        dx = np.zeros_like(self.padded(self.x))
        for i, j, at in self.taps(dx, *dy.shape[1:3]):
            dx[at] += dy * kernel[i, j]
        return dx

    def d_x(self, dy):
        return self.spread(dy, self.K.data)[:, 1:-1]


class Dilated(Image):
    """A 3 x 3 convolution with two pixels between the elements of its kernel, and a frame of 2 zeros."""

    step = 2

    @staticmethod
    def shapes(n):
        return {"K": (3, 3, n, n + 1)}

    def padded(self, x):
        return np.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0)))

    def at(self, i, j, dy):
        h, w = dy.shape[1:3]
        return slice(None), slice(self.step * i, self.step * i + h), slice(self.step * j, self.step * j + w)

    def f(self, x):
        self.z = self.padded(x)
        return sum(self.z[self.at(i, j, x)] @ self.K.data[i, j] for i in range(3) for j in range(3))

    def d_K(self, dy):
        dK = np.zeros_like(self.K.data)
        for i, j in np.ndindex(3, 3):
            dK[i, j] = np.einsum("bhwc,bhwd->cd", self.z[self.at(i, j, dy)], dy)
        return dK

    def spread(self, dy, kernel):
        dz = np.zeros_like(self.z)
        for i, j in np.ndindex(3, 3):
            dz[self.at(i, j, dy)] += dy @ kernel[i, j].T
        return dz

    def d_x(self, dy):
        return self.spread(dy, self.K.data)[:, 2:-2, 2:-2]


class InstanceNorm(Image):
    """Over the pixels, for each example and channel; y = g x_hat + s."""

    over = (1, 2)

    @staticmethod
    def shapes(n):
        return {"g": (n,), "s": (n,)}

    def mean(self, a):
        return a.mean(self.over, keepdims=True)

    def f(self, x):
        self.centred = x - self.mean(x)
        self.std = np.sqrt(self.mean(self.centred**2) + 1e-3)
        self.x_hat = self.centred / self.std
        return self.g.data * self.x_hat + self.s.data

    def d_g(self, dy):
        return (dy * self.x_hat).sum((0, 1, 2))

    def d_s(self, dy):
        return dy.sum((0, 1, 2))

    def d_x(self, dy):
        u = dy * self.g.data
        return (u - self.mean(u) - self.x_hat * self.mean(u * self.x_hat)) / self.std


class GlobalMean(Image):
    """(batch, channel): the mean of each channel."""

    def f(self, x):
        return x.mean((1, 2))

    def d_x(self, dy):
        h, w = self.x.shape[1:3]
        return np.broadcast_to(dy[:, None, None] / (h * w), self.x.shape).copy()


class GlobalMax(Image):
    """(batch, channel): the largest of each channel."""

    def f(self, x):
        return x.max((1, 2))

    def d_x(self, dy):
        return dy[:, None, None] * (self.x == self.y[:, None, None])


class Enlarge(Image):
    """Every pixel becomes 2 x 2 of it."""

    def f(self, x):
        return x.repeat(2, 1).repeat(2, 2)

    def d_x(self, dy):
        b, h, w, c = self.x.shape
        return dy.reshape(b, h, 2, w, 2, c).sum((2, 4))


class Frame(Image):
    """One zero above, two below, three on the left."""

    def f(self, x):
        return np.pad(x, ((0, 0), (1, 2), (3, 0), (0, 0)))

    def d_x(self, dy):
        return dy[:, 1:-2, 3:]


class TwoByTwo(Image):
    """Largest of each 2 x 2 block; a last odd row or column is left out."""

    def blocks(self, x):
        b, h, w, c = x.shape
        h, w = h // 2, w // 2
        return x[:, : 2 * h, : 2 * w].reshape(b, h, 2, w, 2, c)

    def f(self, x):
        return self.blocks(x).max((2, 4))

    def masks(self):
        return self.blocks(self.x) == self.y[:, :, None, :, None]

    def spread(self, blocks):
        b, h, _, w, _, c = blocks.shape
        dx = np.zeros_like(self.x)
        dx[:, : 2 * h, : 2 * w] = blocks.reshape(b, 2 * h, 2 * w, c)
        return dx

    def d_x(self, dy):
        return self.spread(self.masks() * dy[:, :, None, :, None])


class Rearranged(Image):
    """(batch, height * width * channel), in that order, times a weight for each."""

    @staticmethod
    def shapes(n):
        return {"a": (n,)}

    def f(self, x):
        return (x * self.a.data).reshape(len(x), -1)

    def d_a(self, dy):
        return (dy.reshape(self.x.shape) * self.x).sum((0, 1, 2))

    def d_x(self, dy):
        return dy.reshape(self.x.shape) * self.a.data


LAYERS = [
    PReLU, Gated, Unit, RMSNorm, LogSoftmax, LogSumExp, Quadratic, Pairs, WeightNorm, Maxout, TopTwo, Centre,
    CumulativeSum, Mish, HardSigmoid, SoftShrink, Recurrent, Attention, Causal1D, Positions, Depthwise, Dilated,
    InstanceNorm, GlobalMean, GlobalMax, Enlarge, Frame, TwoByTwo, Rearranged,
]  # fmt: skip


def case(make, seed=7):
    """Three layers of this class, and the x of each."""
    rng = np.random.default_rng(seed)
    return [make(rng, **make.shapes(size[-1])) for size in make.inputs], [rng.normal(size=s) * 1.5 for s in make.inputs]
