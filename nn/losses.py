"""Losses: each returns its value and its gradient from one call.

A loss compares a prediction with a target over a batch: it SUMS over the numbers of one example (the log-likelihood
of independent pixels is a sum) and takes the MEAN over the batch (dissertation, eqs. 2.4 and 3.4).
All return (loss, gradient): the loss a 0-d value of the prediction's dtype, the gradient in the prediction's shape.
All raise ValueError if the shapes differ.
"""

import math

from .device import array_module, check_together
from .kernels import THREADS, gpu_form, kernel
from .stable import exp_minus_abs, sigmoid


_bernoulli_kernel = kernel(  # the loss in pieces, one a thread
    "raw T logits, raw U target, int64 size, int64 batch",
    "T loss, raw T dlogits",
    """
    loss = 0;
    for (ptrdiff_t k = i; k < size; k += _ind.size()) {
        T l = logits[k], x = target[k], e = exp(-abs(l));
        loss += max(l, T(0)) - l * x + log1p(e);
        dlogits[k] = ((l >= 0 ? T(1) : e) / (1 + e) - x) / batch;
    }
    loss /= batch;
    """,
    "bernoulli_nll",
)


def _bernoulli_nll_on_gpu(logits, target):
    _check_shapes("bernoulli_nll", logits, target)
    xp = array_module(logits)
    logits, target = xp.ascontiguousarray(logits), xp.ascontiguousarray(target)
    pieces, dlogits = (xp.empty(shape, logits.dtype) for shape in (min(logits.size, THREADS // 4), logits.shape))
    _bernoulli_kernel(logits, target, logits.size, len(logits), pieces, dlogits)
    return pieces.sum(), dlogits


@gpu_form(_bernoulli_nll_on_gpu)
def bernoulli_nll(logits, target):
    """-log p(target), every pixel a coin with p(1) = sigmoid(logit): the cross entropy of eq. 3.7.

    -sum_j [ x_j log x'_j + (1 - x_j) log(1 - x'_j) ],  x' = sigmoid(l),  which without x' is the stable
    sum_j [ max(l_j, 0) - l_j x_j + log(1 + exp(-|l_j|)) ];  the gradient is dl = (sigmoid(l) - x) / batch, the
    product of eq. 3.9 and the sigmoid's slope.

    logits, target : (batch, ...) float, the target in [0, 1] (0 or 1, or a grey level).
    """
    _check_shapes("bernoulli_nll", logits, target)
    xp, batch = array_module(logits), len(logits)
    e = exp_minus_abs(logits)
    dlogits = sigmoid(logits, e)
    dlogits -= target
    dlogits /= batch
    terms = xp.maximum(logits, 0)
    terms -= xp.multiply(logits, target)
    terms += xp.log1p(e, out=e)
    return terms.sum() / batch, dlogits


def gaussian_nll(mean, target, variance=1.0):
    """-log N(target; mean, variance I) = sum_j 1/2 [ (x_j - m_j)^2 / variance + log(2 pi variance) ].

    Gradient: dm = (m - x) / variance / batch.

    mean, target : (batch, ...) float;  variance : a positive number, given, not learned.
    """
    _check_shapes("gaussian_nll", mean, target)
    if not variance > 0:
        raise ValueError(f"gaussian_nll needs a positive variance, got {variance}")
    batch = len(mean)
    difference = mean - target
    constant = 0.5 * math.log(2 * math.pi * variance) * (mean.size // batch)
    loss = (difference * difference).sum() * (0.5 / (variance * batch)) + constant
    difference *= 1 / (variance * batch)
    return loss, difference


def squared_error(prediction, target):
    """||y - t||^2, summed over an example's numbers (dissertation, section 2.1.1.2);  dy = 2 (y - t) / batch.

    prediction, target : (batch, ...) float.
    """
    _check_shapes("squared_error", prediction, target)
    batch = len(prediction)
    difference = prediction - target
    loss = (difference * difference).sum() / batch
    difference *= 2 / batch
    return loss, difference


def softmax_cross_entropy(logits, labels):
    """-log softmax(logits)[label], the surprise at the true class (compare dissertation, eqs. D.1 and D.2).

    = log sum_k exp(l_k) - l_label, with the largest logit taken out first;  dl = (softmax(l) - onehot) / batch.

    logits : (batch, classes) float;  labels : (batch,) int in 0 ... classes - 1.
    """
    if logits.ndim != 2 or labels.shape != (len(logits),):
        raise ValueError(
            f"softmax_cross_entropy takes logits (batch, classes) and labels (batch,), "
            f"got {logits.shape} and {labels.shape}"
        )
    if labels.dtype.kind not in "iu":
        raise TypeError(f"softmax_cross_entropy takes whole-number labels, got dtype {labels.dtype}")
    xp, rows = array_module(logits), array_module(logits).arange(len(logits))
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponentials = xp.exp(shifted)
    sums = exponentials.sum(axis=1, keepdims=True)
    loss = (xp.log(sums[:, 0]) - shifted[rows, labels]).mean()
    dlogits = exponentials / sums
    dlogits[rows, labels] -= 1
    dlogits /= len(logits)
    return loss, dlogits


def _check_shapes(name, prediction, target):
    check_together(name, prediction, target)
    if prediction.shape != target.shape:
        raise ValueError(f"{name} got a prediction of shape {prediction.shape} and a target of shape {target.shape}")
