"""The hold-out list: what is wrong, and where, as its author knows it.  Written before `nn.diagnosis` was read."""

import numpy as np

import holdout_layers as right
from holdout_layers import binary_cross_entropy, class_weights, cross_entropy, huber, kl, sigmoid, smoothed, softmax

VARIANTS = []  # (kind, title, where, class or right loss, the loss's draws or None)


def wrong(base, title, where, **methods):
    """A layer as `base`, but with these methods."""
    VARIANTS.append((base.__name__, title, where, type(base.__name__, (base,), methods), None))


def wrong_loss(kind, title, where, draws, value, *gradients):
    """A loss with this value and these gradients."""

    def loss(*arguments):
        return value(*arguments), *(gradient(*arguments) for gradient in gradients)

    VARIANTS.append((kind, title, where, loss, draws))


def at(a, index, value):
    """A copy of a with this value at index."""
    a = np.array(a)
    a[index] = value
    return a


D = right.Dense
wrong(D, "only the last sample's share of dW", "W.grad everywhere", d_W=lambda s, dy: s.x[-1:].T @ dy[-1:])
wrong(D, "loop over the batch starts at 1", "W.grad everywhere", d_W=lambda s, dy: s.x[1:].T @ dy[1:])
wrong(D, "db is a mean over the batch", "b.grad everywhere", d_b=lambda s, dy: dy.mean(0))
wrong(D, "db of the first sample", "b.grad everywhere", d_b=lambda s, dy: dy[0].copy())
wrong(D, "b added to dy before W^T", "dx everywhere", d_x=lambda s, dy: (dy + s.b.data) @ s.W.data.T)
wrong(D, "dx with W after a step", "dx everywhere", d_x=lambda s, dy: dy @ (s.W.data - 0.1 * s.x.T @ dy).T)
wrong(D, "weight decay left in dW", "W.grad everywhere", d_W=lambda s, dy: s.x.T @ dy + 0.01 * s.W.data)
wrong(
    D,
    "dW's last column never written",
    "W.grad, last output",
    d_W=lambda s, dy: at(s.x.T @ dy, (slice(None), -1), 0),
)
wrong(
    D,
    "each sample's dx normalised",
    "dx everywhere",
    d_x=lambda s, dy: D.d_x(s, dy) / np.linalg.norm(D.d_x(s, dy), axis=1, keepdims=True),
)
wrong(D, "dW clipped to [-1, 1]", "W.grad where |dW| > 1", d_W=lambda s, dy: np.clip(s.x.T @ dy, -1, 1))
wrong(D, "dx rounded to float16", "dx everywhere (small)", d_x=lambda s, dy: D.d_x(s, dy).astype("f2").astype("f8"))
wrong(D, "dW of the output y in place of dy", "W.grad everywhere", d_W=lambda s, dy: s.x.T @ s.y)

S = right.Softmax
wrong(S, "only the diagonal of the Jacobian", "dx everywhere", d_x=lambda s, dy: dy * s.y * (1 - s.y))
wrong(S, "sum over the batch axis", "dx everywhere", d_x=lambda s, dy: s.y * (dy - (dy * s.y).sum(0)))
wrong(S, "y forgotten in the sum", "dx everywhere", d_x=lambda s, dy: s.y * (dy - dy.sum(1, keepdims=True)))
wrong(S, "mean for sum", "dx everywhere", d_x=lambda s, dy: s.y * (dy - (dy * s.y).mean(1, keepdims=True)))
wrong(S, "y forgotten before the sum", "dx everywhere", d_x=lambda s, dy: s.y * dy - (s.y * dy).sum(1, keepdims=True))
wrong(
    S,
    "exponentials not normalised outside",
    "dx everywhere",
    d_x=lambda s, dy: s.e * (dy - (dy * s.y).sum(1, keepdims=True)),
)
wrong(
    S,
    "temperature 3 forgotten",
    "dx everywhere",
    temperature=3.0,
    d_x=lambda s, dy: s.y * (dy - (dy * s.y).sum(1, keepdims=True)),
)

for base, title, slope in (
    (right.Tanh, "1 - y", lambda s: 1 - s.y),
    (right.Tanh, "1 - x^2", lambda s: 1 - s.x**2),
    (right.Tanh, "tanh taken twice", lambda s: 1 - np.tanh(s.y) ** 2),
    (right.Tanh, "1 / cosh, not squared", lambda s: 1 / np.cosh(s.x)),
    (right.Tanh, "1 + y^2", lambda s: 1 + s.y**2),
    (right.Sigmoid, "y for y (1 - y)", lambda s: s.y),
    (right.Sigmoid, "x (1 - x)", lambda s: s.x * (1 - s.x)),
    (right.Softplus, "sigmoid(-x)", lambda s: sigmoid(-s.x)),
    (right.Softplus, "sigmoid(y)", lambda s: sigmoid(s.y)),
    (right.Cube, "3 x", lambda s: 3 * s.x),
    (right.Cube, "exponent 3 forgotten", lambda s: s.x**2),
    (right.Cube, "3 y", lambda s: 3 * s.y),
    (right.GELU, "x phi(x) forgotten", lambda s: right.normal_integral(s.x)),
    (
        right.GELU,
        "density not divided by sqrt(2 pi)",
        lambda s: right.normal_integral(s.x) + s.x * np.exp(-(s.x**2) / 2),
    ),
    (right.SiLU, "1 - s forgotten", lambda s: sigmoid(s.x) * (1 + s.x)),
    (right.SiLU, "product rule forgotten", lambda s: s.x * sigmoid(s.x) * (1 - sigmoid(s.x))),
):
    wrong(base, title, "dx everywhere", slope=slope)
for base, title, slope in (
    (right.Power, "sign forgotten", lambda s: 1.5 * np.sqrt(np.abs(s.x))),
    (right.ELU, "alpha forgotten", lambda s: np.where(s.x > 0, 1, np.exp(s.x))),
    (right.ELU, "y for y + alpha", lambda s: np.where(s.x > 0, 1, s.y)),
    (right.Leaky, "a ReLU's gradient", lambda s: s.x > 0),
    (right.Leaky, "divided by the slope", lambda s: np.where(s.x > 0, 1, 1 / 0.3)),
    (right.Leaky, "slope times x", lambda s: np.where(s.x > 0, 1, 0.3 * s.x)),
):
    wrong(base, title, "dx where x < 0", slope=slope)
L = right.Leaky
wrong(L, "dy forgotten for x < 0", "dx where x < 0", d_x=lambda s, dy: np.where(s.x > 0, dy, 0.3))
wrong(L, "condition on dy", "dx where dy and x differ in sign", d_x=lambda s, dy: dy * np.where(dy > 0, 1, 0.3))
wrong(L, "sides exchanged", "dx everywhere", slope=lambda s: np.where(s.x > 0, 0.3, 1))
wrong(right.HardTanh, "no lower bound", "dx where x < -1", slope=lambda s: s.x < 1)
wrong(right.HardTanh, "y outside, not 0", "dx where |x| > 1", slope=lambda s: np.where(np.abs(s.x) < 1, 1, s.y))

N = right.Norm
for base in (right.Norm, right.LayerNorm):
    wrong(
        base,
        "mean and variance as constants",
        "dx everywhere",
        d_x=lambda s, dy: dy * s.gamma.data / s.std,
    )
    wrong(
        base,
        "no term through the variance",
        "dx everywhere",
        d_x=lambda s, dy: (dy * s.gamma.data - s.mean(dy * s.gamma.data)) / s.std,
    )
    wrong(base, "dgamma with y", "gamma.grad everywhere", d_gamma=lambda s, dy: (dy * s.y).sum(s.rest))
    wrong(base, "eps forgotten in backward", "dx everywhere (small)", eps=0.1, d_x=lambda s, dy: without_eps(s, dy))


def without_eps(s, dy):
    g, std = dy * s.gamma.data, np.sqrt(s.variance)
    x_hat = s.centred / std
    return (g - s.mean(g) - x_hat * s.mean(g * x_hat)) / std


wrong(
    N,
    "no mean of dy",
    "dx everywhere",
    d_x=lambda s, dy: s.gamma.data * (dy - s.x_hat * s.mean(dy * s.x_hat)) / s.std,
)
wrong(N, "dgamma with x", "gamma.grad everywhere", d_gamma=lambda s, dy: (dy * s.x).sum(s.rest))
wrong(N, "dgamma not divided by std", "gamma.grad everywhere", d_gamma=lambda s, dy: (dy * s.centred).sum(s.rest))
wrong(N, "divided by the variance", "dx everywhere", d_x=lambda s, dy: N.d_x(s, dy) / s.std)
wrong(
    N,
    "m - 1 in the variance term",
    "dx everywhere",
    d_x=lambda s, dy: (
        s.gamma.data * (dy - s.mean(dy) - s.x_hat * s.mean(dy * s.x_hat) * len(dy) / (len(dy) - 1)) / s.std
    ),
)
wrong(
    N, "dbeta summed over the channels too", "beta.grad everywhere", d_beta=lambda s, dy: np.full(dy.shape[1], dy.sum())
)
wrong(N, "gamma twice", "dx everywhere", d_x=lambda s, dy: N.d_x(s, dy) * s.gamma.data)
wrong(
    right.LayerNorm,
    "gamma applied after the means",
    "dx everywhere",
    d_x=lambda s, dy: s.gamma.data * (dy - s.mean(dy) - s.x_hat * s.mean(dy * s.x_hat)) / s.std,
)
wrong(
    right.LayerNorm,
    "means over the batch",
    "dx everywhere",
    d_x=lambda s, dy: (
        (dy * s.gamma.data - (dy * s.gamma.data).mean(0) - s.x_hat * (dy * s.gamma.data * s.x_hat).mean(0)) / s.std
    ),
)

C = right.Conv
wrong(C, "kernel upside down", "dx everywhere", d_x=lambda s, dy: s.spread(dy, s.K.data[::-1, ::-1]))
wrong(C, "dK upside down", "K.grad, all taps but the middle", d_K=lambda s, dy: C.d_K(s, dy)[::-1, ::-1])
wrong(C, "dK's height and width swapped", "K.grad off the diagonal", d_K=lambda s, dy: C.d_K(s, dy).swapaxes(0, 1))
wrong(C, "output channels reversed", "K.grad, all channels but a middle one", d_K=lambda s, dy: C.d_K(s, dy)[..., ::-1])
wrong(C, "db is a mean over the positions", "b.grad everywhere", d_b=lambda s, dy: dy.mean((1, 2)).sum(0))
wrong(C, "db without the last row", "b.grad everywhere", d_b=lambda s, dy: dy[:, :-1].sum((0, 1, 2)))
wrong(
    C,
    "first input channel never written",
    "dx, channel 0",
    d_x=lambda s, dy: at(C.d_x(s, dy), (..., 0), 0),
)
wrong(
    C,
    "dK of the last position only",
    "K.grad everywhere",
    d_K=lambda s, dy: np.einsum("nijc,nd->ijcd", s.x[:, -3:, -3:], dy[:, -1, -1]),
)
wrong(C, "last row of the kernel left out", "K.grad, last row", d_K=lambda s, dy: at(C.d_K(s, dy), -1, 0))


def overwrite(s, dy):
    dx = np.zeros_like(s.x)
    for i, j, here in s.taps(dx, dy):
        dx[here] = dy @ s.K.data[i, j].T
    return dx


wrong(C, "= for += over the taps", "dx where windows overlap", d_x=overwrite)
wrong(
    right.StridedConv,
    "dx one pixel too far right",
    "dx everywhere",
    d_x=lambda s, dy: np.roll(C.d_x(s, dy), 1, axis=2),
)
wrong(
    right.StridedConv,
    "db times stride^2",
    "b.grad everywhere",
    d_b=lambda s, dy: 4 * C.d_b(s, dy),
)
wrong(
    right.SameConv,
    "padded dx cropped at one side only",
    "dx everywhere",
    cropped=lambda s, x: x[:, : x.shape[1] - 2, : x.shape[2] - 2],
)
wrong(
    right.SameConv,
    "no gradient for the border",
    "dx, border",
    d_x=lambda s, dy: np.pad(C.d_x(s, dy)[:, 1:-1, 1:-1], ((0, 0), (1, 1), (1, 1), (0, 0))),
)
wrong(
    right.SameConv,
    "dy at the border ignored in dK",
    "K.grad everywhere",
    d_K=lambda s, dy: C.d_K(s, np.pad(dy[:, 1:-1, 1:-1], ((0, 0), (1, 1), (1, 1), (0, 0)))),
)
T = right.TransposedConv
wrong(T, "stride forgotten", "dx but for the first pixel", d_x=lambda s, dy: s.gather(dy, s.K.data, 1))
wrong(T, "kernel upside down", "dx everywhere", d_x=lambda s, dy: s.gather(dy, s.K.data[::-1, ::-1], 2))
wrong(T, "dK upside down", "K.grad, all taps but the middle", d_K=lambda s, dy: T.d_K(s, dy)[::-1, ::-1])
wrong(
    T,
    "db of every second pixel",
    "b.grad everywhere",
    d_b=lambda s, dy: dy[:, ::2, ::2].sum((0, 1, 2)),
)
wrong(
    T,
    "first column of the kernel left out",
    "dx everywhere",
    d_x=lambda s, dy: s.gather(dy, at(s.K.data, (slice(None), 0), 0), 2),
)

M = right.MaxPool
nine = (9, 1, 1, 1, 1)
wrong(M, "dy to every pixel", "dx where not the maximum", d_x=lambda s, dy: s.unstack(np.tile(dy, nine)))
wrong(
    M,
    "dy to the first pixel",
    "dx at first pixels and maxima",
    d_x=lambda s, dy: s.unstack(dy * (np.arange(9) == 0).reshape(nine)),
)
wrong(M, "divided by the window", "dx everywhere (at the maxima)", d_x=lambda s, dy: M.d_x(s, dy) / 9)
wrong(
    M,
    "to the minimum",
    "dx at minima and maxima",
    chosen=lambda s: s.stack(s.x) == s.stack(s.x).min(0),
)
wrong(M, "last windows left out", "dx, last rows", d_x=lambda s, dy: M.d_x(s, at(dy, (slice(None), -1), 0)))
wrong(
    M,
    "one maximum a batch",
    "dx where a sample's maximum is not the batch's",
    chosen=lambda s: s.stack(s.x) == s.y.max(0),
)
wrong(
    right.OverlappingPool,
    "= for +=",
    "dx where windows overlap",
    d_x=lambda s, dy: s.unstack(s.chosen() * dy, add=False),
)
wrong(
    right.AveragePool,
    "divided by 3, not 9",
    "dx everywhere",
    d_x=lambda s, dy: right.AveragePool.d_x(s, 3 * dy),
)
wrong(
    right.AveragePool,
    "to the middle pixel only",
    "dx everywhere (8 of 9 are 0)",
    d_x=lambda s, dy: s.unstack(dy * (np.arange(9) == 4).reshape(nine)),
)

B = right.Bag


def fancy(s, dy):
    dE = np.zeros_like(s.E.data)
    dE[s.index()] += s.x.T @ dy
    return dE


wrong(B, "repeated words counted once", "E.grad, rows 0 and 1", d_E=fancy)
wrong(B, "row 0 taken for padding", "E.grad, row 0", d_E=lambda s, dy: at(B.d_E(s, dy), 0, 0))
wrong(
    B,
    "divided by the number of times",
    "E.grad, rows 0 and 1",
    d_E=lambda s, dy: B.d_E(s, dy) / np.bincount(s.index())[:, None],
)
wrong(
    B,
    "counts ignored",
    "E.grad everywhere",
    d_E=lambda s, dy: B.d_E(s, dy) * 0 + (np.bincount(s.index())[:, None] * dy.sum(0)),
)

Z = right.Sample
for title, gradient in (
    ("half forgotten", lambda s, dy: dy * s.noise * s.std),
    ("noise forgotten", lambda s, dy: dy * s.std / 2),
    ("exp(v) for exp(v / 2)", lambda s, dy: dy * s.noise * s.std**2 / 2),
    ("std forgotten", lambda s, dy: dy * s.noise / 2),
    ("fresh noise", lambda s, dy: dy * np.random.default_rng(4).normal(size=dy.shape) * s.std / 2),
):
    wrong(Z, title, "d(log_variance) everywhere", d_log_variance=gradient)
wrong(Z, "dmean times noise", "dmean everywhere", d_mean=lambda s, dy: dy * s.noise)

R = right.Residual
wrong(R, "shortcut forgotten", "dx everywhere", d_x=lambda s, dy: R.d_x(s, dy) - dy)
wrong(R, "branch forgotten", "dx everywhere", d_x=lambda s, dy: dy.copy())
wrong(R, "shortcut through the tanh too", "dx everywhere", d_x=lambda s, dy: (R.d_x(s, dy) - dy) + dy * (1 - s.h**2))
wrong(R, "tanh's slope from y", "W.grad everywhere", d_W=lambda s, dy: s.x.T @ (dy * (1 - s.y**2)))
wrong(R, "tanh forgotten in dW", "W.grad everywhere", d_W=lambda s, dy: s.x.T @ dy)

O = right.Dropout  # noqa: E741
wrong(O, "not divided by keep", "dx everywhere", d_x=lambda s, dy: dy * s.mask)
wrong(O, "divided by keep twice", "dx everywhere", d_x=lambda s, dy: dy * s.mask / s.keep**2)
wrong(O, "no mask", "dx where dropped", d_x=lambda s, dy: dy / s.keep)
wrong(O, "a fresh mask", "dx where the masks differ", d_x=lambda s, dy: dy * s.mask_of(6) / s.keep)

SIZES = ((5, 3), (7, 11), (13, 17))


def draws(second):
    """Three times (random array, second(rng, shape))."""
    rng = np.random.default_rng(1)
    return [(rng.normal(size=size), second(rng, size)) for size in SIZES]


CLASSES = draws(lambda rng, size: np.eye(size[1])[rng.integers(size[1], size=size[0])])
BITS = draws(lambda rng, size: rng.integers(2, size=size) * 1.0)
NORMAL = draws(lambda rng, size: rng.normal(size=size))
E = "cross entropy"
X = "dx everywhere"
wrong_loss(E, "not divided by the batch", X, CLASSES, cross_entropy, lambda x, t: softmax(x) - t)
wrong_loss(
    E, "gradient for p, not for logits", "dx everywhere", CLASSES, cross_entropy, lambda x, t: -t / softmax(x) / len(x)
)
wrong_loss(E, "softmax over the batch", X, CLASSES, cross_entropy, lambda x, t: (softmax(x, 0) - t) / len(x))
wrong_loss(E, "p (p - t)", X, CLASSES, cross_entropy, lambda x, t: softmax(x) * (softmax(x) - t) / len(x))
wrong_loss(
    E, "p[:, labels] -= 1 for every row", "dx, columns of labels that occur", CLASSES, cross_entropy,
    lambda x, t: (softmax(x) - (t.sum(0) > 0)) / len(x),
)  # fmt: skip
wrong_loss(
    E, "smoothing forgotten", X, CLASSES, lambda x, t: cross_entropy(x, smoothed(t)),
    lambda x, t: (softmax(x) - t) / len(x),
)  # fmt: skip
wrong_loss(
    E, "class weights forgotten", "dx, all samples but those of class 0", CLASSES,
    lambda x, t: cross_entropy(x, t * class_weights(t)), lambda x, t: (softmax(x) - t) / len(x),
)  # fmt: skip
wrong_loss(
    E, "weights of t only, not of p", "dx, all samples but those of class 0", CLASSES,
    lambda x, t: cross_entropy(x, t * class_weights(t)),
    lambda x, t: (softmax(x) - t * class_weights(t)) / len(x),
)  # fmt: skip
wrong_loss(
    E, "only the target's logit", "dx, but for the target's entry", CLASSES, cross_entropy,
    lambda x, t: t * (softmax(x) - 1) / len(x),
)  # fmt: skip
Y = "binary cross entropy"
wrong_loss(Y, "divided by all, not by the batch", X, BITS, binary_cross_entropy, lambda x, t: (sigmoid(x) - t) / x.size)
wrong_loss(Y, "sigmoid twice", X, BITS, binary_cross_entropy, lambda x, t: (sigmoid(sigmoid(x)) - t) / len(x))
wrong_loss(Y, "logit for probability", X, BITS, binary_cross_entropy, lambda x, t: (x - t) / len(x))
wrong_loss(
    Y, "1 - t forgotten", "dx where t = 0", BITS, binary_cross_entropy, lambda x, t: t * (sigmoid(x) - 1) / len(x)
)
K = "KL"
V = "d(log_variance) everywhere"
mean = lambda m, v: m / len(m)  # noqa: E731
wrong_loss(K, "half forgotten", V, NORMAL, kl, mean, lambda m, v: (np.exp(v) - 1) / len(m))
wrong_loss(K, "- 1 forgotten", V, NORMAL, kl, mean, lambda m, v: np.exp(v) / 2 / len(m))
wrong_loss(K, "exp(v / 2)", V, NORMAL, kl, mean, lambda m, v: (np.exp(v / 2) - 1) / 2 / len(m))
wrong_loss(K, "taken for a variance", V, NORMAL, kl, mean, lambda m, v: (1 - np.exp(-v)) / 2 / len(m))
wrong_loss(
    K, "mean twice", "dmean everywhere", NORMAL, kl, lambda m, v: 2 * m / len(m),
    lambda m, v: (np.exp(v) - 1) / 2 / len(m),
)  # fmt: skip
H = "Huber"
F = "dx where |d| > delta"


def huber_value(x, t):
    return huber(x - t).mean()


for title, outside in (
    ("d outside", lambda d: d),
    ("sign without delta", np.sign),
    ("delta without sign", lambda d: 0.5 + 0 * d),
    ("0 outside", lambda d: 0 * d),
):
    wrong_loss(
        H, title, "dx where d < -delta" if "without sign" in title else F, NORMAL, huber_value,
        lambda x, t, outside=outside: np.where(np.abs(x - t) < 0.5, x - t, outside(x - t)) / x.size,
    )  # fmt: skip
wrong_loss(
    "squared error", "target minus prediction", X, NORMAL, lambda x, t: ((x - t) ** 2).mean(),
    lambda x, t: 2 * (t - x) / x.size,
)  # fmt: skip
wrong_loss("squared error", "2 forgotten", X, NORMAL, lambda x, t: ((x - t) ** 2).mean(), lambda x, t: (x - t) / x.size)
wrong_loss(
    "squared error", "the last sample left out", "dx, last sample", NORMAL, lambda x, t: ((x - t) ** 2).mean(),
    lambda x, t: at(2 * (x - t) / x.size, -1, 0),
)  # fmt: skip
wrong_loss(
    "hinge", "gradient beyond the margin too", "dx where t x > 1", draws(lambda r, s: r.choice([-1.0, 1.0], s)),
    lambda x, t: np.maximum(0, 1 - t * x).mean(), lambda x, t: -t / x.size,
)  # fmt: skip
wrong_loss(
    "absolute error", "not the sign, the difference", X, NORMAL, lambda x, t: np.abs(x - t).mean(),
    lambda x, t: (x - t) / x.size,
)  # fmt: skip
