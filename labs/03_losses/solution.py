"""Lab 3: losses.  Each returns its value and its gradient from one call.

A loss SUMS over the numbers of one example and takes the MEAN over the batch.
"""

import numpy as np


def squared_error(prediction, target):
    """Return (loss, dprediction) of the sum of (prediction - target)^2 over an example's numbers.

    prediction, target, dprediction : (batch, n);  loss : one number.
    """
    # BEGIN SOLUTION
    difference = prediction - target
    return (difference**2).sum() / len(prediction), 2 * difference / len(prediction)
    # END SOLUTION


def bernoulli_nll(logits, target):
    """Return (loss, dlogits) of -log p(target), where p(1) = sigmoid(logit) for every number by itself.

    logits, target, dlogits : (batch, n), the target between 0 and 1;  loss : one number.
    No logit may overflow: sum_j max(l_j, 0) - l_j t_j + log(1 + exp(-|l_j|)).
    """
    # BEGIN SOLUTION
    batch = len(logits)
    e = np.exp(-np.abs(logits))
    loss = (np.maximum(logits, 0) - logits * target + np.log1p(e)).sum() / batch
    probability = np.where(logits >= 0, 1, e) / (1 + e)
    return loss, (probability - target) / batch
    # END SOLUTION


def softmax_cross_entropy(logits, labels):
    """Return (loss, dlogits) of -log softmax(logits)[label].

    logits, dlogits : (batch, classes);  labels : (batch,) whole numbers;  loss : one number.
    """
    # BEGIN SOLUTION
    batch, rows = len(logits), np.arange(len(logits))
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sums = np.log(np.exp(shifted).sum(axis=1))
    dlogits = np.exp(shifted - log_sums[:, None])
    dlogits[rows, labels] -= 1
    return (log_sums - shifted[rows, labels]).mean(), dlogits / batch
    # END SOLUTION


def gaussian_nll(mean, log_variance, target):
    """Return (loss, dmean, dlog_variance) of -log N(target; mean, exp(log_variance)), for every number by itself.

    All arrays are (batch, n);  loss : one number, with its constant 1/2 log(2 pi) for each number.
    """
    # BEGIN SOLUTION
    batch = len(mean)
    precision = np.exp(-log_variance)
    difference = mean - target
    terms = difference**2 * precision + log_variance + np.log(2 * np.pi)
    dlog_variance = (1 - difference**2 * precision) / 2
    return terms.sum() / 2 / batch, difference * precision / batch, dlog_variance / batch
    # END SOLUTION
