"""The classic mistakes of lab 3, and the arrays that explain them."""

import numpy as np

from labs.harness.mistakes import Mistake

# ruff: noqa: E501  (one mistake a line, however long)
MISTAKES = [
    Mistake("squared_error", "2 * difference / len(prediction)", "2 * difference", "batch not divided"),
    Mistake("squared_error", "2 * difference / len(prediction)", "difference / len(prediction)", "factor 2 missing"),
    Mistake("squared_error", "(difference**2).sum() / len(prediction)", "(difference**2).mean()", "divided by numbers of one example"),
    Mistake("squared_error", "2 * difference / len(prediction)", "2 * difference / difference.size", "mean over everything"),
    Mistake("squared_error", "2 * difference / len(prediction)", "-2 * difference / len(prediction)", "sign flipped"),
    Mistake("squared_error", "difference = prediction - target", "prediction -= target; difference = prediction", "x changed"),
    Mistake("bernoulli_nll", "(probability - target) / batch", "(probability - target) / batch / batch", "batch divided twice"),
    Mistake("bernoulli_nll", "(probability - target) / batch", "(probability - target) * probability * (1 - probability) / batch", "sigmoid slope twice"),
    Mistake("bernoulli_nll", "(probability - target) / batch", "(logits - target) / batch", "activation forgotten"),
    Mistake("bernoulli_nll", "probability - target", "target - probability", "sign flipped"),
    Mistake("softmax_cross_entropy", "dlogits / batch", "dlogits", "batch not divided"),
    Mistake("softmax_cross_entropy", "dlogits[rows, labels] -= 1", "dlogits = dlogits", "one-hot target forgotten"),
    Mistake("softmax_cross_entropy", "dlogits[rows, labels] -= 1", "dlogits[rows, labels] -= 1; p = np.exp(shifted - log_sums[:, None]); dlogits = p * (dlogits - (dlogits * p).sum(axis=1, keepdims=True))", "softmax Jacobian twice"),
    Mistake("softmax_cross_entropy", "log_sums = np.log(np.exp(shifted).sum(axis=1))", "log_sums = np.log(np.exp(shifted).sum(axis=0)[labels])", ""),
    Mistake("gaussian_nll", "np.exp(-log_variance)", "np.exp(-log_variance / 2)", ""),
    Mistake("gaussian_nll", "dlog_variance = (1 - difference**2 * precision) / 2", "dlog_variance = (-difference**2 * precision) / 2", "1/2 missing"),
    Mistake("gaussian_nll", "dlog_variance = (1 - difference**2 * precision) / 2", "dlog_variance = 1 - difference**2 * precision", "factor 2 too much"),
    Mistake("gaussian_nll", "difference * precision / batch", "difference / batch", "factor forgotten"),
    Mistake("smoothed_cross_entropy", "(np.exp(log_probability) - target) / batch", "np.exp(log_probability) - target", "batch not divided"),
    Mistake("smoothed_cross_entropy", "+= 1 - smoothing", "= 1 - smoothing", ""),
]  # fmt: skip


def facts(part, inputs, truth):
    """What a wrong array of `part` may be made of; see `labs.harness.naming`."""
    make = FACTS.get(part)
    return make(**inputs) if make else {}


def _loss(gradient, shape):
    batch, n = shape
    sizes = {f"{name}/sizes/{axis}": size for name in ("loss", gradient) for axis, size in (("batch", batch), ("numbers of one example", n))}  # fmt: skip
    return sizes | {f"{gradient}/axes/": ["batch", "number"]}


def _squared_error(prediction, target):
    return _loss("dprediction", prediction.shape)


def _bernoulli(logits, target):
    p = 1 / (1 + np.exp(-logits))
    batch = len(logits)
    e = np.exp(-np.abs(logits))
    return _loss("dlogits", logits.shape) | {
        "dlogits/terms/probability": p / batch, "dlogits/terms/target": -target / batch,
        "dlogits/mutants/sigmoid slope twice": (p - target) * p * (1 - p) / batch,
        "dlogits/mutants/activation forgotten": (logits - target) / batch,
        "loss/terms/max(l, 0)": np.maximum(logits, 0).sum() / batch, "loss/terms/l t": -(logits * target).sum() / batch,
        "loss/terms/log(1 + exp(-|l|))": np.log1p(e).sum() / batch,
    }  # fmt: skip


def _softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _cross_entropy(logits, labels, smoothing=0.0):
    batch, classes = logits.shape
    p, target = _softmax(logits), np.full(logits.shape, smoothing / classes)
    target[np.arange(batch), labels] += 1 - smoothing
    d = p - target
    return _loss("dlogits", logits.shape) | {
        "dlogits/terms/softmax": p / batch, "dlogits/terms/one-hot target": -target / batch,
        "dlogits/mutants/one-hot target forgotten": p / batch,
        "dlogits/mutants/softmax Jacobian twice": p * (d - (d * p).sum(axis=1, keepdims=True)) / batch,
    }  # fmt: skip


def _gaussian(mean, log_variance, target):
    batch, difference, precision = len(mean), mean - target, np.exp(-log_variance)
    return _loss("dmean", mean.shape) | _loss("dlog_variance", mean.shape) | {
        "dmean/quantities/variance": 1 / precision,
        "dmean/mutants/factor forgotten": difference / batch,
        "dlog_variance/terms/1/2": np.full(mean.shape, 0.5 / batch),
        "dlog_variance/terms/the square over the variance": -(difference**2) * precision / 2 / batch,
        "loss/terms/squares": (difference**2 * precision).sum() / 2 / batch,
        "loss/terms/log variances": log_variance.sum() / 2 / batch,
        "loss/terms/log(2 pi)": mean.size * np.log(2 * np.pi) / 2 / batch,
    }  # fmt: skip


FACTS = {
    "squared_error": _squared_error,
    "bernoulli_nll": _bernoulli,
    "softmax_cross_entropy": _cross_entropy,
    "gaussian_nll": _gaussian,
    "smoothed_cross_entropy": _cross_entropy,
}
