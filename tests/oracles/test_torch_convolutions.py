"""Both kinds of convolution against PyTorch, on odd shapes: the output, the input's gradient and every parameter's."""

import numpy as np
import pytest

import nn

pytest.importorskip("torch", reason="PyTorch is not installed: pip install -e '.[oracle]'")
from torch.nn import functional as F
from torch_agreement import PRECISIONS, assert_layer_agrees, draw, randomised

pytestmark = pytest.mark.usefixtures("form")
in_both_precisions = pytest.mark.parametrize("dtype", PRECISIONS)

GEOMETRIES = {  # (height, width) of what comes in, kernel, stride, padding
    "non-square": ((5, 7), (3, 2), (1, 1), "same"),
    "even kernel": ((6, 8), (4, 2), (2, 2), "same"),
    "unequal strides, same": ((7, 10), (3, 4), (2, 3), "same"),
    "unequal strides, valid": ((9, 6), (2, 5), (3, 1), "valid"),
    "stride remainder, same": ((8, 5), (3, 3), (3, 2), "same"),
    "stride remainder, valid": ((8, 9), (3, 2), (2, 3), "valid"),
    "asymmetric padding": ((6, 11), (4, 3), (2, 4), ((0, 2), (1, 0))),
    "padding wider than kernel": ((5, 4), (2, 2), (1, 1), ((3, 0), (0, 2))),
    "kernel larger than image": ((2, 3), (4, 5), (1, 1), "same"),
    "stride larger than kernel, same": ((8, 9), (2, 1), (3, 4), "same"),
    "stride larger than kernel, valid": ((8, 9), (2, 1), (3, 4), "valid"),
    "one pixel": ((1, 1), (3, 3), (2, 1), "same"),
}
on_odd_shapes = pytest.mark.parametrize("geometry", GEOMETRIES.values(), ids=GEOMETRIES)
with_channels = pytest.mark.parametrize(("batch", "c_in", "c_out"), [(3, 2, 4), (1, 1, 1), (1, 3, 1), (2, 1, 3)])


def same_padding(size, kernel, stride):
    """TensorFlow's rule along one axis: zeros (before, after) for ceil(size / stride) positions."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def paddings(image, kernel, stride, padding):
    """((top, bottom), (left, right)) in numbers."""
    if padding == "same":
        return tuple(map(same_padding, image, kernel, stride))
    return ((0, 0), (0, 0)) if padding == "valid" else padding


def convolution(kernel, stride, padding):
    def function(x, weight, bias=None):
        vertical, horizontal = paddings(x.shape[2:], kernel, stride, padding)
        return F.conv2d(F.pad(x, (*horizontal, *vertical)), weight, bias, stride)

    return function


def transposed_convolution(kernel, stride, padding):
    def function(x, weight, bias=None):
        y = F.conv_transpose2d(x, weight, stride=stride)
        image = [positions * s for positions, s in zip(x.shape[2:], stride, strict=True)]  # for "same" alone
        (top, bottom), (left, right) = paddings(image, kernel, stride, padding)
        if padding == "same":  # cut off, or (a stride larger than the kernel) add, until the size is `image`
            bottom, right = y.shape[2] - top - image[0], y.shape[3] - left - image[1]
        y = F.pad(y, (-left, -right, -top, -bottom))
        return y if bias is None else y + bias[:, None, None]

    return function


CONVOLUTIONS = {nn.Conv2D: convolution, nn.ConvTranspose2D: transposed_convolution}
of_both_kinds = pytest.mark.parametrize("kind", CONVOLUTIONS)


@in_both_precisions
@with_channels
@on_odd_shapes
@of_both_kinds
def test_convolution(kind, geometry, batch, c_in, c_out, dtype):
    rng = np.random.default_rng(0)
    size, *sliding = geometry
    layer = randomised(kind(c_in, c_out, *sliding, dtype=dtype), rng)
    x = draw(rng, batch, *size, c_in, dtype=dtype)
    assert_layer_agrees(layer, CONVOLUTIONS[kind](*sliding), x, dtype=dtype)


@in_both_precisions
@of_both_kinds
def test_convolution_without_bias(kind, dtype):
    rng = np.random.default_rng(0)
    layer = randomised(kind(2, 3, (3, 2), 2, "same", bias=False, dtype=dtype), rng)
    x = draw(rng, 2, 5, 6, 2, dtype=dtype)
    assert_layer_agrees(layer, CONVOLUTIONS[kind]((3, 2), (2, 2), "same"), x, dtype=dtype)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
@pytest.mark.parametrize("kernel", [(3, 3), (4, 2), (5, 1), (2, 3)], ids=str)
def test_same_without_a_stride_is_pytorchs_own_same(kernel):
    rng = np.random.default_rng(0)
    layer = randomised(nn.Conv2D(2, 3, kernel, padding="same", dtype=np.float64), rng)
    x = draw(rng, 2, 5, 7, 2, dtype=np.float64)
    assert_layer_agrees(layer, lambda *a: F.conv2d(*a, padding="same"), x, dtype=np.float64)


@in_both_precisions
@of_both_kinds
def test_gradients_add_up_over_batches_of_different_sizes(kind, dtype):
    rng = np.random.default_rng(0)
    inputs = [draw(rng, batch, 4, 5, 3, dtype=dtype) for batch in (4, 2, 4)]
    layer = randomised(kind(3, 2, (3, 2), 2, "same", dtype=dtype), rng)
    assert_layer_agrees(layer, CONVOLUTIONS[kind]((3, 2), (2, 2), "same"), *inputs, dtype=dtype)
