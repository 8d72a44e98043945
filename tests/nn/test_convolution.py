"""Convolutions against their slow, obvious forms, against each other, and written out as dense layers."""

import numpy as np
import pytest

import nn

pytestmark = pytest.mark.usefixtures("form")

CASES = [
    # kernel, stride, padding, image
    ((3, 3), (1, 1), "same", (6, 5)),
    ((3, 3), (2, 2), "same", (8, 8)),
    ((3, 3), (2, 2), "same", (7, 6)),
    ((4, 2), (2, 3), "same", (7, 8)),
    ((2, 2), (3, 3), "same", (5, 7)),
    ((3, 2), (2, 2), "valid", (8, 7)),
    ((5, 1), (1, 2), "valid", (5, 3)),
    ((3, 3), (2, 1), ((2, 1), (0, 3)), (4, 5)),
]


def convolve_slowly(x, weight, stride, top_left, positions):
    """The sum in `Conv2D`'s docstring, term by term."""
    batch, height, width, _ = x.shape
    kernel_height, kernel_width, _, c_out = weight.shape
    y = np.zeros((batch, *positions, c_out))
    for p, q, i, j in np.ndindex(*positions, kernel_height, kernel_width):
        row, column = p * stride[0] + i - top_left[0], q * stride[1] + j - top_left[1]
        if 0 <= row < height and 0 <= column < width:
            y[:, p, q] += x[:, row, column] @ weight[i, j]
    return y


def geometry(kernel, stride, padding, image):
    """(top, left) padding and positions, as TensorFlow's documentation defines them."""
    if padding == "same":
        positions = tuple(-(-size // s) for size, s in zip(image, stride, strict=True))
        totals = [max((p - 1) * s + k - n, 0) for p, s, k, n in zip(positions, stride, kernel, image, strict=True)]
        return tuple(total // 2 for total in totals), positions
    amounts = ((0, 0), (0, 0)) if padding == "valid" else padding
    positions = tuple((n + sum(a) - k) // s + 1 for n, a, k, s in zip(image, amounts, kernel, stride, strict=True))
    return tuple(before for before, _ in amounts), positions


@pytest.mark.parametrize(("kernel", "stride", "padding", "image"), CASES)
def test_convolution_is_the_sum_in_its_docstring(kernel, stride, padding, image):
    rng = np.random.default_rng(0)
    layer = nn.Conv2D(2, 3, kernel, stride, padding, rng=rng, dtype=np.float64)
    layer.bias.data[:] = rng.normal(size=3)
    x = rng.normal(size=(2, *image, 2))
    top_left, positions = geometry(kernel, stride, padding, image)
    expected = convolve_slowly(x, layer.weight.data, stride, top_left, positions) + layer.bias.data
    np.testing.assert_allclose(layer.forward(x), expected, atol=1e-13)


@pytest.mark.parametrize(("kernel", "stride", "padding", "image"), CASES)
def test_convolution_and_transposed_convolution_are_adjoint(kernel, stride, padding, image):
    """<conv x, y> = <x, conv^T y>, where the transposed convolution gives back the image's size."""
    rng = np.random.default_rng(1)
    transposed = nn.ConvTranspose2D(3, 2, kernel, stride, padding, bias=False, rng=rng, dtype=np.float64)
    positions = geometry(kernel, stride, padding, image)[1]
    y = rng.normal(size=(2, *positions, 3))
    back = transposed.forward(y)
    conv = nn.Conv2D(2, 3, kernel, stride, padding, bias=False, dtype=np.float64)
    conv.weight = transposed.weight
    x = rng.normal(size=back.shape)
    assert conv.forward(x).shape == y.shape
    assert np.vdot(conv.forward(x), y) == pytest.approx(np.vdot(x, back), rel=1e-12)


@pytest.mark.parametrize(("kernel", "stride", "padding", "image"), CASES)
def test_backward_of_a_convolution_is_its_adjoint(kernel, stride, padding, image):
    rng = np.random.default_rng(2)
    conv = nn.Conv2D(2, 3, kernel, stride, padding, bias=False, rng=rng, dtype=np.float64)
    x = rng.normal(size=(2, *image, 2))
    y = conv.forward(x)
    dy = rng.normal(size=y.shape)
    assert np.vdot(y, dy) == pytest.approx(np.vdot(x, conv.backward(dy)), rel=1e-12)


@pytest.mark.parametrize("size", range(1, 9))
@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_same_gives_the_size_divided_by_the_stride_rounded_up_and_back(size, kernel, stride):
    x = np.zeros((1, size, size + 1, 1), np.float32)
    y = nn.Conv2D(1, 1, kernel, stride).forward(x)
    assert y.shape[1:3] == (-(-size // stride), -(-(size + 1) // stride))
    assert nn.ConvTranspose2D(1, 1, kernel, stride).forward(x).shape[1:3] == (size * stride, (size + 1) * stride)


def test_same_puts_the_odd_zero_after_the_image():
    conv = nn.Conv2D(1, 1, 3, 2, bias=False)
    conv.weight.data[:] = np.arange(1, 10, dtype=np.float32).reshape(3, 3, 1, 1)
    x = np.zeros((1, 4, 4, 1), np.float32)
    x[0, 0, 0] = 1
    assert conv.forward(x)[0, 0, 0, 0] == 1  # under the kernel's first element: no zeros before


@pytest.mark.parametrize("layer", [nn.Conv2D, nn.ConvTranspose2D])
@pytest.mark.parametrize(("kernel", "stride", "padding", "image"), CASES)
def test_unrolled_layer_is_a_dense_layer_with_shared_weights(layer, kernel, stride, padding, image):
    """Forward (eq. 2.9) and weight gradient (eq. 2.16)."""
    rng = np.random.default_rng(3)
    layer = layer(2, 3, kernel, stride, padding, bias=False, rng=rng, dtype=np.float64)
    matrix, index = nn.unroll(layer, (*image, 2))
    x = rng.normal(size=(4, *image, 2))
    y = layer.forward(x)
    np.testing.assert_allclose(x.reshape(4, -1) @ matrix, y.reshape(4, -1), atol=1e-12)

    dense = nn.Dense(*matrix.shape, bias=False, dtype=np.float64)
    dense.weight.data[:] = matrix
    dense.forward(x.reshape(4, -1))
    dy = rng.normal(size=y.shape)
    np.testing.assert_allclose(layer.backward(dy).reshape(4, -1), dense.backward(dy.reshape(4, -1)), atol=1e-12)
    shared = np.bincount(index[index >= 0], dense.weight.grad[index >= 0], layer.weight.data.size)
    np.testing.assert_allclose(layer.weight.grad.ravel(), shared, atol=1e-12)


def test_unroll_points_to_weights_by_position():
    conv = nn.Conv2D(1, 1, (1, 2), padding="valid")
    _, index = nn.unroll(conv, (1, 3, 1))
    np.testing.assert_array_equal(index, [[0, -1], [1, 0], [-1, 1]])


def test_the_patch_buffer_does_not_leak_between_sizes_and_batches():
    rng = np.random.default_rng(4)
    conv = nn.Conv2D(1, 2, 3, 2, rng=rng, dtype=np.float64)
    inputs = [rng.normal(size=shape) for shape in ((3, 6, 5, 1), (2, 6, 5, 1), (3, 5, 6, 1), (3, 6, 5, 1))]
    for x in inputs:
        fresh = nn.Conv2D(1, 2, 3, 2, dtype=np.float64)
        fresh.weight = conv.weight
        np.testing.assert_array_equal(conv.forward(x), fresh.forward(x))


def test_results_of_earlier_calls_stay():
    rng = np.random.default_rng(5)
    conv = nn.Conv2D(1, 2, 3, rng=rng, dtype=np.float64)
    first = conv.forward(rng.normal(size=(1, 4, 4, 1)))
    copy = first.copy()
    conv.forward(rng.normal(size=(1, 4, 4, 1)))
    np.testing.assert_array_equal(first, copy)


@pytest.mark.parametrize("kind", [nn.Conv2D, nn.ConvTranspose2D])
def test_an_empty_batch_gives_an_empty_batch(kind):
    layer, x = kind(2, 3, 3, 2), np.zeros((0, 4, 6, 2), np.float32)
    y = layer.forward(x)
    assert y.shape == (0, *layer.forward(np.zeros((1, 4, 6, 2), np.float32)).shape[1:])
    layer.forward(x)
    assert layer.backward(y).shape == x.shape
    np.testing.assert_array_equal(layer.weight.grad, 0)
