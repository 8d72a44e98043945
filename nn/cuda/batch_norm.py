"""Batch normalisation in two CUDA kernels each way, three for large batches."""

from ..forms import array_module
from .elementwise import GPU_THREADS, elementwise


def normalise_batch(x, scale, shift, eps, running_mean, running_variance, weight):
    """y, x - mean and the deviation, by the batch's own mean and variance; moves the running averages."""
    xp = array_module(x)
    x = xp.ascontiguousarray(x)
    y, centred, deviation = (xp.empty(shape, x.dtype) for shape in (x.shape, x.shape, scale.shape))
    sums, pieces = _sums_of_columns(x, _moments)
    _normalise_batch(
        x, *sums, scale, shift, pieces, scale.size, x.size, eps, weight, y, centred, deviation,
        running_mean, running_variance, size=_threads(x),
    )  # fmt: skip
    return y, centred, deviation


def normalise_gradient(dy, centred, deviation, scale, training):
    """dx, dscale and dshift."""
    xp = array_module(dy)
    dy = xp.ascontiguousarray(dy)
    dx, dscale, dshift = (xp.empty(shape, dy.dtype) for shape in (dy.shape, scale.shape, scale.shape))
    sums, pieces = _sums_of_columns(dy, _products, centred)
    _normalise_gradient(
        dy, centred, *sums, scale, deviation, pieces, scale.size, dy.size, training, dx, dscale, dshift,
        size=_threads(dy),
    )  # fmt: skip
    return dx, dscale, dshift


# In memory, x is rows of n channels.  The number of threads is a multiple of n, so that a thread going
# through x in steps of that number stays in one channel, i % n, and neighbouring threads read neighbouring numbers.
# A channel's sums arise in pieces, one a thread; every thread of the next CUDA kernel adds up those of its channel.

PIECES = 64  # so many at most, or adding them up takes longer than one more launch that makes them fewer
ROWS = 8  # a thread takes at least so many rows


def _two_sums(inputs, first, second, name):
    """A CUDA kernel for two sums over the rows, piece by piece, of what the expressions say about element k."""
    loop = "a = b = 0; for (ptrdiff_t k = i; k < size; k += _ind.size()) { a += %s; b += %s; }"
    return elementwise(f"{inputs}, int64 n, int64 size", "T a, T b", loop % (first, second), name)


# Of x - x[first row], which is near the mean: so the sum of squares less the square of the sum keeps its digits.
_moments = _two_sums("raw T x", "x[k] - x[i % n]", "(x[k] - x[i % n]) * (x[k] - x[i % n])", "batch_norm_moments")
_products = _two_sums("raw T dy, raw U centred", "dy[k]", "dy[k] * centred[k]", "batch_norm_products")
_fewer_pieces = _two_sums("raw T a_pieces, raw T b_pieces", "a_pieces[k]", "b_pieces[k]", "batch_norm_pieces")

_normalise_batch = elementwise(
    "raw T x, raw T sums, raw T squares, raw S scale, raw S shift, int64 pieces, int64 n, int64 size, T eps, "
    "double weight",
    "raw T y, raw T centred, raw T deviation, raw R running_mean, raw R running_variance",
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
    T root = sqrt(variance + eps), inverse = 1 / root;
    if (i < n) {
        deviation[i] = root;
        running_mean[i] += weight * (mean - running_mean[i]);
        running_variance[i] += weight * (variance - running_variance[i]);
    }
    T a = scale[channel] * inverse, b = shift[channel];
    for (ptrdiff_t k = i; k < size; k += _ind.size()) {
        T d = x[k] - mean;
        centred[k] = d;
        y[k] = d * a + b;
    }
    """,
    "batch_norm_normalise",
)

_normalise_gradient = elementwise(
    "raw T dy, raw U centred, raw T sums, raw T products, raw S scale, raw R deviation, int64 pieces, "
    "int64 n, int64 size, bool training",
    "raw T dx, raw S dscale, raw S dshift",
    """
    ptrdiff_t channel = i % n;
    T m = size / n, sum = 0, product = 0;
    for (ptrdiff_t k = channel; k < pieces * n; k += n) {
        sum += sums[k];
        product += products[k];
    }
    T inverse = 1 / deviation[channel];
    product *= inverse;
    if (i < n) {
        dshift[i] = sum;
        dscale[i] = product;
    }
    T factor = scale[channel] * inverse;
    T a = training ? sum / m : T(0), b = training ? product / m * inverse : T(0);
    for (ptrdiff_t k = i; k < size; k += _ind.size())
        dx[k] = factor * (dy[k] - a - centred[k] * b);
    """,
    "batch_norm_gradient",
)


def _threads(x):
    n = x.shape[-1]
    return n * max(1, min(GPU_THREADS // n, x.size // n // ROWS))


def _sums_of_columns(x, cuda_kernel, *others):
    """Two sums over the rows of x, (pieces, n) each, as the CUDA kernel makes them, and the number of pieces."""
    n, threads = x.shape[-1], _threads(x)
    sums = cuda_kernel(x, *others, n, x.size, size=threads)
    if threads > PIECES * n:
        sums = _fewer_pieces(*sums, n, threads, size=PIECES * n)
    return sums, min(threads // n, PIECES)
