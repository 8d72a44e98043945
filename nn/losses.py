"""Losses: each returns its value and its gradient from one call.

A loss compares a prediction with a target over a batch: it SUMS over the numbers of one example (the log-likelihood
of independent pixels is a sum) and takes the MEAN over the batch (dissertation, eqs. 2.4 and 3.4).
All return (loss, gradient): the loss a 0-d value of the prediction's dtype, the gradient in its shape and dtype.
All raise ValueError if the shapes differ.
"""

import math

from .forms import array_module, check_together, several_forms
from .stable import sigmoid


@several_forms
def bernoulli_nll(logits, target):
    """-log p(target), every pixel a coin with p(1) = sigmoid(logit): the cross entropy of eq. 3.7.

    -sum_j [ x_j log x'_j + (1 - x_j) log(1 - x'_j) ],  x' = sigmoid(l),  which without x' is the stable
    sum_j [ max(l_j, 0) - l_j x_j + log(1 + exp(-|l_j|)) ];  the gradient is dl = (sigmoid(l) - x) / batch, the
    product of eq. 3.9 and the sigmoid's slope.

    logits, target : (batch, ...) float, the target in [0, 1] (0 or 1, or a grey level).
    """
    xp, target, batch = array_module(logits), comparable("bernoulli_nll", logits, target), len(logits)
    terms = xp.maximum(logits, 0) - logits * target + xp.log1p(xp.exp(-xp.abs(logits)))
    return terms.sum() / batch, (sigmoid(logits) - target) / batch


def gaussian_nll(mean, target, variance=1.0):
    """-log N(target; mean, variance I) = sum_j 1/2 [ (x_j - m_j)^2 / variance + log(2 pi variance) ].

    Gradient: dm = (m - x) / variance / batch.

    mean, target : (batch, ...) float;  variance : a positive number, given, not learned.
    """
    target, batch = comparable("gaussian_nll", mean, target), len(mean)
    if not variance > 0:
        raise ValueError(f"gaussian_nll needs a positive variance, got {variance}")
    difference = mean - target
    constant = math.log(2 * math.pi * variance) * (mean.size // batch)
    loss = ((difference * difference).sum() / (variance * batch) + constant) / 2
    return loss, difference / (variance * batch)


def squared_error(prediction, target):
    """||y - t||^2, summed over an example's numbers (dissertation, section 2.1.1.2);  dy = 2 (y - t) / batch.

    prediction, target : (batch, ...) float.
    """
    difference = prediction - comparable("squared_error", prediction, target)
    batch = len(prediction)
    return (difference * difference).sum() / batch, 2 * difference / batch


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
    if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < logits.shape[1]:
        raise ValueError(
            f"softmax_cross_entropy got labels from {int(labels.min())} to {int(labels.max())}: for logits of "
            f"{logits.shape[1]} classes they must be in 0 ... {logits.shape[1] - 1}"
        )
    xp = array_module(logits)
    rows, batch = xp.arange(len(logits)), len(logits)
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponentials = xp.exp(shifted)
    sums = exponentials.sum(axis=1, keepdims=True)
    loss = (xp.log(sums[:, 0]) - shifted[rows, labels]).mean()
    dlogits = exponentials / sums
    dlogits[rows, labels] -= 1
    return loss, dlogits / batch


def comparable(name, prediction, target):
    """The target in the prediction's dtype; ValueError or TypeError, naming the loss, if they do not fit together."""
    array_module(target)
    check_together(name, prediction, target)
    if prediction.shape != target.shape:
        raise ValueError(f"{name} got a prediction of shape {prediction.shape} and a target of shape {target.shape}")
    return target.astype(prediction.dtype, copy=False)
