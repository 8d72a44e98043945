"""Every loss against PyTorch: the value and the gradient, summed over an example and averaged over the batch."""

import numpy as np
import pytest

import nn

pytest.importorskip("torch", reason="PyTorch is not installed: pip install -e '.[oracle]'")
import torch
from torch.nn import functional as F
from torch_agreement import PRECISIONS, assert_agrees

pytestmark = pytest.mark.usefixtures("form")
in_both_precisions = pytest.mark.parametrize("dtype", PRECISIONS)
in_odd_shapes = pytest.mark.parametrize("shape", [(5, 7), (1, 6), (4, 1), (3, 4, 5, 2)], ids=str)


def assert_loss_agrees(ours, function, prediction, dtype):
    """(loss, gradient) from us, against function(prediction), a sum over the whole batch, in PyTorch."""
    loss, gradient = ours
    torch_prediction = torch.tensor(prediction, dtype=torch.float64, requires_grad=True)
    torch_loss = function(torch_prediction) / len(prediction)
    torch_loss.backward()
    assert_agrees(loss, torch_loss.detach().numpy(), dtype, "loss")
    assert_agrees(gradient, torch_prediction.grad.numpy(), dtype, "gradient")


def assert_bernoulli_agrees(logits, target, dtype):
    assert_loss_agrees(
        nn.losses.bernoulli_nll(logits, target),
        lambda logits: F.binary_cross_entropy_with_logits(logits, torch.tensor(target).double(), reduction="sum"),
        logits,
        dtype,
    )


@in_both_precisions
@in_odd_shapes
@pytest.mark.parametrize("levels", [2, 256], ids=["black and white", "grey"])
def test_bernoulli_nll(levels, shape, dtype):
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 3, shape).astype(dtype)
    target = (rng.integers(0, levels, shape) / (levels - 1)).astype(dtype)
    assert_bernoulli_agrees(logits, target, dtype)


@in_both_precisions
@pytest.mark.parametrize("size", [1000, 50, 0])
def test_bernoulli_nll_of_extreme_logits(size, dtype):
    logits = np.array([[size, size, size], [-size, -size, -size]], dtype)
    target = np.array([[0, 1, 0.25], [1, 0, 0.75]], dtype)
    assert_bernoulli_agrees(logits, target, dtype)


@in_both_precisions
@pytest.mark.parametrize("size", [1000, 50])
def test_bernoulli_nll_where_the_logit_is_confident_and_right(size, dtype):
    logits = np.array([[size, -size, 0]], dtype)
    target = np.array([[1, 0, 1]], dtype)
    assert_bernoulli_agrees(logits, target, dtype)


@in_both_precisions
@in_odd_shapes
@pytest.mark.parametrize("variance", [1.0, 0.03, 7.0])
def test_gaussian_nll(variance, shape, dtype):
    rng = np.random.default_rng(0)
    mean, target = rng.normal(0, 2, (2, *shape)).astype(dtype)
    variances = torch.full(shape, variance, dtype=torch.float64)
    assert_loss_agrees(
        nn.losses.gaussian_nll(mean, target, variance),
        lambda mean: F.gaussian_nll_loss(mean, torch.tensor(target).double(), variances, full=True, reduction="sum"),
        mean,
        dtype,
    )


@in_both_precisions
@in_odd_shapes
def test_squared_error(shape, dtype):
    rng = np.random.default_rng(0)
    prediction, target = rng.normal(0, 2, (2, *shape)).astype(dtype)
    assert_loss_agrees(
        nn.losses.squared_error(prediction, target),
        lambda prediction: F.mse_loss(prediction, torch.tensor(target).double(), reduction="sum"),
        prediction,
        dtype,
    )


@in_both_precisions
@pytest.mark.parametrize("label_dtype", [np.int64, np.int32, np.uint8])
@pytest.mark.parametrize("shift", [0, 1000, -1000])
@pytest.mark.parametrize(("batch", "classes"), [(6, 4), (1, 3), (3, 2)])
def test_softmax_cross_entropy(batch, classes, shift, label_dtype, dtype):
    rng = np.random.default_rng(0)
    logits = rng.normal(shift, 3, (batch, classes)).astype(dtype)
    labels = rng.integers(0, classes, batch).astype(label_dtype)
    assert_loss_agrees(
        nn.losses.softmax_cross_entropy(logits, labels),
        lambda logits: F.cross_entropy(logits, torch.tensor(labels).long(), reduction="sum"),
        logits,
        dtype,
    )


@in_both_precisions
def test_softmax_cross_entropy_of_extreme_logits(dtype):
    logits = np.array([[1000, -1000, 0], [-1000, 0, 1000], [0, 1000, 1000]], dtype)
    labels = np.array([1, 2, 1])
    assert_loss_agrees(
        nn.losses.softmax_cross_entropy(logits, labels),
        lambda logits: F.cross_entropy(logits, torch.tensor(labels), reduction="sum"),
        logits,
        dtype,
    )
