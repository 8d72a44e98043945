"""The second hold-out list: what is wrong, and where, as its author knows it.

Written after the techniques of `nn.diagnosis` had been written, by one who knows them, and before any run on it.
"""

import holdout2_layers as right
import numpy as np
from holdout_layers import softmax

VARIANTS = []  # (kind, title, where, make): make() gives (subject, arguments, options) for `nn.diagnose`


def wrong(base, title, where, **methods):
    """A layer as `base`, but with these methods."""
    make = type(base.__name__, (base,), methods)
    VARIANTS.append((base.__name__, title, where, lambda: (*right.case(make), {})))


def wrong_loss(kind, title, where, draws, loss):
    """A loss whose value is right; draws are lists of its arguments."""
    arguments = list(map(list, zip(*draws, strict=True)))
    VARIANTS.append((kind, title, where, lambda: (loss, *arguments, {})))


def wrong_step(kind, title, where, rule, mistaken, **constants):
    """A step of an optimiser: rule(gradient, theta, state) and a mistaken one, told these three and the constants."""

    def make():
        rng = np.random.default_rng(11)
        told = [dict(zip(("gradient", "theta", "state"), rng.normal(size=(3, *s)), strict=True)) for s in right.TABLES]
        for arrays in told:
            arrays["state"] = np.abs(arrays["state"])
        steps = [[f(**arrays) for arrays in told] for f in (mistaken, rule)]
        return *steps, {"quantities": told, "constants": constants, "name": "step"}

    VARIANTS.append((kind, title, where, make))


def at(a, index, value):
    """A copy of a with this value at index."""
    a = np.array(a)
    a[index] = value
    return a


X = "dx everywhere"
A = right.PReLU
wrong(A, "a's gradient on the positive side", "a.grad", d_a=lambda s, dy: (dy * np.where(s.x > 0, s.x, 0)).sum(0))
wrong(A, "a of column 0 for all", "dx where x < 0", d_x=lambda s, dy: dy * np.where(s.x > 0, 1, s.a.data[0]))
wrong(A, "a's gradient without x", "a.grad", d_a=lambda s, dy: (dy * (s.x <= 0)).sum(0))
wrong(A, "mask from y, not from x", "dx where a < 0 and x < 0", d_x=lambda s, dy: dy * np.where(s.y > 0, 1, s.a.data))
wrong(A, "a's gradient summed over all columns", "a.grad", d_a=lambda s, dy: A.d_a(s, dy).sum() + 0 * s.a.data)

G = right.Gated
wrong(G, "gate's slope forgotten in dV", "V.grad", d_V=lambda s, dy: s.x.T @ (dy * s.u * s.s))
wrong(G, "gate detached in dx", X, d_x=lambda s, dy: (dy * s.s) @ s.U.data.T)
wrong(G, "u forgotten in dV", "V.grad", d_V=lambda s, dy: s.x.T @ (dy * s.s * (1 - s.s)))
wrong(G, "dU with the gate's slope", "U.grad", d_U=lambda s, dy: s.x.T @ (dy * s.s * (1 - s.s)))
wrong(
    G, "U and V exchanged in dx", X,
    d_x=lambda s, dy: (dy * s.s) @ s.V.data.T + (dy * s.u * s.s * (1 - s.s)) @ s.U.data.T,
)  # fmt: skip

N = right.Unit
wrong(N, "length as a constant", X, d_x=lambda s, dy: dy / s.norm)
wrong(N, "x for y in the sum", X, d_x=lambda s, dy: (dy - s.y * (dy * s.x).sum(1, keepdims=True)) / s.norm)
wrong(N, "sum over the batch", X, d_x=lambda s, dy: (dy - s.y * (dy * s.y).sum(0)) / s.norm)
wrong(N, "not divided by the length", X, d_x=lambda s, dy: N.d_x(s, dy) * s.norm)
wrong(N, "plus for minus", X, d_x=lambda s, dy: (dy + s.y * (dy * s.y).sum(1, keepdims=True)) / s.norm)
wrong(N, "length of the whole batch", X, d_x=lambda s, dy: N.d_x(s, dy) * s.norm / np.sqrt((s.x**2).sum()))

M = right.RMSNorm
wrong(M, "sum for mean", X, d_x=lambda s, dy: (
    dy * s.g.data - s.x_hat * (dy * s.g.data * s.x_hat).sum(1, keepdims=True)) / s.rms)  # fmt: skip
wrong(M, "a mean subtracted as in layer norm", X, d_x=lambda s, dy: (
    M.d_x(s, dy) - (dy * s.g.data).mean(1, keepdims=True) / s.rms))  # fmt: skip
wrong(M, "g outside of the second term", X, d_x=lambda s, dy: (
    dy * s.g.data - s.x_hat * (dy * s.x_hat).mean(1, keepdims=True)) / s.rms)  # fmt: skip
wrong(M, "dg with the mean square, not its root", "g.grad", d_g=lambda s, dy: (dy * s.x_hat / s.rms).sum(0))
wrong(M, "dg from the first feature's x_hat", "g.grad", d_g=lambda s, dy: (dy * s.x_hat[:, :1]).sum(0))

L = right.LogSoftmax
wrong(L, "p forgotten", X, d_x=lambda s, dy: dy - dy.sum(1, keepdims=True))
wrong(L, "the softmax's Jacobian", X, d_x=lambda s, dy: s.p * (dy - (dy * s.p).sum(1, keepdims=True)))
wrong(L, "mean for sum", X, d_x=lambda s, dy: dy - s.p * dy.mean(1, keepdims=True))
wrong(L, "sum over the batch", X, d_x=lambda s, dy: dy - s.p * dy.sum(0))
wrong(L, "y for p", X, d_x=lambda s, dy: dy - s.y * dy.sum(1, keepdims=True))

E = right.LogSumExp
wrong(E, "to the largest only", "dx, all", d_x=lambda s, dy: dy * (s.x == s.x.max(1, keepdims=True)))
wrong(E, "not normalised", X, d_x=lambda s, dy: dy * np.exp(s.x))
wrong(E, "normalised over the batch", X, d_x=lambda s, dy: dy * softmax(s.x, 0))
wrong(E, "evenly", X, d_x=lambda s, dy: dy / s.x.shape[1] + 0 * s.x)

Q = right.Quadratic
wrong(Q, "A taken for symmetric", X, d_x=lambda s, dy: 2 * dy * (s.x @ s.A.data))
wrong(Q, "only one side", X, d_x=lambda s, dy: dy * (s.x @ s.A.data.T))
wrong(Q, "dA's diagonal only", "A.grad off the diagonal", d_A=lambda s, dy: np.diag(np.diag(Q.d_A(s, dy))))
wrong(Q, "dA's upper triangle only", "A.grad below the diagonal", d_A=lambda s, dy: np.triu(Q.d_A(s, dy)))

P = right.Pairs


def assigned(s, dy):
    dx = np.zeros_like(s.x)
    dx[:, s.first] += dy * s.x[:, s.second]
    dx[:, s.second] = dy * s.x[:, s.first]
    return dx


def half(s, dy):
    dx = np.zeros_like(s.x)
    np.add.at(dx, (slice(None), s.second), dy * s.x[:, s.first])
    return dx


wrong(P, "= for +=", "dx of columns that are a second factor", d_x=assigned)
wrong(P, "the first factor's share forgotten", X, d_x=half)

W = right.WeightNorm
wrong(W, "length as a constant", "V.grad", d_V=lambda s, dy: s.g.data / s.length * (s.x.T @ dy))
wrong(W, "g forgotten in dV", "V.grad", d_V=lambda s, dy: W.d_V(s, dy) / s.g.data)
wrong(W, "dx with V", X, d_x=lambda s, dy: dy @ s.V.data.T)
wrong(W, "dg with V, not V / |V|", "g.grad", d_g=lambda s, dy: ((s.x.T @ dy) * s.V.data).sum(0))
wrong(W, "dx without g", X, d_x=lambda s, dy: dy @ s.unit.T)

O = right.Maxout  # noqa: E741
wrong(O, "both sides get dy in dx", X, d_x=lambda s, dy: dy @ (s.U.data + s.V.data).T)
wrong(O, "masks exchanged in dU", "U.grad", d_U=lambda s, dy: s.x.T @ (dy * ~s.left))
wrong(O, "dV without its mask", "V.grad", d_V=lambda s, dy: s.x.T @ dy)
wrong(O, "mask by y > 0", "U.grad", d_U=lambda s, dy: s.x.T @ (dy * (s.y > 0)))

T = right.TopTwo
wrong(T, "only the largest", "dx at the second largest",
      d_x=lambda s, dy: dy * (s.x == s.x.max(1, keepdims=True)))  # fmt: skip
wrong(T, "the two largest dy", "dx where either is among the two",
      d_x=lambda s, dy: dy * (dy >= np.sort(dy, 1)[:, -2:-1]))  # fmt: skip
wrong(T, "the two largest of |x|", "dx at the ends of x's order",
      d_x=lambda s, dy: dy * (np.abs(s.x) >= np.sort(np.abs(s.x), 1)[:, -2:-1]))  # fmt: skip
wrong(T, "three kept", "dx at the third largest", d_x=lambda s, dy: dy * (s.x >= np.sort(s.x, 1)[:, -3:-2]))
wrong(T, "mask of the neighbour", "dx at the two and beside them", d_x=lambda s, dy: dy * np.roll(s.kept, 1, 1))

C = right.Centre
wrong(C, "as if the mean were constant", X, d_x=lambda s, dy: dy.copy())
wrong(C, "mean over the batch", X, d_x=lambda s, dy: dy - dy.mean(0))
wrong(C, "n - 1 for n", X, d_x=lambda s, dy: dy - dy.sum(1, keepdims=True) / (dy.shape[1] - 1))

U = right.CumulativeSum
wrong(U, "summed forwards", X, d_x=lambda s, dy: np.cumsum(dy, 1))
wrong(U, "order not restored", X, d_x=lambda s, dy: np.cumsum(dy[:, ::-1], 1))
wrong(U, "without the own element", X, d_x=lambda s, dy: U.d_x(s, dy) - dy)

for base, title, where, slope in (
    (right.Mish, "tanh's slope forgotten", X, lambda s: s.t + s.x * s.s),
    (right.Mish, "second term forgotten", X, lambda s: s.t),
    (right.Mish, "x forgotten", X, lambda s: s.t + s.s * (1 - s.t**2)),
    (right.HardSigmoid, "0.2 forgotten", "dx where |x| < 2.5", lambda s: np.abs(s.x) < 2.5),
    (right.HardSigmoid, "bounds at 1", "dx where 1 < |x| < 2.5", lambda s: 0.2 * (np.abs(s.x) < 1)),
    (right.HardSigmoid, "a sigmoid's slope", "dx where |x| < 2.5", lambda s: s.y * (1 - s.y)),
    (right.SoftShrink, "no gap on the left", "dx where -0.5 < x < 0", lambda s: (s.x > 0.5) | (s.x < 0)),
    (right.SoftShrink, "with its sign", "dx where x < -0.5", lambda s: np.sign(s.x) * (np.abs(s.x) > 0.5)),
    (right.SoftShrink, "gap from y", "dx where 0.5 < |x| < 1", lambda s: np.abs(s.y) > 0.5),
    (right.SoftShrink, "inverted", X, lambda s: np.abs(s.x) <= 0.5),
):
    wrong(base, title, where, slope=slope)

R = right.Recurrent


def with_carried(change):
    def through(s, dy):
        da, carried = np.zeros_like(dy), 0.0
        for t in reversed(range(dy.shape[1])):
            da[:, t] = (dy[:, t] + carried) * (1 - s.h[:, t + 1] ** 2)
            carried = change(s, da[:, t], t)
        return da

    return through


wrong(R, "nothing through time", "all arrays", through=with_carried(lambda s, da, t: 0.0))
wrong(R, "R not transposed", "all arrays", through=with_carried(lambda s, da, t: da @ s.R.data))
wrong(R, "cut after every second step", "all arrays", through=with_carried(lambda s, da, t: (t % 2) * da @ s.R.data.T))
wrong(R, "dR with h_t for h_(t-1)", "R.grad", d_R=lambda s, dy: np.einsum("bti,bto->io", s.h[:, 1:], s.through(dy)))
wrong(R, "dW of the last step only", "W.grad", d_W=lambda s, dy: s.x[:, -1].T @ s.through(dy)[:, -1])
wrong(R, "slope of the step before", "all arrays", through=lambda s, dy: (
    R.through(s, dy) / (1 - s.h[:, 1:] ** 2) * (1 - s.h[:, :-1] ** 2)))  # fmt: skip
wrong(R, "dx without the last step", "dx, last step", d_x=lambda s, dy: at(R.d_x(s, dy), (slice(None), -1), 0))

H = right.Attention
wrong(H, "root of d forgotten", "Q.grad, K.grad, dx", d_scores=lambda s, dy: H.d_scores(s, dy) * s.root)
wrong(H, "softmax's sum over the queries", "Q.grad, K.grad, dx", d_scores=lambda s, dy: (lambda dp: (
    s.p * (dp - (dp * s.p).sum(1, keepdims=True)) / s.root))(np.einsum("bto,bso->bts", dy, s.v)))  # fmt: skip
wrong(H, "attention not transposed in dV", "V.grad, dx", d_v=lambda s, dy: s.p @ dy)
wrong(H, "scores not transposed in dK", "K.grad, dx", d_k=lambda s, dy: s.d_scores(dy) @ s.q)
wrong(H, "values' path left out of dx", "dx", d_x=lambda s, dy: H.d_x(s, dy) - s.d_v(dy) @ s.V.data.T)
wrong(H, "weights detached", "dx", d_x=lambda s, dy: s.d_v(dy) @ s.V.data.T)

D = right.Causal1D
wrong(D, "step of 1 in dx", "dx", d_x=lambda s, dy: sum(s.early(dy, k) @ s.K.data[k].T for k in range(3)))
wrong(D, "delayed, not advanced, in dx", "dx", d_x=lambda s, dy: sum(
    s.late(dy, 2 * k) @ s.K.data[k].T for k in range(3)))  # fmt: skip
wrong(D, "kernel reversed in dx", "dx", d_x=lambda s, dy: sum(s.early(dy, 2 * k) @ s.K.data[2 - k].T for k in range(3)))
wrong(D, "wraps around in dx", "dx, last four steps", d_x=lambda s, dy: sum(
    np.roll(dy, -2 * k, 1) @ s.K.data[k].T for k in range(3)))  # fmt: skip
wrong(D, "dK one step late", "K.grad", d_K=lambda s, dy: np.stack([
    np.einsum("bti,bto->io", s.late(s.x, 2 * k + 1), dy) for k in range(3)]))  # fmt: skip
wrong(D, "db of the first example", "b.grad", d_b=lambda s, dy: dy[0].sum(0))
wrong(right.Positions, "one step too far", "P.grad", d_P=lambda s, dy: np.roll(right.Positions.d_P(s, dy), 1, 0))
wrong(right.Positions, "mean over the batch", "P.grad", d_P=lambda s, dy: right.Positions.d_P(s, dy) / len(dy))
wrong(right.Positions, "the same sum for each place", "P.grad", d_P=lambda s, dy: s.P.data * 0 + dy.sum((0, 1)))

V = right.Depthwise
wrong(V, "frame cut at the top twice", "dx", d_x=lambda s, dy: s.spread(dy, s.K.data)[:, 2:])
wrong(V, "frame cut at the bottom twice", "dx", d_x=lambda s, dy: s.spread(dy, s.K.data)[:, :-2])
wrong(V, "kernel upside down in dx", "dx", d_x=lambda s, dy: s.spread(dy, s.K.data[::-1])[:, 1:-1])
wrong(V, "channels mixed in dK", "K.grad", d_K=lambda s, dy: V.d_K(s, dy).mean(2, keepdims=True) + 0 * s.K.data)
wrong(V, "dK without the frame's zeros", "K.grad, first kernel row", d_K=lambda s, dy: at(V.d_K(s, dy), 0, 0))
wrong(V, "last tap forgotten in dx", "dx", d_x=lambda s, dy: s.spread(dy, at(s.K.data, (2, 1), 0))[:, 1:-1])
wrong(V, "dx at even columns only", "dx, odd columns", d_x=lambda s, dy: V.d_x(s, dy) * (
    np.arange(s.x.shape[2]) % 2 == 0)[:, None])  # fmt: skip

I = right.Dilated  # noqa: E741


def wrapped(s, dy):
    dK = np.zeros_like(s.K.data)
    for i, j in np.ndindex(3, 3):
        dK[i, j] = np.einsum("bhwc,bhwd->cd", np.roll(s.x, (2 - 2 * i, 2 - 2 * j), (1, 2)), dy)
    return dK


wrong(I, "kernel transposed in height and width", "dx", d_x=lambda s, dy: s.spread(
    dy, s.K.data.swapaxes(0, 1))[:, 2:-2, 2:-2])  # fmt: skip
wrong(I, "frame cut by one", "dx", d_x=lambda s, dy: s.spread(dy, s.K.data)[:, 1:-3, 1:-3])
wrong(I, "middle row of the kernel only", "dx", d_x=lambda s, dy: s.spread(
    dy, at(at(s.K.data, 0, 0), 2, 0))[:, 2:-2, 2:-2])  # fmt: skip
wrong(I, "dK's columns reversed", "K.grad, outer columns", d_K=lambda s, dy: I.d_K(s, dy)[:, ::-1])
wrong(I, "x wraps around in dK", "K.grad", d_K=wrapped)

S = right.InstanceNorm
wrong(S, "m with the batch", "dx", d_x=lambda s, dy: (lambda u: (
    u - s.mean(u) / len(u) - s.x_hat * s.mean(u * s.x_hat) / len(u)) / s.std)(dy * s.g.data))  # fmt: skip
wrong(S, "batch norm's backward", "dx", d_x=lambda s, dy: (lambda u: (
    u - u.mean((0, 1, 2)) - s.x_hat * (u * s.x_hat).mean((0, 1, 2))) / s.std)(dy * s.g.data))  # fmt: skip
wrong(S, "over the rows only", "dx", d_x=lambda s, dy: (lambda u: (
    u - u.mean(1, keepdims=True) - s.x_hat * (u * s.x_hat).mean(1, keepdims=True)) / s.std)(dy * s.g.data))  # fmt: skip
wrong(S, "dg without the last example", "g.grad", d_g=lambda s, dy: (dy * s.x_hat)[:-1].sum((0, 1, 2)))
wrong(S, "no mean in the variance's term", "dx", d_x=lambda s, dy: (lambda u: (
    u - s.mean(u) - s.x_hat * s.mean(u * s.centred)) / s.std)(dy * s.g.data))  # fmt: skip

wrong(right.GlobalMean, "divided by the height only", X, d_x=lambda s, dy: (
    right.GlobalMean.d_x(s, dy) * s.x.shape[2]))  # fmt: skip
wrong(right.GlobalMean, "all to the middle pixel", X, d_x=lambda s, dy: at(
    np.zeros_like(s.x), (slice(None), s.x.shape[1] // 2, s.x.shape[2] // 2), dy))  # fmt: skip
wrong(right.GlobalMax, "largest of all channels", "dx of other channels' maxima", d_x=lambda s, dy: (
    dy[:, None, None] * (s.x == s.x.max((1, 2, 3), keepdims=True))))  # fmt: skip
wrong(right.GlobalMax, "largest of each row", "dx at each row's largest", d_x=lambda s, dy: (
    dy[:, None, None] * (s.x == s.x.max(2, keepdims=True))))  # fmt: skip
wrong(right.GlobalMax, "at the transposed place", "dx at the maxima", d_x=lambda s, dy: (
    dy[:, None, None] * (s.x == s.y[:, None, None])).swapaxes(1, 2).reshape(s.x.shape))  # fmt: skip
wrong(right.Enlarge, "mean for sum", X, d_x=lambda s, dy: right.Enlarge.d_x(s, dy) / 4)
wrong(right.Enlarge, "only the first of four", X, d_x=lambda s, dy: dy[:, ::2, ::2])
wrong(right.Enlarge, "tiled, not repeated", X, d_x=lambda s, dy: (
    dy.reshape(len(dy), 2, s.x.shape[1], 2, s.x.shape[2], -1).sum((1, 3))))  # fmt: skip
wrong(right.Frame, "above and below exchanged", X, d_x=lambda s, dy: dy[:, 2:-1, 3:])
wrong(right.Frame, "left taken for right", X, d_x=lambda s, dy: dy[:, 1:-2, :-3])

B = right.TwoByTwo
wrong(B, "to the largest of the column pair", "dx beside the maxima", masks=lambda s: (
    s.blocks(s.x) == s.blocks(s.x).max(2, keepdims=True)))  # fmt: skip
wrong(B, "divided by 4", "dx at the maxima", d_x=lambda s, dy: B.d_x(s, dy) / 4)
wrong(B, "upper left pixel", "dx at the maxima and upper left", masks=lambda s: (
    (np.arange(2)[:, None, None, None] + np.arange(2)[:, None]) == 0) & (s.blocks(s.x) < np.inf))  # fmt: skip
wrong(B, "rows of dy shifted", "dx at the maxima", d_x=lambda s, dy: B.d_x(s, np.roll(dy, 1, 1)))
wrong(B, "every second block lost", "dx at the maxima of odd columns of blocks", d_x=lambda s, dy: B.d_x(
    s, dy * (np.arange(dy.shape[2]) % 2 == 0)[:, None]))  # fmt: skip
wrong(right.Rearranged, "channel first in dx", X, d_x=lambda s, dy: (
    dy.reshape(len(dy), s.x.shape[3], *s.x.shape[1:3]).transpose(0, 2, 3, 1) * s.a.data))  # fmt: skip
wrong(right.Rearranged, "width before height in dx", X, d_x=lambda s, dy: (
    dy.reshape(len(dy), s.x.shape[2], s.x.shape[1], -1).swapaxes(1, 2) * s.a.data))  # fmt: skip
wrong(right.Rearranged, "da of the first pixel", "a.grad", d_a=lambda s, dy: (
    dy.reshape(s.x.shape) * s.x)[:, 0, 0].sum(0))  # fmt: skip


def losses_draws(*kinds):
    """Three times one array for each kind: a function of (rng, shape)."""
    rng = np.random.default_rng(5)
    return [tuple(kind(rng, size) for kind in kinds) for size in right.TABLES]


def normal(rng, size):
    return rng.normal(size=size)


def bits(rng, size):
    return 1.0 * rng.integers(2, size=size)


def counts(rng, size):
    return 1.0 * rng.integers(5, size=size)


def labels(rng, size):
    return rng.integers(size[1], size=size[0])


def poisson(gradient):
    return lambda rates, counts: ((np.exp(rates) - counts * rates).sum() / len(rates), gradient(rates, counts))


Y = losses_draws(normal, counts)
wrong_loss("Poisson", "exp forgotten", X, Y, poisson(lambda x, t: (x - t) / len(x)))
wrong_loss("Poisson", "divided by exp", X, Y, poisson(lambda x, t: (1 - t / np.exp(x)) / len(x)))
wrong_loss("Poisson", "counts above 3 cut off", "dx where the count is 4", Y,
           poisson(lambda x, t: (np.exp(x) - np.minimum(t, 3)) / len(x)))  # fmt: skip
wrong_loss("Poisson", "rows without a count left out", "dx where the count is 0", Y,
           poisson(lambda x, t: (np.exp(x) - t) * (t > 0) / len(x)))  # fmt: skip


def log_cosh(gradient):
    return lambda x, target: (np.log(np.cosh(x - target)).sum() / len(x), gradient(x, target))


Y = losses_draws(normal, normal)
wrong_loss("log cosh", "the difference itself", X, Y, log_cosh(lambda x, t: (x - t) / len(x)))
wrong_loss("log cosh", "tanh of x only", X, Y, log_cosh(lambda x, t: np.tanh(x) / len(x)))
wrong_loss("log cosh", "derivative once more", X, Y, log_cosh(lambda x, t: (1 - np.tanh(x - t) ** 2) / len(x)))
wrong_loss("log cosh", "targets of the next row", X, Y, log_cosh(lambda x, t: np.tanh(x - np.roll(t, 1, 0)) / len(x)))


def pinball(gradient):
    return lambda x, target: (
        np.maximum(0.8 * (target - x), 0.2 * (x - target)).mean(), gradient(target - x) / x.size
    )  # fmt: skip


wrong_loss("pinball", "sides exchanged", X, Y, pinball(lambda d: np.where(d > 0, -0.2, 0.8)))
wrong_loss("pinball", "one quantile for both sides", "dx where x > t", Y, pinball(lambda d: np.where(d > 0, -0.8, 0.8)))
wrong_loss("pinball", "times the difference", X, Y, pinball(lambda d: np.where(d > 0, -0.8, 0.2) * np.abs(d)))


def normal_nll(d_mean, d_log_variance):
    def loss(mean, log_variance, target):
        value = (log_variance + (target - mean) ** 2 * np.exp(-log_variance)).sum() / 2 / len(mean)
        return value, *(d(mean, log_variance, target) / len(mean) for d in (d_mean, d_log_variance))

    return loss


Y = losses_draws(normal, normal, normal)
DM, DV = (lambda m, v, t: (m - t) * np.exp(-v)), (lambda m, v, t: (1 - (t - m) ** 2 * np.exp(-v)) / 2)
wrong_loss("normal", "variance forgotten in dmean", "dmean", Y, normal_nll(lambda m, v, t: m - t, DV))
wrong_loss("normal", "deviation for variance in dmean", "dmean", Y, normal_nll(
    lambda m, v, t: (m - t) * np.exp(-v / 2), DV))  # fmt: skip
wrong_loss("normal", "square forgotten", "dlog_variance", Y, normal_nll(
    DM, lambda m, v, t: (1 - (t - m) * np.exp(-v)) / 2))  # fmt: skip
wrong_loss("normal", "the 1 forgotten", "dlog_variance", Y, normal_nll(
    DM, lambda m, v, t: -((t - m) ** 2) * np.exp(-v) / 2))  # fmt: skip
wrong_loss("normal", "variance multiplied", "dlog_variance", Y, normal_nll(
    DM, lambda m, v, t: (1 - (t - m) ** 2 * np.exp(v)) / 2))  # fmt: skip


def cosine(gradient):
    def loss(x, target):
        length, other = (np.linalg.norm(a, axis=1, keepdims=True) for a in (x, target))
        c = (x * target).sum(1, keepdims=True) / length / other
        return (1 - c).sum() / len(x), gradient(x, target, length, other, c) / len(x)

    return loss


Y = losses_draws(normal, normal)
wrong_loss("cosine", "lengths as constants", X, Y, cosine(lambda x, t, n, m, c: -t / n / m))
wrong_loss("cosine", "one length in the second term", X, Y, cosine(lambda x, t, n, m, c: -t / n / m + c * x / n))
wrong_loss("cosine", "plus for minus", X, Y, cosine(lambda x, t, n, m, c: -t / n / m - c * x / n**2))


def masked(gradient):
    return lambda x, target, mask: (
        (mask * (x - target) ** 2).sum() / mask.sum(), gradient(x, target, mask)
    )  # fmt: skip


Y = losses_draws(normal, normal, bits)
wrong_loss("masked square", "divided by all", X, Y, masked(lambda x, t, k: 2 * k * (x - t) / k.size))
wrong_loss("masked square", "mask forgotten", "dx where masked", Y, masked(lambda x, t, k: 2 * (x - t) / k.sum()))
wrong_loss("masked square", "mask on the target only", "dx where masked", Y,
           masked(lambda x, t, k: 2 * (x - k * t) / k.sum()))  # fmt: skip
wrong_loss("masked square", "mask of the row before", "dx where the masks differ", Y,
           masked(lambda x, t, k: 2 * np.roll(k, 1, 0) * (x - t) / k.sum()))  # fmt: skip


def cross_entropy(gradient):
    """Of whole labels; label 0 is not counted."""

    def loss(logits, labels):
        p, rows = softmax(logits), np.arange(len(labels))
        counted = labels > 0
        value = -(np.log(p[rows, labels]) * counted).sum() / counted.sum()
        return value, gradient(p, np.eye(p.shape[1])[labels], counted[:, None], labels)

    return loss


Y = losses_draws(normal, labels)
Y = [(x, np.where(np.arange(len(x)) < 2, np.arange(len(x)), t)) for x, t in Y]
K = "cross entropy"
wrong_loss(K, "label 0 counted", "dx, rows of label 0", Y, cross_entropy(lambda p, t, c, y: (p - t) / c.sum()))
wrong_loss(K, "divided by the batch", "dx, counted rows", Y, cross_entropy(lambda p, t, c, y: c * (p - t) / len(p)))
wrong_loss(K, "counted in the target only", "dx, rows of label 0", Y,
           cross_entropy(lambda p, t, c, y: (p - c * t) / c.sum()))  # fmt: skip
wrong_loss(K, "labels one too small", "dx, two entries a row", Y, cross_entropy(
    lambda p, t, c, y: c * (p - np.eye(p.shape[1])[y - 1]) / c.sum()))  # fmt: skip
wrong_loss(K, "to the largest logit, not the label", "dx, two entries in rows that are wrong", Y, cross_entropy(
    lambda p, t, c, y: c * (p - (p == p.max(1, keepdims=True))) / c.sum()))  # fmt: skip


def hinge(gradient):
    """Of all classes against the right one."""

    def loss(scores, labels):
        rows = np.arange(len(labels))
        margins = np.maximum(0, 1 + scores - scores[rows, labels][:, None])
        margins[rows, labels] = 0
        return margins.sum() / len(labels), gradient(margins, labels, rows) / len(labels)

    return loss


def hinge_gradient(margins, labels, rows):
    d = 1.0 * (margins > 0)
    d[rows, labels] = -d.sum(1)
    return d


wrong_loss("class hinge", "the label's entry is -1", "dx, labels' entries", Y, hinge(
    lambda m, y, r: at(1.0 * (m > 0), (r, y), -1)))  # fmt: skip
wrong_loss("class hinge", "the label's entry forgotten", "dx, labels' entries", Y, hinge(lambda m, y, r: 1.0 * (m > 0)))
wrong_loss("class hinge", "the worst class only", "dx, other classes", Y, hinge(
    lambda m, y, r: at(1.0 * (m == m.max(1, keepdims=True)), (r, y), -1)))  # fmt: skip
wrong_loss("class hinge", "margins themselves", X, Y, hinge(lambda m, y, r: m * hinge_gradient(m, y, r)))


def entropy(gradient):
    def loss(logits):
        p = softmax(logits)
        h = -(p * np.log(p)).sum(1, keepdims=True)
        return h.sum() / len(p), gradient(p, h) / len(p)

    return loss


Y = losses_draws(normal)
wrong_loss("entropy", "of p, not of logits", X, Y, entropy(lambda p, h: -(np.log(p) + 1)))
wrong_loss("entropy", "row's mean left out", X, Y, entropy(lambda p, h: -p * np.log(p)))
wrong_loss("entropy", "batch's entropy", X, Y, entropy(lambda p, h: -p * (np.log(p) + h.mean())))


def smoothness(gradient):
    return lambda x: (((x[:, 1:] - x[:, :-1]) ** 2).sum() / len(x), gradient(x, np.diff(x, axis=1)) / len(x))


def both_sides(x, d):
    return 2 * (np.pad(d, ((0, 0), (1, 0))) - np.pad(d, ((0, 0), (0, 1))))


wrong_loss("smoothness", "one side only", X, Y, smoothness(lambda x, d: 2 * np.pad(d, ((0, 0), (1, 0)))))
wrong_loss("smoothness", "ends as if they had two neighbours", "dx, first and last column", Y, smoothness(
    lambda x, d: 2 * (2 * x - np.roll(x, 1, 1) - np.roll(x, -1, 1))))  # fmt: skip
wrong_loss("smoothness", "along the batch", X, Y, smoothness(
    lambda x, d: both_sides(x.T, np.diff(x.T, axis=1)).T))  # fmt: skip

RATE, BETA, DECAY = {"learning_rate": 0.3}, {"learning_rate": 0.3, "beta": 0.9}, {"learning_rate": 0.3, "decay": 0.07}


def momentum(gradient, theta, state):
    return -0.3 * (0.9 * state + gradient)


wrong_step("momentum", "1 - beta before the gradient", "step", momentum,
           lambda gradient, theta, state: -0.3 * (0.9 * state + 0.1 * gradient), **BETA)  # fmt: skip
wrong_step("momentum", "the old velocity", "step", momentum, lambda gradient, theta, state: -0.3 * state, **BETA)
wrong_step("momentum", "rate on the gradient only", "step", momentum,
           lambda gradient, theta, state: 0.9 * state - 0.3 * gradient, **BETA)  # fmt: skip


def nesterov(gradient, theta, state):
    return -0.3 * (gradient + 0.9 * (0.9 * state + gradient))


wrong_step("Nesterov", "plain momentum", "step", nesterov, momentum, **BETA)


def rms(gradient, theta, state):
    return -0.3 * gradient / (np.sqrt(0.9 * state + 0.1 * gradient**2) + 1e-8)


wrong_step("RMSprop", "the old mean square", "step", rms,
           lambda gradient, theta, state: -0.3 * gradient / (np.sqrt(state) + 1e-8), **BETA)  # fmt: skip
wrong_step("RMSprop", "root forgotten", "step", rms,
           lambda gradient, theta, state: -0.3 * gradient / (0.9 * state + 0.1 * gradient**2), **BETA)  # fmt: skip
wrong_step("RMSprop", "one root for all", "step", rms, lambda gradient, theta, state: (
    -0.3 * gradient / np.sqrt((0.9 * state + 0.1 * gradient**2).mean())), **BETA)  # fmt: skip


def decayed(gradient, theta, state):
    return -0.3 * (gradient + 0.07 * theta)


wrong_step("weight decay", "rate forgotten in the decay", "step", decayed,
           lambda gradient, theta, state: -0.3 * gradient - 0.07 * theta, **DECAY)  # fmt: skip
wrong_step("weight decay", "decay towards larger weights", "step", decayed,
           lambda gradient, theta, state: -0.3 * (gradient - 0.07 * theta), **DECAY)  # fmt: skip
wrong_step("weight decay", "of |theta|", "step where theta < 0", decayed,
           lambda gradient, theta, state: -0.3 * (gradient + 0.07 * np.abs(theta)), **DECAY)  # fmt: skip
wrong_step("clipping", "each element by itself", "step, elements above the bound",
           lambda gradient, theta, state: gradient / np.sqrt((gradient**2).sum()),
           lambda gradient, theta, state: np.clip(gradient, -1, 1), **RATE)  # fmt: skip
