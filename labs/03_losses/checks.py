"""What lab 3 checks."""

import numpy as np

from labs.harness.checking import check


def real_target(rng, sizes):
    return {"prediction": rng.normal(size=sizes[:2]), "target": rng.normal(size=sizes[:2])}


def grey_target(rng, sizes):
    return {"logits": rng.normal(scale=2, size=sizes[:2]), "target": rng.uniform(size=sizes[:2])}


def large_logits(rng, sizes):
    logits = rng.normal(size=sizes[:2])
    logits[0, :2] = 800, -800
    return {"logits": logits, "target": rng.integers(0, 2, size=sizes[:2]).astype(float)}


def labelled(rng, sizes):
    batch, classes = sizes[:2]
    return {"logits": rng.normal(scale=2, size=(batch, classes)), "labels": rng.integers(0, classes, batch)}


def large_and_labelled(rng, sizes):
    inputs = labelled(rng, sizes)
    inputs["logits"][0, :2] = 800, -800
    return inputs


def two_moments(rng, sizes):
    names = ("mean", "log_variance", "target")
    return {name: rng.normal(size=sizes[:2]) for name in names}


def smoothed(rng, sizes):
    return labelled(rng, sizes) | {"smoothing": rng.uniform(0.1, 0.4)}


def loss_arrays(lab, name, *arrays, gradients):
    """Loss and gradients, and whether the arrays stay as they are."""
    given = [array.copy() if isinstance(array, np.ndarray) else array for array in arrays]
    results = getattr(lab, name)(*given)
    found = dict(zip(["loss", *gradients], results, strict=True))
    return {"x after forward": given[0]} | found


@check("squared_error", real_target, points=15)
def squared_error(lab, prediction, target):
    """sum over an example, mean over the batch"""
    return loss_arrays(lab, "squared_error", prediction, target, gradients=["dprediction"])


@check("bernoulli_nll", grey_target, points=20)
def bernoulli_nll(lab, logits, target):
    """the cross entropy of independent coins"""
    return loss_arrays(lab, "bernoulli_nll", logits, target, gradients=["dlogits"])


@check("bernoulli_nll with large logits", large_logits, points=10, needs=["bernoulli_nll"])
def bernoulli_nll_large(lab, logits, target):
    """right for logits of 800 and -800, too"""
    with np.errstate(all="ignore"):
        return loss_arrays(lab, "bernoulli_nll", logits, target, gradients=["dlogits"])


@check("softmax_cross_entropy", labelled, points=20)
def softmax_cross_entropy(lab, logits, labels):
    """the surprise at the true class"""
    return loss_arrays(lab, "softmax_cross_entropy", logits, labels, gradients=["dlogits"])


@check("softmax_cross_entropy with large logits", large_and_labelled, points=10, needs=["softmax_cross_entropy"])
def softmax_cross_entropy_large(lab, logits, labels):
    """right for logits of 800 and -800, too"""
    with np.errstate(all="ignore"):
        return loss_arrays(lab, "softmax_cross_entropy", logits, labels, gradients=["dlogits"])


@check("gaussian_nll", two_moments, points=15)
def gaussian_nll(lab, mean, log_variance, target):
    """a normal distribution with a variance of its own for each number"""
    return loss_arrays(lab, "gaussian_nll", mean, log_variance, target, gradients=["dmean", "dlog_variance"])


@check("smoothed_cross_entropy", smoothed, points=10)
def smoothed_cross_entropy(lab, logits, labels, smoothing):
    """a target that is not sure"""
    return loss_arrays(lab, "smoothed_cross_entropy", logits, labels, smoothing, gradients=["dlogits"])
