"""demos/gradient_check.py and the self-test on the device: every layer and loss, and the whole objective."""

import runpy
from pathlib import Path

import numpy as np
import pytest

import nn
from nn.selftest.report import emulated, main

DEMO = Path(__file__).parents[2] / "demos" / "gradient_check.py"


def test_every_gradient_on_the_device():
    checks = runpy.run_path(str(DEMO))["checks"]
    reports = list(checks(np.random.default_rng(0), "gpu"))
    assert len(reports) > 25
    for name, report in reports:
        assert report.ok, f"{name}\n{report}"


GEOMETRIES = [
    # kernel, stride, padding, image
    (3, 2, "same", (6, 7)),
    ((1, 3), (2, 1), "same", (3, 5)),
    (1, 2, "same", (5, 5)),  # pixels that no position covers
    (3, 2, "valid", (8, 6)),  # a remainder at the edge
    (2, 2, ((1, 3), (4, 0)), (3, 5)),  # more padding than kernel
]


@pytest.mark.parametrize(("kernel", "stride", "padding", "image"), GEOMETRIES)
@pytest.mark.parametrize("layer", [nn.Conv2D, nn.ConvTranspose2D])
def test_convolutions_of_odd_geometry_agree_with_numpy(layer, kernel, stride, padding, image):
    rng = np.random.default_rng(0)
    layer = layer(2, 3, kernel, stride, padding, rng=rng, dtype=np.float64)
    x = rng.normal(size=(2, *image, 2))
    y = layer.forward(x)
    dy = rng.normal(size=y.shape)
    dx, gradients = layer.backward(dy), [parameter.grad for parameter in layer.parameters()]

    layer.to_device("gpu")
    np.testing.assert_allclose(nn.to_host(layer.forward(nn.to_device(x, "gpu"))), y, atol=1e-12)
    np.testing.assert_allclose(nn.to_host(layer.backward(nn.to_device(dy, "gpu"))), dx, atol=1e-12)
    for parameter, gradient in zip(layer.parameters(), gradients, strict=True):
        np.testing.assert_allclose(nn.to_host(parameter.grad), gradient, atol=1e-12)


def test_gradients_add_up_until_they_are_zeroed():
    rng = np.random.default_rng(0)
    layer = nn.Sequential(nn.Dense(3, 4, rng=rng), nn.BatchNorm(4))
    layer.to_device("gpu")
    x, dy = (nn.to_device(rng.normal(size=(5, n)).astype("f"), "gpu") for n in (3, 4))

    def gradients(times):
        for parameter in layer.parameters():
            parameter.zero_grad()
        for _ in range(times):
            layer.forward(x, training=True)
            layer.backward(dy)
        return [nn.to_host(parameter.grad).copy() for parameter in layer.parameters()]

    once, twice, again = gradients(1), gradients(2), gradients(1)
    for first, second, third in zip(once, twice, again, strict=True):
        np.testing.assert_allclose(second, 2 * first, rtol=1e-4, atol=1e-5)
        np.testing.assert_array_equal(third, first)


def test_the_self_test_passes_and_says_when_it_is_emulated(capsys):
    assert main(["--device", "gpu"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Executed under CPU emulation") == emulated()
    assert lines[-1] == "All is well."
