"""Every CUDA form against the plain form, on odd and usual shapes."""

import numpy as np
import pytest

import nn
import vae  # noqa: F401  (its functions stand in the table too)
from nn.cuda import patches
from nn.cuda.elementwise import elementwise
from nn.forms import TABLE
from nn.selftest import report
from nn.selftest.cases import cases
from nn.selftest.compare import form_difference
from nn.selftest.report import TOLERANCES


def vae_cases():
    rng = np.random.default_rng(0)

    def normal(how_many, *shape):
        return tuple(rng.normal(size=(how_many, *shape)))

    shapes = [(1, 1), (3, 5), (100, 10)]
    packed = rng.integers(256, size=(20, 6), dtype=np.uint8)
    return {
        "sample": [normal(3, *shape) for shape in shapes],
        "sample_gradient": [
            (dz, 0.04, mean, np.abs(deviation), noise) for dz, mean, deviation, noise in (normal(4, *s) for s in shapes)
        ],
        "salt_and_pepper": [
            (*normal(1, *shape), share, 2**62 + 12345)
            for shape in ((1, 1), (3, 5, 7, 1), (2, 64, 64, 1))
            for share in (0.0, 0.2, 1.0)
        ],
        "unpack": [(packed, np.array(rows)) for rows in ([3], [19, 0, 3, 3], range(20))],
    }


CASES = cases() | vae_cases()
CUDA = [name for name, forms in TABLE.items() if "cuda" in forms]


@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("name", CUDA)
def test_agreement(name, dtype):
    for case in CASES[name]:
        assert form_difference(name, "cuda", case, dtype, "gpu") <= TOLERANCES[dtype]


@pytest.mark.parametrize("name", ["unfold", "fold"])
def test_patches_of_arrays_too_large_for_32_bits(name, monkeypatch):
    monkeypatch.setattr(patches, "LARGE", 1)
    for case in CASES[name]:
        assert form_difference(name, "cuda", case, "float32", "gpu") <= TOLERANCES["float32"]


@pytest.mark.parametrize("name", ["correlate", "correlate_adjoint", "kernel_gradient", "normalise"])
def test_plain_forms_serve_a_gpu_where_there_is_no_cuda_form(name):
    for case in CASES[name]:
        assert (
            form_difference(name, getattr(nn.convolution, name, nn.batch_norm.normalise), case, "float64", "gpu")
            <= 1e-11
        )


def test_a_wrong_cuda_form_is_noticed(capsys, monkeypatch):
    wrong = elementwise("T dy, T y", "T dx", "dx = dy * (1 - y)", "wrong")
    monkeypatch.setitem(TABLE["tanh_gradient"], "cuda", wrong)
    monkeypatch.setattr(report, "cases", lambda: {"tanh_gradient": CASES["tanh_gradient"]})
    assert not report.check_forms("gpu")
    assert "WRONG" in capsys.readouterr().out


@pytest.mark.parametrize(("logit", "target", "loss"), [(1000, 1, 0), (-1000, 0, 0), (1000, 0, 1000), (-1000, 1, 1000)])
@pytest.mark.parametrize("dtype", TOLERANCES)
def test_the_likelihood_stays_finite(logit, target, loss, dtype):
    there = [nn.to_device(np.full((1, 3), value, dtype), "gpu") for value in (logit, target)]
    value, gradient = nn.losses.bernoulli_nll(*there)
    assert float(value) == 3 * loss
    np.testing.assert_array_equal(nn.to_host(gradient), np.sign(loss) * np.sign(logit) * np.ones((1, 3)))


@pytest.mark.parametrize("shape", [(2, 3), (6, 2), (50, 8, 8, 4)])
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
    y, positive = nn.activations.relu(nn.to_device(np.array([np.nan, -1, 2]), "gpu"))
    np.testing.assert_array_equal(nn.to_host(y), [np.nan, 0, 2])
    np.testing.assert_array_equal(nn.to_host(positive), [False, False, True])
