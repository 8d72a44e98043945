"""Initial weights: their variance, and what it does to signals."""

import numpy as np
import pytest

import nn


@pytest.mark.parametrize(
    ("layer", "fan_in", "fan_out"),
    [
        (lambda init: nn.Dense(300, 200, initialiser=init, rng=0), 300, 200),
        (lambda init: nn.Conv2D(30, 20, (3, 5), initialiser=init, rng=0), 450, 300),
        (lambda init: nn.ConvTranspose2D(30, 20, (3, 5), initialiser=init, rng=0), 450, 300),
    ],
)
def test_initial_weights_have_the_variance_of_the_papers(layer, fan_in, fan_out):
    xavier, he = layer(nn.xavier_uniform).weight.data, layer(nn.he_normal).weight.data
    assert xavier.var() == pytest.approx(2 / (fan_in + fan_out), rel=0.05)  # eq. 3.17
    assert np.abs(xavier).max() <= np.sqrt(6 / (fan_in + fan_out))  # eq. 3.18
    assert he.var() == pytest.approx(2 / fan_in, rel=0.05)  # eq. 3.19
    assert np.abs(he).max() > 3 * np.sqrt(2 / fan_in)  # normal, not uniform


def output_variance(layer, side):
    """Of the layer's output for independent inputs of variance 1, without the edge, where padding counts."""
    x = np.random.default_rng(0).normal(size=(8, side, side, layer.c_in))
    return float(layer.forward(x)[:, 3:-3, 3:-3].var())


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize(("initialiser", "variance"), [(nn.xavier_uniform, 1), (nn.he_normal, 2)])
def test_a_transposed_convolution_keeps_the_variance_that_a_convolution_keeps(initialiser, variance, stride):
    """Xavier's keeps it at 1 if there are as many numbers before as after: channels make up for the pixels.

    He's makes it 2 (a ReLU halves the mean square) whatever comes after.
    """
    wide = 10 * stride**2
    options = {"initialiser": initialiser, "rng": 1, "dtype": np.float64}
    convolution = nn.Conv2D(wide, wide, 6, stride, **options)
    transposed = nn.ConvTranspose2D(wide, 10, 6, stride, **options)
    assert output_variance(convolution, 14 * stride) == pytest.approx(variance, rel=0.15)
    assert output_variance(transposed, 14) == pytest.approx(variance, rel=0.15)
