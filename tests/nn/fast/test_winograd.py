"""Winograd's transforms by themselves; `test_convolution` has what is computed by them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import nn
from nn.fast import convolution, winograd
from nn.fast.flipping import FlippedProduct, FlippedWinograd, FlippedWinogradGradient
from nn.patches import windows_on

SIZES = [(outputs, kernel) for outputs in winograd.OUTPUTS for kernel in winograd.KERNELS]


@pytest.mark.parametrize(("outputs", "kernel"), SIZES)
def test_a_tile_is_correlated_with_as_many_multiplications_as_it_has_pixels(outputs, kernel):
    rng = np.random.default_rng(0)
    d, k = rng.normal(size=outputs + kernel - 1), rng.normal(size=kernel)
    a, g, b = winograd.along_axis(outputs, kernel)
    assert g.shape == (len(d), kernel)
    assert_allclose(a.T @ ((g @ k) * (b @ d)), np.correlate(d, k, "valid"), atol=1e-13)


@pytest.mark.parametrize(("outputs", "kernel"), SIZES)
def test_float32_loses_few_digits(outputs, kernel):
    """Products of 300 channels, of numbers of size 1: at most four times the rounding error of plain sums."""
    rng = np.random.default_rng(0)
    d, k = rng.normal(size=(outputs + kernel - 1, 500, 300)), rng.normal(size=(kernel, 300))
    seen = np.stack([d[i : i + kernel] for i in range(outputs)])  # (outputs, kernel, 500, 300)
    exact = np.einsum("mrtc,rc->mt", seen, k)
    plain = np.stack([sum(seen[m, r].astype("f") @ k[r].astype("f") for r in range(kernel)) for m in range(outputs)])
    a, g, b = (matrix.astype("f") for matrix in winograd.along_axis(outputs, kernel))
    values, at_points = g @ k.astype("f"), np.tensordot(b, d.astype("f"), 1)
    result = a.T @ np.einsum("ptc,pc->pt", at_points, values, optimize=True)
    assert result.dtype == np.float32
    assert np.std(result - exact) < 4 * np.std(plain - exact)


@pytest.mark.parametrize(
    ("positions", "kernel", "outputs", "tiles"),
    [
        ((14, 10), (3, 3), (3, 2), (5, 5)),  # 5 * 5 < 7 * 4 points;  5 * 4 = 4 * 5, so the smaller tiles
        ((14, 14), (4, 4), (3, 3), (5, 5)),
        ((8, 5), (4, 2), (3, 3), (3, 2)),
        ((1, 2), (3, 2), (2, 2), (1, 1)),
    ],
)
def test_tiles_are_those_with_the_fewest_points(positions, kernel, outputs, tiles):
    windows = windows_on(positions, kernel, (1, 1), "same")
    found = winograd.tiles_on(windows)
    assert (found.stride, found.output_size) == (outputs, tiles)
    for axis in range(2):
        covered = found.stride[axis] * (found.output_size[axis] - 1) + found.kernel_size[axis]
        assert covered == sum(found.padding[axis]) + positions[axis]


def test_only_strides_of_one_and_kernels_of_two_to_four():
    fitting = [
        (size, stride)
        for size in range(1, 7)
        for stride in (1, 2)
        if winograd.fits(windows_on((9, 9), (size, 3), (stride, 1), "same"))
    ]
    assert fitting == [(2, 1), (3, 1), (4, 1)]


@pytest.mark.parametrize("layer", [nn.Conv2D, nn.ConvTranspose2D])
@pytest.mark.parametrize("kernel", [3, (3, 4)])
@pytest.mark.parametrize("stride", [1, 2])
def test_gradients_of_layers_that_use_it(layer, kernel, stride, monkeypatch):
    """At stride 2 only from the image's side, where the flipped kernel has stride 1."""
    monkeypatch.setattr(convolution, "PRODUCTS", (winograd.WinogradProduct if stride == 1 else FlippedProduct,))
    monkeypatch.setattr(convolution, "ADJOINTS", (FlippedWinograd,))
    monkeypatch.setattr(convolution, "GRADIENTS", (FlippedWinogradGradient,))
    rng = np.random.default_rng(0)
    conv = layer(2, 3, kernel, stride, rng=0, dtype=np.float64)
    conv.bias.data[...] = rng.normal(size=3)
    with nn.use("fast"):
        report = nn.check_gradients(conv, rng.normal(size=(2, 5, 7, 2)), rng=rng)
    assert report.ok, report
