"""Batch normalisation."""

import numpy as np

from .device import array_module, to_device
from .kernels import THREADS, gpu_form, kernel
from .layer import Layer, check_device, check_float, check_gradient_shape
from .parameter import Parameter


class BatchNorm(Layer):
    """y = scale * x_hat + shift, x_hat = (x - mean) / sqrt(variance + eps), for each channel by itself.

    x, y : (batch, n) or (batch, height, width, n); mean and variance are taken over all axes but the last, so a
    convolution's channel is normalised over the batch and all positions.

    In training, mean and (biased) variance are the batch's own (Ioffe and Szegedy 2015; dissertation, Algorithm 4).
    They depend on x, hence three terms in the gradient, with m the number of values a channel has in the batch:

        dshift = sum dy          dscale = sum dy * x_hat
        dx = scale / sqrt(variance + eps) * (dy - dshift / m - x_hat * dscale / m)

    In evaluation they are the running averages: constants, so dx = scale / sqrt(variance + eps) * dy.

    The running averages are exponential ones, a <- momentum a + (1 - momentum) value from a = 0, with Adam's bias
    correction, r = a / (1 - momentum^t) after t steps, which makes them right after a few steps too.  Both in one:
    r <- r + w (value - r),  w = (1 - momentum) / (1 - momentum^t).  (PyTorch does not correct the bias, and averages
    the unbiased variance.)

    Parameters
    ----------
    n : number of channels.
    momentum : how much of the running averages each training step keeps.
    eps : added to the variance; keeps a constant channel finite.
    rng : not used; here so that all layers with parameters are made alike.
    dtype : float32 or float64.

    Attributes: ``scale`` and ``shift``, Parameters of shape (n,); ``running_mean`` and ``running_variance``, arrays
    (n,), 0 and 1 before the first training step.
    Raises ValueError if the last axis of x is not n.
    """

    def __init__(self, n, momentum=0.999, eps=1e-4, *, rng=None, dtype=np.float32):
        if n < 1:
            raise ValueError(f"BatchNorm needs at least one channel, got {n}")
        if not 0 <= momentum < 1:
            raise ValueError(f"BatchNorm's momentum must be in [0, 1), got {momentum}")
        self.n, self.momentum, self.eps = n, float(momentum), float(eps)
        self.scale = Parameter(np.ones(n, dtype), "scale")
        self.shift = Parameter(np.zeros(n, dtype), "shift")
        self.running_mean, self.running_variance = np.zeros(n, dtype), np.ones(n, dtype)
        self._steps = np.zeros((), np.int64)

    def forward(self, x, *, training=False):
        self._check(x)
        scale, shift, eps = self.scale.data, self.shift.data, self.eps
        if training:
            self._steps += 1
            weight = (1 - self.momentum) / (1 - self.momentum ** int(self._steps))
            y, difference, inverse_deviation = normalise_batch(
                x, scale, shift, eps, self.running_mean, self.running_variance, weight
            )
        else:
            difference = x - _like(x, self.running_mean)
            y, inverse_deviation = normalise(difference, self.running_variance, scale, shift, eps)
        self.keep(difference, inverse_deviation, training)
        return y

    def backward(self, dy):
        difference, inverse_deviation, training = self.kept()
        check_gradient_shape(self, dy, difference.shape)
        return normalise_gradient(dy, difference, inverse_deviation, self.scale, self.shift, training)

    def parameters(self):
        return [self.scale, self.shift]

    def state(self):
        return super().state() | {
            "running_mean": self.running_mean, "running_variance": self.running_variance, "steps": self._steps
        }  # fmt: skip

    def to_device(self, device):
        super().to_device(device)
        self.running_mean = to_device(self.running_mean, device)
        self.running_variance = to_device(self.running_variance, device)

    def _check(self, x):
        check_float(self, x)
        if x.ndim < 2 or x.shape[-1] != self.n:
            raise ValueError(f"{self!r} got an input of shape {x.shape}: expected {self.n} channels as its last axis")
        check_device(self, x, self.scale)

    def __repr__(self):
        return f"BatchNorm({self.n})"


def _normalise_batch_on_gpu(x, scale, shift, eps, running_mean, running_variance, weight):
    xp = array_module(x)
    x = xp.ascontiguousarray(x)
    y, difference, inverse_deviation = (xp.empty(shape, x.dtype) for shape in (x.shape, x.shape, scale.shape))
    sums, pieces = _sums_of_columns(x, _moments_kernel)
    _normalise_kernel(
        x, *sums, scale, shift, pieces, scale.size, x.size, eps, weight, y, difference, inverse_deviation,
        running_mean, running_variance, size=_threads(x),
    )  # fmt: skip
    return y, difference, inverse_deviation


@gpu_form(_normalise_batch_on_gpu)
def normalise_batch(x, scale, shift, eps, running_mean, running_variance, weight):
    """y, x - mean and 1 / deviation by the batch's own mean and variance, with which the running averages are moved."""
    mean = mean_over_batch(x)
    difference = x - _like(x, mean)
    variance = mean_product_over_batch(difference, difference)
    running_mean += weight * (mean - running_mean)
    running_variance += weight * (variance - running_variance)
    y, inverse_deviation = normalise(difference, variance, scale, shift, eps)
    return y, difference, inverse_deviation


def normalise(difference, variance, scale, shift, eps):
    """y and 1 / deviation, (n,), from difference = x - mean.  x_hat, their product, is never written down."""
    inverse_deviation = 1 / array_module(difference).sqrt(variance + eps)
    y = difference * _like(difference, scale * inverse_deviation)
    y += _like(y, shift)
    return y, inverse_deviation


def _normalise_gradient_on_gpu(dy, difference, inverse_deviation, scale, shift, training):
    xp = array_module(dy)
    dy = xp.ascontiguousarray(dy)
    dx = xp.empty(dy.shape, dy.dtype)
    sums, pieces = _sums_of_columns(dy, _products_kernel, difference)
    (dscale, empty), (dshift, shift_empty) = scale.grad_to_fill(), shift.grad_to_fill()
    _normalise_gradient_kernel(
        dy, difference, *sums, scale.data, inverse_deviation, pieces, scale.data.size, dy.size, training, empty,
        shift_empty, dx, dscale, dshift, size=_threads(dy),
    )  # fmt: skip
    return dx


@gpu_form(_normalise_gradient_on_gpu)
def normalise_gradient(dy, difference, inverse_deviation, scale, shift, training):
    """dx; the gradients of the Parameters scale and shift are added to them."""
    m = dy.size // len(inverse_deviation)
    dshift = mean_over_batch(dy)  # both still divided by m
    dscale = mean_product_over_batch(dy, difference) * inverse_deviation
    shift.grad += m * dshift
    scale.grad += m * dscale
    dx_of_dy = _like(dy, scale.data * inverse_deviation)
    if not training:
        return dy * dx_of_dy
    dx = difference * _like(dy, -dscale * inverse_deviation)
    dx += dy
    dx -= _like(dy, dshift)
    dx *= dx_of_dy
    return dx


def mean_over_batch(x):
    """The mean over all axes but the last: (..., n) -> (n,).

    Summed over the batch first: those are few additions of long rows, which is fast and loses little precision.
    """
    return _mean_over_positions(x.sum(axis=0), len(x))


def mean_product_over_batch(a, b):
    """`mean_over_batch` of a * b, which is never written down."""
    sums = np.einsum("bi,bi->i", a.reshape(len(a), -1), b.reshape(len(b), -1))
    return _mean_over_positions(sums.reshape(a.shape[1:]), len(a))


def _mean_over_positions(sums, batch):
    mean = sums.reshape(-1, sums.shape[-1]).sum(axis=0) if sums.ndim > 1 else sums
    mean /= batch * (sums.size // sums.shape[-1])
    return mean


def _like(x, values):
    """A value for each channel, (n,), repeated over the positions of one example, (1, ..., n).

    Broadcasting would do the same in short loops over n; over whole examples it is several times faster.
    """
    return array_module(x).broadcast_to(values, (1, *x.shape[1:])).copy() if x.ndim > 2 else values


# The kernels.  In memory, x is rows of n channels.  The number of threads is a multiple of n, so that a thread going
# through x in steps of that number stays in one channel, i % n, and neighbouring threads read neighbouring numbers.
# A channel's sums arise in pieces, one a thread; every thread of the next kernel adds up its channel's pieces itself.

PIECES = 64  # so many at most, or adding them up takes longer than one more kernel that makes them fewer
ROWS = 8  # a thread takes at least so many rows


def _sums_kernel(inputs, first, second, name):
    """A kernel for two sums over the rows, piece by piece, of what the expressions say about element k."""
    loop = "a = b = 0; for (ptrdiff_t k = i; k < size; k += _ind.size()) { a += %s; b += %s; }"
    return kernel(f"{inputs}, int64 n, int64 size", "T a, T b", loop % (first, second), name)


# Of x - x[first row], which is near the mean: so the sum of squares less the square of the sum keeps its digits.
_moments_kernel = _sums_kernel(
    "raw T x", "x[k] - x[i % n]", "(x[k] - x[i % n]) * (x[k] - x[i % n])", "batch_norm_moments"
)
_products_kernel = _sums_kernel("raw T dy, raw U difference", "dy[k]", "dy[k] * difference[k]", "batch_norm_products")
_fewer_pieces_kernel = _sums_kernel("raw T a_pieces, raw T b_pieces", "a_pieces[k]", "b_pieces[k]", "batch_norm_pieces")

_normalise_kernel = kernel(
    "raw T x, raw T sums, raw T squares, raw S scale, raw S shift, int64 pieces, int64 n, int64 size, T eps, "
    "double weight",
    "raw T y, raw T difference, raw T inverse_deviation, raw R running_mean, raw R running_variance",
    """
    ptrdiff_t channel = i % n;
    T m = size / n, mean = 0, variance = 0;
    for (ptrdiff_t k = channel; k < pieces * n; k += n) {
        mean += sums[k];
        variance += squares[k];
    }
    mean /= m;
    variance = max(variance / m - mean * mean, T(0));
    mean += x[channel];
    T inverse = 1 / sqrt(variance + eps);
    if (i < n) {
        inverse_deviation[i] = inverse;
        running_mean[i] += weight * (mean - running_mean[i]);
        running_variance[i] += weight * (variance - running_variance[i]);
    }
    T a = scale[channel] * inverse, b = shift[channel];
    for (ptrdiff_t k = i; k < size; k += _ind.size()) {
        T d = x[k] - mean;
        difference[k] = d;
        y[k] = d * a + b;
    }
    """,
    "batch_norm_normalise",
)

_normalise_gradient_kernel = kernel(
    "raw T dy, raw U difference, raw T sums, raw T products, raw S scale, raw R inverse_deviation, int64 pieces, "
    "int64 n, int64 size, bool training, bool scale_empty, bool shift_empty",
    "raw T dx, raw S dscale, raw S dshift",
    """
    ptrdiff_t channel = i % n;
    T m = size / n, sum = 0, product = 0;
    for (ptrdiff_t k = channel; k < pieces * n; k += n) {
        sum += sums[k];
        product += products[k];
    }
    T inverse = inverse_deviation[channel];
    product *= inverse;
    if (i < n) {
        dshift[i] = shift_empty ? sum : dshift[i] + sum;
        dscale[i] = scale_empty ? product : dscale[i] + product;
    }
    T factor = scale[channel] * inverse;
    T a = training ? sum / m : T(0), b = training ? product / m * inverse : T(0);
    for (ptrdiff_t k = i; k < size; k += _ind.size())
        dx[k] = factor * (dy[k] - a - difference[k] * b);
    """,
    "batch_norm_gradient",
)


def _threads(x):
    n = x.shape[-1]
    return n * max(1, min(THREADS // n, x.size // n // ROWS))


def _sums_of_columns(x, sums_kernel, *others):
    """Two sums over the rows of x, (pieces, n) each, as `sums_kernel` makes them, and the number of pieces."""
    n, threads = x.shape[-1], _threads(x)
    sums = sums_kernel(x, *others, n, x.size, size=threads)
    if threads > PIECES * n:
        sums = _fewer_pieces_kernel(*sums, n, threads, size=PIECES * n)
    return sums, min(threads // n, PIECES)
