"""Every layer but the convolutions against PyTorch: the output, the input's gradient and every parameter's."""

import numpy as np
import pytest

import nn

pytest.importorskip("torch", reason="PyTorch is not installed: pip install -e '.[oracle]'")
import torch
from torch.nn import functional as F
from torch_agreement import PRECISIONS, assert_agrees, assert_layer_agrees, draw, randomised

pytestmark = pytest.mark.usefixtures("form")
in_both_precisions = pytest.mark.parametrize("dtype", PRECISIONS)


# ---- Fully connected


@in_both_precisions
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("batch", "n_in", "n_out"), [(5, 4, 3), (1, 6, 2), (4, 1, 1)])
def test_dense(batch, n_in, n_out, bias, dtype):
    rng = np.random.default_rng(0)
    layer = randomised(nn.Dense(n_in, n_out, bias=bias, dtype=dtype), rng)
    assert_layer_agrees(layer, F.linear, draw(rng, batch, n_in, dtype=dtype), dtype=dtype)


# ---- Batch normalisation


def batch_norm(x, scale, shift):
    return F.batch_norm(x, None, None, scale, shift, training=True, eps=1e-4)


BATCHES = [((7, 3), (4, 3), (5, 3)), ((4, 5, 2, 3), (2, 3, 6, 3), (1, 4, 4, 3))]
for_rows_and_images = pytest.mark.parametrize("shapes", BATCHES, ids=["rows", "images"])


@in_both_precisions
@for_rows_and_images
def test_batch_norm_in_training(shapes, dtype):
    rng = np.random.default_rng(0)
    layer = randomised(nn.BatchNorm(3, dtype=dtype), rng)
    assert_layer_agrees(layer, batch_norm, draw(rng, *shapes[0], dtype=dtype), dtype=dtype, training=True)


def expected_averages(batches, momentum):
    """Batch means and biased variances, averaged over the steps with weights momentum^(steps ago) that sum to 1."""
    statistics = torch.stack(
        [torch.stack(torch.var_mean(torch.tensor(x).double().flatten(0, -2), dim=0, correction=0)) for x in batches]
    )
    weights = momentum ** torch.arange(len(batches) - 1.0, -1, -1, dtype=torch.float64)
    variance, mean = torch.tensordot(weights / weights.sum(), statistics, dims=1)
    return mean, variance


@in_both_precisions
@for_rows_and_images
@pytest.mark.parametrize("momentum", [0.999, 0.6, 0.0])
def test_batch_norm_running_averages(momentum, shapes, dtype):
    rng = np.random.default_rng(0)
    layer = nn.BatchNorm(3, momentum, dtype=dtype)
    batches = [draw(rng, *shape, dtype=dtype) for shape in shapes]
    for x in batches:
        layer.forward(x, training=True)
    mean, variance = expected_averages(batches, momentum)
    assert_agrees(layer.running_mean, mean.numpy(), dtype, "running_mean")
    assert_agrees(layer.running_variance, variance.numpy(), dtype, "running_variance")


@in_both_precisions
@for_rows_and_images
def test_batch_norm_in_evaluation(shapes, dtype):
    rng = np.random.default_rng(0)
    layer = randomised(nn.BatchNorm(3, dtype=dtype), rng)
    batches = [draw(rng, *shape, dtype=dtype) for shape in shapes]
    for x in batches:
        layer.forward(x, training=True)
    mean, variance = expected_averages(batches, layer.momentum)

    def function(x, scale, shift):
        return F.batch_norm(x, mean, variance, scale, shift, training=False, eps=1e-4)

    assert_layer_agrees(layer, function, draw(rng, *shapes[0], dtype=dtype), dtype=dtype)


@in_both_precisions
@for_rows_and_images
def test_batch_norm_in_evaluation_before_any_training(shapes, dtype):
    rng = np.random.default_rng(0)
    layer, fresh = randomised(nn.BatchNorm(3, dtype=dtype), rng), torch.nn.BatchNorm1d(3).double()

    def function(x, scale, shift):
        return F.batch_norm(x, fresh.running_mean, fresh.running_var, scale, shift, training=False, eps=1e-4)

    assert_layer_agrees(layer, function, draw(rng, *shapes[0], dtype=dtype), dtype=dtype)


# ---- Activations

ACTIVATIONS = {
    "ReLU": (nn.ReLU(), F.relu),
    "LeakyReLU": (nn.LeakyReLU(0.2), lambda x: F.leaky_relu(x, 0.2)),
    "Tanh": (nn.Tanh(), torch.tanh),
    "Sigmoid": (nn.Sigmoid(), torch.sigmoid),
    "Softmax": (nn.Softmax(), lambda x: F.softmax(x, dim=1)),
}
of_every_kind = pytest.mark.parametrize(("layer", "function"), ACTIVATIONS.values(), ids=ACTIVATIONS)


@in_both_precisions
@of_every_kind
@pytest.mark.parametrize("shape", [(5, 4), (1, 3), (2, 3, 5, 4)], ids=str)
def test_activation(layer, function, shape, dtype):
    assert_layer_agrees(layer, function, draw(np.random.default_rng(0), *shape, dtype=dtype), dtype=dtype)


@in_both_precisions
@of_every_kind
def test_activation_at_zero_and_far_from_it(layer, function, dtype):
    x = np.array([[0, -1000, 0.5], [1000, -30, 0], [-0.0, 30, 1000], [-1000, -1000, -999]], dtype)
    assert_layer_agrees(layer, function, x, dtype=dtype)


# ---- Adding up


@in_both_precisions
def test_dense_gradients_add_up_over_batches_of_different_sizes(dtype):
    rng = np.random.default_rng(0)
    inputs = [draw(rng, batch, 3, dtype=dtype) for batch in (4, 2, 4)]
    assert_layer_agrees(randomised(nn.Dense(3, 4, dtype=dtype), rng), F.linear, *inputs, dtype=dtype)


@in_both_precisions
def test_batch_norm_gradients_add_up_over_batches_of_different_sizes(dtype):
    rng = np.random.default_rng(0)
    inputs = [draw(rng, batch, 4, 5, 3, dtype=dtype) for batch in (4, 2, 4)]
    layer = randomised(nn.BatchNorm(3, dtype=dtype), rng)
    assert_layer_agrees(layer, batch_norm, *inputs, dtype=dtype, training=True)
