"""Weighted losses, the learned variance and the hinge loss against PyTorch: value and gradient."""

import numpy as np
import pytest

import nn
from nn import losses

pytest.importorskip("torch", reason="PyTorch is not installed: pip install -e '.[oracle]'")
import torch
from torch.nn import functional as F
from torch_agreement import PRECISIONS, assert_agrees

in_both_precisions = pytest.mark.parametrize("dtype", PRECISIONS)
with_and_without_weights = pytest.mark.parametrize("weighted", [False, True])

DENSITIES = {  # ours; theirs, for each number by itself
    "bernoulli": (losses.bernoulli_nll, lambda p, t: F.binary_cross_entropy_with_logits(p, t, reduction="none")),
    "gaussian": (
        losses.gaussian_nll,
        lambda p, t: F.gaussian_nll_loss(p, t, torch.ones_like(p), full=True, reduction="none"),
    ),
    "squared error": (losses.squared_error, lambda p, t: F.mse_loss(p, t, reduction="none")),
}
CLASSIFIERS = {
    "cross entropy": (losses.softmax_cross_entropy, lambda p, t: F.cross_entropy(p, t, reduction="none")),
    "hinge": (losses.hinge, lambda p, t: F.multi_margin_loss(p, t, reduction="none") * p.shape[1]),
}


def weights_for(batch, weighted, rng, dtype):
    return rng.uniform(0.1, 3, batch).astype(dtype) if weighted else None


def weighted_mean(per_example, weights):
    per_example = per_example.reshape(len(per_example), -1).sum(dim=1)
    weights = torch.ones(len(per_example)) if weights is None else torch.tensor(weights, dtype=torch.float64)
    return (weights * per_example).sum() / weights.sum()


def compare(ours, theirs, prediction, target, weights, dtype):
    loss, gradient = ours(prediction, target, weights=weights)
    torch_prediction = torch.tensor(prediction, dtype=torch.float64, requires_grad=True)
    torch_target = torch.tensor(target).long() if target.dtype.kind == "i" else torch.tensor(target).double()
    torch_loss = weighted_mean(theirs(torch_prediction, torch_target), weights)
    torch_loss.backward()
    assert_agrees(loss, torch_loss.detach().numpy(), dtype, "loss")
    assert_agrees(gradient, torch_prediction.grad.numpy(), dtype, "gradient")


@in_both_precisions
@with_and_without_weights
@pytest.mark.parametrize("form", ["plain", "fast"])
@pytest.mark.parametrize("shape", [(5, 7), (1, 3), (3, 4, 5, 2)], ids=str)
@pytest.mark.parametrize(("ours", "theirs"), DENSITIES.values(), ids=DENSITIES)
def test_densities(ours, theirs, shape, form, weighted, dtype):
    rng = np.random.default_rng(0)
    prediction, target = rng.normal(0, 3, shape).astype(dtype), rng.uniform(size=shape).astype(dtype)
    with nn.use(form):
        compare(ours, theirs, prediction, target, weights_for(shape[0], weighted, rng, dtype), dtype)


@in_both_precisions
@with_and_without_weights
@pytest.mark.parametrize(("batch", "classes"), [(6, 4), (1, 3), (9, 2)])
@pytest.mark.parametrize(("ours", "theirs"), CLASSIFIERS.values(), ids=CLASSIFIERS)
def test_classifiers(ours, theirs, batch, classes, weighted, dtype):
    rng = np.random.default_rng(1)
    scores, labels = rng.normal(0, 2, (batch, classes)).astype(dtype), rng.integers(classes, size=batch)
    compare(ours, theirs, scores, labels, weights_for(batch, weighted, rng, dtype), dtype)


@in_both_precisions
@with_and_without_weights
@pytest.mark.parametrize("log_variance", [-2.0, 0.4])
def test_the_learned_variance(log_variance, weighted, dtype):
    rng = np.random.default_rng(2)
    mean, target = rng.normal(0, 2, (2, 4, 3, 2)).astype(dtype)
    weights = weights_for(4, weighted, rng, dtype)
    parameter = nn.Parameter(np.array(log_variance, dtype))
    loss, dmean = losses.learned_gaussian_nll(mean, target, parameter, weights)
    torch_mean, s = (torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (mean, parameter.data))
    per_number = F.gaussian_nll_loss(
        torch_mean, torch.tensor(target).double(), s.exp().expand(mean.shape), full=True, reduction="none"
    )
    torch_loss = weighted_mean(per_number, weights)
    torch_loss.backward()
    assert_agrees(loss, torch_loss.detach().numpy(), dtype, "loss")
    assert_agrees(dmean, torch_mean.grad.numpy(), dtype, "dmean")
    assert_agrees(parameter.grad, s.grad.numpy(), dtype, "dlog_variance")
