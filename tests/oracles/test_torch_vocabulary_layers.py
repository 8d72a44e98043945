"""Pooling, normalisation by example, branches, embeddings and smooth activations against PyTorch."""

import numpy as np
import pytest

import nn

pytest.importorskip("torch", reason="PyTorch is not installed: pip install -e '.[oracle]'")
import torch
from torch.nn import functional as F
from torch_agreement import PRECISIONS, assert_agrees, assert_layer_agrees, draw, randomised
from torch_twins import from_torch

in_both_precisions = pytest.mark.parametrize("dtype", PRECISIONS)


# ---- Activations

ACTIVATIONS = {
    "Softplus": (nn.Softplus(), F.softplus),
    "ELU": (nn.ELU(), F.elu),
    "ELU(0.3)": (nn.ELU(0.3), lambda x: F.elu(x, 0.3)),
    "SiLU": (nn.SiLU(), F.silu),
    "GELU": (nn.GELU(), F.gelu),
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


@in_both_precisions
@pytest.mark.parametrize("kind", [nn.Softplus, nn.SiLU, nn.GELU, nn.ELU])
def test_activation_below_zero(kind, dtype):
    """Where outputs are small, against their own size."""
    function = {nn.Softplus: F.softplus, nn.SiLU: F.silu, nn.GELU: F.gelu, nn.ELU: F.elu}[kind]
    x = np.linspace(-3, -0.5, 12).reshape(3, 4).astype(dtype)
    assert_layer_agrees(kind(), function, x, dtype=dtype)


# ---- Pooling


def padded(x, layer, image_size, value):
    """PyTorch's images with the layer's padding around them."""
    (top, bottom), (left, right) = layer.windows(image_size).padding
    return F.pad(x, (left, right, top, bottom), value=value)


def max_pool(layer):
    def function(x):
        return F.max_pool2d(padded(x, layer, x.shape[2:], -torch.inf), layer.kernel_size, layer.stride)

    return function


def average_pool(layer):
    def total(x):
        return F.avg_pool2d(padded(x, layer, x.shape[2:], 0), layer.kernel_size, layer.stride, divisor_override=1)

    return lambda x: total(x) / total(torch.ones_like(x))


WINDOWS = [
    (2, None, "valid", (4, 6)),
    (3, 2, "same", (6, 7)),
    ((3, 2), (1, 2), "valid", (5, 4)),
    (2, 3, "valid", (7, 8)),
    (3, 2, ((2, 0), (1, 2)), (4, 5)),
]


@in_both_precisions
@pytest.mark.parametrize(("kernel_size", "stride", "padding", "image"), WINDOWS)
@pytest.mark.parametrize(("kind", "twin"), [(nn.MaxPool2D, max_pool), (nn.AveragePool2D, average_pool)])
def test_pooling(kind, twin, kernel_size, stride, padding, image, dtype):
    layer = kind(kernel_size, stride, padding)
    assert_layer_agrees(layer, twin(layer), draw(np.random.default_rng(0), 3, *image, 2, dtype=dtype), dtype=dtype)


@in_both_precisions
def test_max_pooling_of_equal_pixels(dtype):
    """As after a ReLU: many zeros, of which one has to be the largest."""
    layer = nn.MaxPool2D(3, 2)
    x = np.random.default_rng(0).integers(-1, 2, size=(3, 7, 9, 2)).astype(dtype)
    assert_layer_agrees(layer, max_pool(layer), x, dtype=dtype)


@in_both_precisions
def test_average_pooling_as_pytorch_counts_without_padding(dtype):
    layer = nn.AveragePool2D(3, 2, ((1, 1), (1, 1)))
    x = draw(np.random.default_rng(0), 2, 5, 7, 3, dtype=dtype)
    assert_layer_agrees(layer, lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False), x, dtype=dtype)


@in_both_precisions
def test_global_average_pooling(dtype):
    x = draw(np.random.default_rng(0), 3, 4, 5, 2, dtype=dtype)
    assert_layer_agrees(nn.GlobalAveragePool2D(), lambda x: F.adaptive_avg_pool2d(x, 1).flatten(1), x, dtype=dtype)


@in_both_precisions
@pytest.mark.parametrize("factor", [(2, 2), (1, 3)])
def test_upsampling(factor, dtype):
    x = draw(np.random.default_rng(0), 2, 3, 5, 2, dtype=dtype)
    assert_layer_agrees(nn.Upsample(factor), lambda x: F.interpolate(x, scale_factor=factor), x, dtype=dtype)


# ---- Normalisation


@in_both_precisions
@pytest.mark.parametrize("shape", [(5, 6), (1, 6), (2, 3, 5, 6)], ids=str)
@pytest.mark.parametrize("training", [True, False])
def test_layer_norm(shape, training, dtype):
    rng = np.random.default_rng(0)

    def function(x, scale, shift):
        return F.layer_norm(x.movedim(1, -1), (6,), scale, shift).movedim(-1, 1)

    layer = randomised(nn.LayerNorm(6, dtype=dtype), rng)
    assert_layer_agrees(layer, function, draw(rng, *shape, dtype=dtype), dtype=dtype, training=training)


@in_both_precisions
@pytest.mark.parametrize("shape", [(5, 12), (1, 2, 3, 12), (3, 4, 5, 12)], ids=str)
@pytest.mark.parametrize("groups", [1, 2, 3])
def test_group_norm(groups, shape, dtype):
    rng = np.random.default_rng(0)
    layer = randomised(nn.GroupNorm(groups, 12, dtype=dtype), rng)
    inputs = [draw(rng, *shape, dtype=dtype) for _ in range(2)]
    assert_layer_agrees(layer, lambda x, *w: F.group_norm(x, groups, *w), *inputs, dtype=dtype)


# ---- Branches


@in_both_precisions
def test_residual_block(dtype):
    rng = np.random.default_rng(0)
    inner = nn.Sequential(nn.Conv2D(2, 3, 3, dtype=dtype), nn.SiLU(), nn.Conv2D(3, 4, 3, dtype=dtype))
    layer = randomised(nn.Residual(inner, nn.Conv2D(2, 4, 1, bias=False, dtype=dtype)), rng)

    def function(x, w1, b1, w2, b2, w):
        return F.conv2d(F.silu(F.conv2d(x, w1, b1, padding=1)), w2, b2, padding=1) + F.conv2d(x, w)

    assert_layer_agrees(layer, function, draw(rng, 2, 4, 5, 2, dtype=dtype), dtype=dtype)


@in_both_precisions
def test_residual_with_itself(dtype):
    rng = np.random.default_rng(0)
    layer = randomised(nn.Residual(nn.Dense(3, 3, dtype=dtype)), rng)
    assert_layer_agrees(layer, lambda x, w, b: F.linear(x, w, b) + x, draw(rng, 4, 3, dtype=dtype), dtype=dtype)


@in_both_precisions
def test_concatenated_branches(dtype):
    rng = np.random.default_rng(0)
    branches = nn.Conv2D(2, 3, 1, dtype=dtype), nn.Identity(), nn.Conv2D(2, 1, 3, dtype=dtype)
    layer = randomised(nn.Concatenate(*branches), rng)

    def function(x, w1, b1, w3, b3):
        return torch.cat([F.conv2d(x, w1, b1), x, F.conv2d(x, w3, b3, padding=1)], dim=1)

    assert_layer_agrees(layer, function, draw(rng, 2, 4, 5, 2, dtype=dtype), dtype=dtype)


# ---- Layers with an input or randomness of their own


@in_both_precisions
@pytest.mark.parametrize("form", ["plain", "fast"])
@pytest.mark.parametrize("shape", [(7,), (3, 4)], ids=str)
def test_embedding(shape, form, dtype):
    rng = np.random.default_rng(0)
    layer, x = nn.Embedding(5, 3, rng=rng, dtype=dtype), rng.integers(5, size=shape)
    weight = torch.tensor(layer.weight.data, dtype=torch.float64, requires_grad=True)
    y = F.embedding(torch.tensor(x), weight)
    assert_agrees(layer(x), y.detach().numpy(), dtype, "y")
    dy = draw(rng, *y.shape, dtype=dtype)
    with nn.use(form):
        layer.backward(dy)
    y.backward(torch.tensor(dy, dtype=torch.float64))
    assert_agrees(layer.weight.grad, weight.grad.numpy(), dtype, "dweight")


@in_both_precisions
def test_dropout_given_its_mask(dtype):
    """PyTorch draws other masks: the mask is read off a forward of ones."""
    shape = 4, 5, 3, 2
    mask = torch.tensor(nn.Dropout(0.3, rng=1)(np.ones(shape), training=True)).movedim(-1, 1)
    assert set(mask.unique().tolist()) == {0, 1 / 0.7}
    x = draw(np.random.default_rng(0), *shape, dtype=dtype)
    assert_layer_agrees(nn.Dropout(0.3, rng=1), lambda x: x * mask, x, dtype=dtype, training=True)
    assert_layer_agrees(nn.Dropout(0.3, rng=1), lambda x: F.dropout(x, 0.3, training=False) * 1, x, dtype=dtype)


def test_dropout_drops_as_many_numbers_as_pytorch():
    ours = nn.Dropout(0.3, rng=0)(np.ones((200, 500)), training=True)
    theirs = from_torch(F.dropout(torch.ones(200, 500, dtype=torch.float64), 0.3))
    assert abs((ours == 0).mean() - (theirs == 0).mean()) < 0.01
    assert ours.max() == pytest.approx(theirs.max())
