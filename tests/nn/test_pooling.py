"""Pooling and upsampling: small cases by hand, gradients, errors."""

import numpy as np
import pytest

import nn

WINDOWS = [
    # kernel_size, stride, padding, image
    (2, None, "valid", (4, 6)),
    (2, None, "valid", (5, 7)),  # a remainder at the edge
    (3, 2, "same", (6, 7)),
    ((3, 2), (1, 2), "valid", (5, 4)),  # overlapping
    (2, 3, "valid", (7, 8)),  # pixels in no window
    ((1, 3), (2, 1), "same", (3, 5)),
    (3, 2, ((2, 0), (1, 2)), (4, 5)),
    (3, 1, "same", (2, 1)),  # larger than the image
]
of_both_kinds = pytest.mark.parametrize("kind", [nn.MaxPool2D, nn.AveragePool2D])


@of_both_kinds
@pytest.mark.parametrize(("kernel_size", "stride", "padding", "image"), WINDOWS)
@pytest.mark.parametrize(("batch", "c"), [(2, 3), (1, 1)])
@pytest.mark.parametrize("training", [True, False])
def test_gradients(kind, kernel_size, stride, padding, image, batch, c, training):
    x = np.random.default_rng(1).normal(size=(batch, *image, c))
    report = nn.check_gradients(kind(kernel_size, stride, padding), x, training=training)
    assert report.ok, report


@pytest.mark.parametrize("layer", [nn.GlobalAveragePool2D(), nn.Upsample(), nn.Upsample((1, 3))], ids=repr)
@pytest.mark.parametrize("shape", [(2, 3, 5, 4), (1, 1, 1, 1), (3, 2, 1, 2)])
def test_gradients_of_layers_without_windows(layer, shape):
    report = nn.check_gradients(layer, np.random.default_rng(2).normal(size=shape))
    assert report.ok, report


def image(rows):
    return np.array(rows, np.float32)[None, :, :, None]


def test_pooling_by_hand():
    x = image([[1, 2, 0, 0], [3, 4, 8, 0]])
    np.testing.assert_array_equal(nn.MaxPool2D(2)(x), image([[4, 8]]))
    np.testing.assert_array_equal(nn.AveragePool2D(2)(x), image([[2.5, 2]]))
    np.testing.assert_array_equal(nn.GlobalAveragePool2D()(x), [[2.25]])


def test_outside_the_image_nothing_is_counted_and_nothing_is_largest():
    x = image([[-1, -2], [-3, -6]])
    np.testing.assert_array_equal(nn.MaxPool2D(2, 1, "same")(x), image([[-1, -2], [-3, -6]]))
    np.testing.assert_array_equal(nn.AveragePool2D(2, 1, "same")(x), image([[-3, -4], [-4.5, -6]]))


def test_of_equal_pixels_the_first_gets_the_gradient():
    layer = nn.MaxPool2D(2)
    layer(image([[5, 5], [5, 5]]))
    np.testing.assert_array_equal(layer.backward(image([[3]])), image([[3, 0], [0, 0]]))
    layer(image([[-np.inf, -np.inf], [-np.inf, -np.inf]]))
    np.testing.assert_array_equal(layer.backward(image([[3]])), image([[3, 0], [0, 0]]))


def test_a_pixel_gets_the_gradients_of_all_windows_that_it_wins():
    layer = nn.MaxPool2D((1, 2), 1)
    layer(image([[1, 9, 2]]))
    np.testing.assert_array_equal(layer.backward(image([[3, 4]])), image([[0, 7, 0]]))


@of_both_kinds
def test_a_nan_is_not_hidden(kind):
    assert np.isnan(kind(2)(image([[1, 2], [np.nan, 4]]))).all()


def test_upsampling_by_hand():
    layer = nn.Upsample((2, 1))
    np.testing.assert_array_equal(layer(image([[1, 2]])), image([[1, 2], [1, 2]]))
    np.testing.assert_array_equal(layer.backward(image([[1, 2], [10, 20]])), image([[11, 22]]))


@pytest.mark.parametrize(
    "layer", [nn.MaxPool2D(2), nn.AveragePool2D(2), nn.GlobalAveragePool2D(), nn.Upsample(2)], ids=repr
)
def test_errors(layer):
    with pytest.raises(RuntimeError, match="backward was called before forward"):
        type(layer)(*([2] if hasattr(layer, "kernel_size") else [])).backward(np.ones((1, 1)))
    with pytest.raises(ValueError, match=r"expected images \(batch, height, width, c\)"):
        layer(np.ones((2, 3), np.float32))
    with pytest.raises(TypeError, match="convert it first"):
        layer(np.ones((2, 4, 4, 3), np.uint8))
    layer(np.ones((2, 4, 4, 3), np.float32))
    with pytest.raises(ValueError, match="dy is the gradient for that output"):
        layer.backward(np.ones((2, 1, 1, 3), np.float32))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: nn.MaxPool2D(0), "kernel_size must be a positive whole number, got 0"),
        (lambda: nn.MaxPool2D(2, 1.5), "stride must be a positive whole number, got 1.5"),
        (lambda: nn.MaxPool2D(2, padding="full"), "padding must be 'same', 'valid' or"),
        (lambda: nn.AveragePool2D(2, padding=((2, 0), (0, 0))), r"padding must be less than the window \(2, 2\)"),
        (lambda: nn.MaxPool2D(5)(np.ones((1, 3, 3, 1))), "a 5x5 kernel does not fit on an image of 3x3 pixels"),
        (lambda: nn.Upsample(0), "factor must be a positive whole number, got 0"),
    ],
)
def test_unusable_arguments(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_names():
    assert repr(nn.MaxPool2D(3, 2)) == "MaxPool2D(3x3, stride=2)"
    assert repr(nn.AveragePool2D((1, 2))) == "AveragePool2D(1x2, stride=(1, 2))"
