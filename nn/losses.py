"""Losses: each returns its value and its gradient from one call.

A loss compares a prediction with a target over a batch: it SUMS over the numbers of one example (the log-likelihood
of independent pixels is a sum) and takes the MEAN over the batch (dissertation, eqs. 2.4 and 3.4).  With weights w_i,
one for each example, it is the weighted mean

    sum_i w_i loss_i / sum_i w_i,

in which an example of weight 2 counts as if it stood in the batch twice, and one of weight 0 as if it did not.

All return (loss, gradient): the loss a 0-d value of the prediction's dtype, the gradient in its shape and dtype.
All raise ValueError if the shapes differ, or if the batch is empty.
weights : (batch,) numbers of at least 0, not all of them 0; None for equal ones.
"""

import math

from .forms import array_module, check_together, several_forms
from .layer import Parameter
from .stable import sigmoid
from .type_hints import Array, Scalar

__all__ = [
    "bernoulli_nll",
    "gaussian_nll",
    "hinge",
    "learned_gaussian_nll",
    "softmax_cross_entropy",
    "squared_error",
]


@several_forms
def bernoulli_nll(logits: Array, target: Array, weights: Array | None = None) -> tuple[Scalar, Array]:
    """-log p(target), every pixel a coin with p(1) = sigmoid(logit): the cross entropy of eq. 3.7.

    -sum_j [ x_j log x'_j + (1 - x_j) log(1 - x'_j) ],  x' = sigmoid(l),  which without x' is the stable
    sum_j [ max(l_j, 0) - l_j x_j + log(1 + exp(-|l_j|)) ];  the gradient is dl = (sigmoid(l) - x) / batch, the
    product of eq. 3.9 and the sigmoid's slope.

    logits, target : (batch, ...) float, the target in [0, 1] (0 or 1, or a grey level).
    """
    xp, target = array_module(logits), comparable("bernoulli_nll", logits, target)
    share = shares("bernoulli_nll", logits, weights)
    terms = xp.maximum(logits, 0) - logits * target + xp.log1p(xp.exp(-xp.abs(logits)))
    return (share * terms).sum(), share * (sigmoid(logits) - target)


def gaussian_nll(
    mean: Array, target: Array, variance: float = 1.0, weights: Array | None = None
) -> tuple[Scalar, Array]:
    """-log N(target; mean, variance I) = sum_j 1/2 [ (x_j - m_j)^2 / variance + log(2 pi variance) ].

    Gradient: dm = (m - x) / variance / batch.

    mean, target : (batch, ...) float;  variance : a positive number, given, not learned (see `learned_gaussian_nll`).
    """
    difference = mean - comparable("gaussian_nll", mean, target)
    share = shares("gaussian_nll", mean, weights)
    if not variance > 0:
        raise ValueError(f"gaussian_nll needs a positive variance, got {variance}")
    dmean = share / variance * difference
    constant = math.log(2 * math.pi * variance) * math.prod(mean.shape[1:])
    return ((difference * dmean).sum() + constant) / 2, dmean


def learned_gaussian_nll(
    mean: Array, target: Array, log_variance: Parameter, weights: Array | None = None
) -> tuple[Scalar, Array]:
    """-log N(target; mean, exp(s) I) with one s = log variance for all numbers, which is learned with the network.

    sum_j 1/2 [ (x_j - m_j)^2 exp(-s) + s + log(2 pi) ];  dm = (m - x) exp(-s) / batch,  and for s

        ds = mean over the batch of sum_j 1/2 [ 1 - (x_j - m_j)^2 exp(-s) ],

    which is ADDED to ``log_variance.grad``.  It is 0 where exp(s) is the mean squared error: the likelihood weighs
    itself. Rybkin et al. (2021), section 3.1.

    mean, target : (batch, ...) float;  log_variance : a `Parameter` of one number, ``nn.Parameter(np.zeros(()))``, to
        be given to the optimiser along with the network's.
    """
    difference = mean - comparable("learned_gaussian_nll", mean, target)
    share = shares("learned_gaussian_nll", mean, weights)
    if not isinstance(log_variance, Parameter) or log_variance.data.shape != ():
        raise ValueError(
            "learned_gaussian_nll takes log_variance as a Parameter of one number, nn.Parameter(np.zeros(())), "
            f"got {log_variance!r}"
        )
    check_together("learned_gaussian_nll", mean, log_variance.data)
    s = log_variance.data.astype(mean.dtype)
    precision, numbers = array_module(mean).exp(-s), math.prod(mean.shape[1:])
    squares = (share * (difference * difference)).sum() * precision
    log_variance.grad += (numbers - squares) / 2
    return (squares + numbers * (s + math.log(2 * math.pi))) / 2, share * difference * precision


def squared_error(prediction: Array, target: Array, weights: Array | None = None) -> tuple[Scalar, Array]:
    """||y - t||^2, summed over an example's numbers (dissertation, section 2.1.1.2);  dy = 2 (y - t) / batch.

    prediction, target : (batch, ...) float.
    """
    difference = prediction - comparable("squared_error", prediction, target)
    share = shares("squared_error", prediction, weights)
    return (share * (difference * difference)).sum(), share * (2 * difference)


def softmax_cross_entropy(logits: Array, labels: Array, weights: Array | None = None) -> tuple[Scalar, Array]:
    """-log softmax(logits)[label], the surprise at the true class (compare dissertation, eqs. D.1 and D.2).

    = log sum_k exp(l_k) - l_label, with the largest logit taken out first;  dl = (softmax(l) - onehot) / batch.

    logits : (batch, classes) float;  labels : (batch,) int in 0 ... classes - 1.
    """
    check_labels("softmax_cross_entropy", logits, labels)
    xp, share = array_module(logits), shares("softmax_cross_entropy", logits, weights)
    truth = xp.arange(len(logits)), labels
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponentials = xp.exp(shifted)
    sums = exponentials.sum(axis=1, keepdims=True)
    terms = xp.log(sums) - shifted[truth][:, None]  # (batch, 1)
    dlogits = exponentials / sums
    dlogits[truth] -= 1
    return (share * terms).sum(), share * dlogits


def hinge(scores: Array, labels: Array, weights: Array | None = None, margin: float = 1.0) -> tuple[Scalar, Array]:
    """sum over the wrong classes k of max(0, s_k - s_label + margin): the true class shall win by the margin.

    The multi-class support vector machine of Weston and Watkins (1999).  With violated_k = [s_k - s_label + margin > 0]
    the gradient is ds_k = violated_k / batch and ds_label = -(how many are violated) / batch; at the kink we take 0.

    scores : (batch, classes) float;  labels : (batch,) int in 0 ... classes - 1;  margin : positive.
    """
    check_labels("hinge", scores, labels)
    xp, share = array_module(scores), shares("hinge", scores, weights)
    if not margin > 0:
        raise ValueError(f"hinge needs a positive margin, got {margin}")
    truth = xp.arange(len(scores)), labels
    terms = xp.maximum(scores - scores[truth][:, None] + margin, 0)  # (batch, classes)
    terms[truth] = 0
    dscores = (terms > 0).astype(scores.dtype)
    dscores[truth] = -dscores.sum(axis=1)
    return (share * terms).sum(), share * dscores


def shares(name: str, prediction: Array, weights: Array | None) -> float | Array:
    """What each example counts, w_i / sum w: 1 / batch without weights, else an array (batch, 1, ..., 1).

    Raises ValueError, naming the loss, if the batch is empty or the weights are unusable.
    """
    batch = len(prediction)
    if batch == 0:
        raise ValueError(f"{name} got an empty batch, of shape {prediction.shape}: it has no mean")
    if weights is None:
        return 1 / batch
    array_module(weights)
    check_together(name, prediction, weights)
    if weights.shape != (batch,):
        raise ValueError(f"{name} takes weights ({batch},), one for each example, got shape {weights.shape}")
    weights = weights.astype(prediction.dtype, copy=False)
    total = float(weights.sum())
    if not (0 < total < math.inf and float(weights.min()) >= 0):
        raise ValueError(f"{name} takes finite weights of at least 0 with a positive sum, got the sum {total:g}")
    return (weights / total).reshape(batch, *[1] * (prediction.ndim - 1))


def check_labels(name: str, scores: Array, labels: Array) -> None:
    """Raise ValueError or TypeError, naming the loss, unless there is one class for each row of scores."""
    if scores.ndim != 2 or labels.shape != (len(scores),):
        raise ValueError(
            f"{name} takes logits (batch, classes) and labels (batch,), got {scores.shape} and {labels.shape}"
        )
    if labels.dtype.kind not in "iu":
        raise TypeError(f"{name} takes whole-number labels, got dtype {labels.dtype}")
    if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < scores.shape[1]:
        raise ValueError(
            f"{name} got labels from {int(labels.min())} to {int(labels.max())}: for logits of "
            f"{scores.shape[1]} classes they must be in 0 ... {scores.shape[1] - 1}"
        )


def comparable(name: str, prediction: Array, target: Array) -> Array:
    """The target in the prediction's dtype; ValueError or TypeError, naming the loss, if they do not fit together."""
    array_module(target)
    check_together(name, prediction, target)
    if prediction.shape != target.shape:
        raise ValueError(f"{name} got a prediction of shape {prediction.shape} and a target of shape {target.shape}")
    return target.astype(prediction.dtype, copy=False)
