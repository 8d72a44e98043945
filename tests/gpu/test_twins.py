"""Every GPU form against its NumPy form, the plain formula, on odd and usual shapes."""

import numpy as np
import pytest

import nn
from nn import kernels, selftest
from nn.selftest import TOLERANCES, adam_difference, twin_cases, twin_difference
from vae.network import gaussian_code
from vae.training import corruption, packed_on_gpu


def vae_cases():
    rng = np.random.default_rng(0)

    def normal(how_many, *shape):
        return tuple(rng.normal(size=(how_many, *shape)))

    shapes = [(1, 1), (3, 5), (100, 10)]
    packed = rng.integers(256, size=(20, 6), dtype=np.uint8)
    return {
        gaussian_code.sample: [normal(3, *shape) for shape in shapes],
        gaussian_code.sample_gradient: [
            (dz, 0.04, mean, np.abs(deviation), eps) for dz, mean, deviation, eps in (normal(4, *s) for s in shapes)
        ],
        corruption.salt_and_pepper: [
            (*normal(1, *shape), share, 2**62 + 12345)
            for shape in ((1, 1), (3, 5, 7, 1), (2, 64, 64, 1))
            for share in (0.0, 0.2, 1.0)
        ],
        packed_on_gpu.unpack: [(packed, np.array(rows)) for rows in ([3], [19, 0, 3, 3], range(20))],
    }


CASES = twin_cases() | vae_cases()


def test_every_gpu_form_is_tested():
    assert set(CASES) == set(kernels.TWINS)


@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("function", CASES, ids=lambda function: function.__name__)
def test_agreement(function, dtype):
    for case in CASES[function]:
        assert twin_difference(function, case, dtype, "gpu") <= TOLERANCES[dtype]


@pytest.mark.parametrize("dtype", TOLERANCES)
def test_adam(dtype):
    assert adam_difference(dtype, "gpu") <= TOLERANCES[dtype]


def test_a_wrong_gpu_form_is_noticed(capsys, monkeypatch):
    wrong = kernels.kernel("T dy, T y", "T dx", "dx = dy * (1 - y)", "wrong")
    function = kernels.gpu_form(wrong)(nn.activations.tanh_gradient.on_cpu)
    kernels.TWINS.remove(function)
    cases = {function: twin_cases()[nn.activations.tanh_gradient]}
    monkeypatch.setattr(selftest, "twin_cases", lambda: cases)
    assert not selftest.check_twins("gpu")
    assert "WRONG" in capsys.readouterr().out


@pytest.mark.parametrize(("logit", "target", "loss"), [(1000, 1, 0), (-1000, 0, 0), (1000, 0, 1000), (-1000, 1, 1000)])
@pytest.mark.parametrize("dtype", TOLERANCES)
def test_the_likelihood_stays_finite(logit, target, loss, dtype):
    there = [nn.to_device(np.full((1, 3), value, dtype), "gpu") for value in (logit, target)]
    value, gradient = nn.losses.bernoulli_nll(*there)
    assert float(value) == 3 * loss
    np.testing.assert_array_equal(nn.to_host(gradient), np.sign(loss) * np.sign(logit) * np.ones((1, 3)))


@pytest.mark.parametrize("shape", [(1, 3), (6, 2), (50, 8, 8, 4)])
def test_batch_norm_of_constant_and_far_off_channels(shape):
    """A deviation of 1 around 10,000: sums of squares of x itself would have lost it in float32."""
    constant = nn.to_device(np.full(shape, 1e4, np.float32), "gpu")
    layer = nn.BatchNorm(shape[-1])
    layer.to_device("gpu")
    np.testing.assert_array_equal(nn.to_host(layer.forward(constant, training=True)), 0)
    x = 1e4 + np.random.default_rng(0).normal(size=shape)
    expected = nn.BatchNorm(shape[-1], dtype=np.float64).forward(x.astype(np.float32).astype(float), training=True)
    y = nn.to_host(layer.forward(nn.to_device(x.astype(np.float32), "gpu"), training=True))
    np.testing.assert_allclose(y, expected, atol=2e-3)


def test_a_rectifier_passes_nan_on():
    """A divergence must not hide."""
    y, positive = nn.activations.rectify(nn.to_device(np.array([np.nan, -1, 2]), "gpu"))
    np.testing.assert_array_equal(nn.to_host(y), [np.nan, 0, 2])
    np.testing.assert_array_equal(nn.to_host(positive), [False, False, True])
