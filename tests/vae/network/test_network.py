"""The code layer and the whole objective."""

import numpy as np
import pytest
from scipy import stats

import nn
import vae


def test_samples_have_the_mean_and_the_deviation_that_the_features_say():
    """exp of the log variance is the variance, not the deviation."""
    rng = np.random.default_rng(0)
    code = vae.GaussianCode(3, 2, rng=rng, dtype=np.float64)
    h = np.repeat(rng.normal(size=(1, 3)), 200_000, axis=0)
    z = code.forward(h, noise=rng.normal(size=(200_000, 2)))
    mean, log_variance = code.distribution(h[:1])
    np.testing.assert_allclose(z.mean(axis=0), mean[0], atol=0.02)
    np.testing.assert_allclose(z.var(axis=0), np.exp(log_variance[0]), rtol=0.02)


def test_kl_is_the_divergence_of_the_two_gaussians():
    """Against numerical integration of q log(q / p)."""
    code = vae.GaussianCode(2, 1, rng=1, dtype=np.float64)
    h = np.random.default_rng(1).normal(size=(4, 2))
    code.forward(h, noise=np.zeros((4, 1)))
    z = np.linspace(-20, 20, 200_001)
    for kl, mean, log_variance in zip(code.kl[:, 0], *(a[:, 0] for a in code.distribution(h)), strict=True):
        q = stats.norm(mean, np.exp(log_variance / 2))
        integrand = q.pdf(z) * (q.logpdf(z) - stats.norm.logpdf(z))
        assert kl == pytest.approx(np.trapezoid(integrand, z), rel=1e-6)


def test_kl_is_zero_for_the_prior_itself():
    code = vae.GaussianCode(2, 3, dtype=np.float64)
    for layer in (code.mean, code.log_variance):
        layer.weight.data[:] = 0
    code.forward(np.ones((1, 2)), noise=np.zeros((1, 3)))
    np.testing.assert_array_equal(code.kl, 0)


def test_noise_of_a_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"noise has shape \(2, 2\): expected .* \(2, 3\)"):
        vae.GaussianCode(4, 3).forward(np.zeros((2, 4), np.float32), noise=np.zeros((2, 2), np.float32))


class CodeWithBothLosses(nn.Layer):
    """The code layer with z and KL side by side, so that one upstream gradient reaches both."""

    def __init__(self, code):
        self.code = code

    def forward(self, h, *, noise, training=False):
        return np.concatenate([self.code.forward(h, noise=noise), self.code.kl.sum(axis=1, keepdims=True)], axis=1)

    def backward(self, dy):
        return self.code.backward(dy[:, :-1], dkl=dy[:, -1:])

    def parameters(self):
        return self.code.parameters()


def test_gradients_of_the_code_layer():
    rng = np.random.default_rng(2)
    layer = CodeWithBothLosses(vae.GaussianCode(4, 3, rng=rng))
    report = nn.check_gradients(layer, rng.normal(size=(5, 4)), noise=rng.normal(size=(5, 3)))
    assert report.ok, report


@pytest.mark.parametrize(
    ("beta", "likelihood", "reduction"),
    [(0.0, "bernoulli", "sum"), (4.0, "bernoulli", "sum"), (1.0, "gaussian", "sum"), (0.3, "gaussian", "mean")],
)
@pytest.mark.parametrize("training", [True, False])
def test_gradients_of_the_whole_objective(beta, likelihood, reduction, training):
    rng = np.random.default_rng(3)
    network = build_tiny(rng, beta=beta, likelihood=likelihood, reduction=reduction)
    x, noise = rng.uniform(size=(5, 8, 6, 1)), rng.normal(size=(5, 2))
    network.forward(x, noise=noise, training=True)
    report = nn.check_gradients(network, x, training=training, noise=noise, target=rng.uniform(size=x.shape))
    assert report.ok, report
    assert len(report.comparisons) == 1 + len(network.parameters())


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_the_objective_is_reconstruction_plus_beta_times_kl(likelihood, reduction):
    rng = np.random.default_rng(4)
    network = build_tiny(rng, beta=3.0, likelihood=likelihood, reduction=reduction)
    x, noise = rng.integers(2, size=(5, 8, 6, 1)).astype(float), rng.normal(size=(5, 2))
    objective = network.forward(x, noise=noise)
    mean, log_variance = network.encode(x)
    decoded = network.decode(mean + np.exp(log_variance / 2) * noise)
    log_pixels = stats.bernoulli.logpmf(x, decoded) if likelihood == "bernoulli" else stats.norm.logpdf(x, decoded)
    log_likelihood = log_pixels.reshape(5, -1).sum(axis=1)
    kl = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1)
    weight = 1 if reduction == "sum" else 1 / 48
    assert objective == pytest.approx(np.mean(-weight * log_likelihood + 3 * kl), rel=1e-10)
    assert network.reconstruction == pytest.approx(-log_likelihood.mean(), rel=1e-10)
    assert network.kl.sum() == pytest.approx(kl.mean(), rel=1e-10)
    np.testing.assert_allclose(network.elbo(x, noise=noise), log_likelihood - kl, rtol=1e-10)


def build_tiny(rng, **objective):
    return vae.ARCHITECTURES["tiny"].build(2, rng, np.float64, **objective)


@pytest.mark.parametrize("name", ["tiny", "shapes-dense", "shapes-conv"])
def test_a_training_step_stays_in_float32(name):
    rng = np.random.default_rng(5)
    architecture = vae.ARCHITECTURES[name]
    network = architecture.build(2, rng, np.float32)
    adam = nn.Adam(network.parameters())
    x = rng.integers(2, size=(2, *architecture.image_shape)).astype(np.float32)
    objective = network.forward(x, noise=rng.standard_normal((2, 2), dtype=np.float32), training=True)
    network.backward_parameters()
    adam.step()
    assert objective.dtype == network.reconstruction.dtype == network.kl.dtype == np.float32
    assert all(array.dtype == np.float32 for array in network.state().values() if array.ndim)
    assert all(parameter.grad.dtype == np.float32 for parameter in network.parameters())
