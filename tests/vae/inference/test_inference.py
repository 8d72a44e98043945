"""The true inference error, against divergences taken image by image and the closed form of linear models."""

import numpy as np
import pytest

import datasets
import vae
from vae import inference
from vae.inference import Truth, true_inference_error
from vae.tractable import LinearBetaVAE


def divergence(mean, variances, true_mean, precision):
    """KL of two Gaussians from the textbook, one image at a time."""
    k, difference = len(mean), mean - true_mean
    return 0.5 * (
        np.trace(precision @ np.diag(variances)) + difference @ precision @ difference - k
        - np.linalg.slogdet(precision)[1] - np.log(variances).sum()
    )  # fmt: skip


def random_codes(k, seed=0, n=50):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(k, k))
    truth = Truth(rng.normal(size=(n, k)), root @ root.T + np.eye(k))
    return rng.normal(size=(n, k)), rng.normal(size=(n, k)), truth


@pytest.mark.parametrize("k", [1, 2, 3])
def test_it_is_the_smallest_mean_divergence_over_signed_permutations(k):
    mean, log_variance, truth = random_codes(k)
    found = true_inference_error(mean, log_variance, truth)

    def tie(order, signs):
        codes = zip(mean[:, order] * signs, np.exp(log_variance[:, order]), truth.mean, strict=True)
        return np.mean([divergence(m, s, mu, truth.precision) for m, s, mu in codes])

    assert found.tie == pytest.approx(tie(np.array(found.order), np.array(found.signs)), rel=1e-12)
    rng = np.random.default_rng(1)
    others = [tie(rng.permutation(k), rng.choice([-1, 1], size=k)) for _ in range(50)]
    assert found.tie <= min(others) + 1e-12


def test_a_shuffled_and_flipped_true_posterior_has_no_error():
    rng = np.random.default_rng(2)
    precision = np.diag([2.0, 5.0, 9.0])
    truth = Truth(rng.normal(size=(40, 3)), precision)
    order, signs = (2, 0, 1), (1, -1, -1)  # latent order[i] times signs[i] is source i
    mean, log_variance = np.empty((40, 3)), np.empty((40, 3))
    for i, (latent, sign) in enumerate(zip(order, signs, strict=True)):
        mean[:, latent], log_variance[:, latent] = sign * truth.mean[:, i], -np.log(precision[i, i])
    found = true_inference_error(mean, log_variance, truth)
    assert found.tie == pytest.approx(0, abs=1e-12)
    assert (found.order, found.signs) == (order, signs)


def test_it_agrees_with_the_closed_form_of_the_linear_model():
    rng = np.random.default_rng(3)
    mixing, noise = rng.normal(size=(6, 2)), 0.7
    solution = LinearBetaVAE(mixing, noise, beta=2.0).solve()
    x = rng.normal(size=(200_000, 2)) @ mixing.T + np.sqrt(noise) * rng.normal(size=(200_000, 6))
    B, precision = vae.tractable.linear_gaussian.posterior(mixing, noise)
    found = true_inference_error(x @ solution.W.T, np.tile(np.log(solution.S), (len(x), 1)), Truth(x @ B.T, precision))
    assert found.tie == pytest.approx(solution.tie_matched, rel=0.01)


def test_shapes_that_do_not_fit_are_refused():
    mean, log_variance, truth = random_codes(2)
    with pytest.raises(ValueError, match=r"expected codes and true means \(n, k\)"):
        true_inference_error(mean[:, :1], log_variance, truth)


def digits(n):
    return np.random.default_rng(4).random((n, 28, 28)).round()


def test_the_posterior_of_mixed_digits_has_the_errors_that_it_promises():
    data = datasets.MixedDigits(digits(2), 20_000, noise_variance=50.0)
    truth = inference.truth_of_mixed(data)
    np.testing.assert_allclose(np.cov((data.sources - truth.mean).T), np.linalg.inv(truth.precision), rtol=0.1)


def test_the_posterior_of_positions_has_the_errors_that_it_promises():
    data = datasets.DigitPositions(digits(1)[0], 20_000)
    inside = ((data.positions > 0) & (data.positions < 12)).all(axis=1)
    truth = inference.truth_of_positions(data)
    errors = (data.sources - truth.mean)[inside]
    covariance = np.linalg.inv(truth.precision)
    np.testing.assert_allclose(np.cov(errors.T), covariance, atol=0.1 * covariance.max())


@pytest.mark.parametrize("beta", [0.2, 1.0, 5.0])
def test_the_linear_terms_are_those_of_the_whole_model(beta):
    mixing = np.random.default_rng(5).normal(size=(9, 2))
    terms = inference.linear_terms(mixing, 0.6, beta)
    solution = LinearBetaVAE(mixing, 0.6, beta).solve()
    for name in ("elbo", "reconstruction", "kl"):
        assert terms[name] == pytest.approx(getattr(solution, name), rel=1e-9)
    assert terms["tie"] == pytest.approx(solution.tie_matched, rel=1e-6)


def test_a_trained_linear_network_comes_near_the_exact_optimum(make_model):
    """The layers, Adam and all, against the closed form."""
    rng = np.random.default_rng(6)
    mixing, noise, beta = rng.normal(size=(6, 2)), 0.5, 1.5
    x = rng.normal(size=(20_000, 2)) @ mixing.T + np.sqrt(noise) * rng.normal(size=(20_000, 6))
    linear = vae.Architecture([], [vae.specification.Output()])
    model = make_model(
        architecture=linear, latent_dim=2, beta=beta, likelihood="gaussian", batch_size=500, max_epochs=30,
        dtype="float64",
    ).fit(x)  # fmt: skip
    B, precision = vae.tractable.linear_gaussian.posterior(mixing, noise)
    terms = inference.inference_terms(model, x, Truth(x @ B.T, precision))
    exact = inference.linear_terms(mixing, noise, beta)
    assert terms["reconstruction"] - beta * terms["kl"] == pytest.approx(
        exact["reconstruction"] - beta * exact["kl"], abs=0.05
    )
    assert terms["kl"] == pytest.approx(exact["kl"], abs=0.05)
