"""The metrics that know no factors."""

import numpy as np
import pytest
from scipy.stats import entropy, multivariate_normal

from vae.metrics import active_latents, covariance_gap, total_correlation


@pytest.fixture
def posterior(rng):
    return rng.normal(size=(50, 3)) @ rng.normal(size=(3, 3)), rng.normal(size=(50, 3))


def test_covariance_gap_is_the_mean_of_the_norms(posterior):
    mean, log_variance = posterior
    norms = [np.linalg.norm(np.diag(np.exp(row)) - np.cov(mean, rowvar=False)) for row in log_variance]
    score = covariance_gap(mean, log_variance)
    assert score == pytest.approx(np.mean(norms))
    assert score.error > 0
    assert np.isnan(score.chance)
    assert covariance_gap(mean.astype(np.float32), log_variance.astype(np.float32)) == pytest.approx(score, rel=1e-5)


def test_covariance_gap_of_known_codes(rng):
    """A collapsed code: s^2 = 1, all means 0.  One whose spreads are equal: 0."""
    assert covariance_gap(np.zeros((9, 5)), np.zeros((9, 5))) == pytest.approx(np.sqrt(5))
    mean = np.linalg.qr(rng.normal(size=(9, 3)) - 0)[0]
    mean = np.linalg.qr(mean - mean.mean(axis=0))[0] * np.sqrt(8 / 2)
    assert covariance_gap(mean, np.full((9, 3), np.log(0.5))) == pytest.approx(0, abs=1e-12)


def test_one_latent(rng):
    mean = rng.normal(size=(30, 1))
    assert covariance_gap(mean, np.zeros((30, 1))) == pytest.approx(abs(1 - mean.var(ddof=1)))
    assert total_correlation(mean) == 0


def test_total_correlation_is_the_divergence_of_two_gaussians(rng):
    """E log N(z; m, C) - sum_j log N(z_j; m_j, C_jj) under the first, in closed form from SciPy's entropies."""
    codes = rng.normal(size=(2000, 3)) @ [[1, 0.5, 0], [0, 1, -2], [0, 0, 1]]
    covariance = np.cov(codes, rowvar=False)
    marginals = sum(multivariate_normal(cov=variance).entropy() for variance in np.diag(covariance))
    assert total_correlation(codes) == pytest.approx(marginals - multivariate_normal(cov=covariance).entropy())


def test_total_correlation_of_two_latents_is_known(rng):
    """-1/2 ln(1 - rho^2)."""
    codes = rng.normal(size=(100_000, 2)) @ [[1, 0.6], [0, 0.8]]
    score = total_correlation(codes, samples=100_000)
    assert score == pytest.approx(-0.5 * np.log(1 - 0.6**2), abs=4 * score.error)


def test_total_correlation_of_independent_latents_is_its_chance_level(rng):
    scores = [total_correlation(rng.normal(size=(500, 6))) for _ in range(40)]
    assert np.mean(scores) == pytest.approx(scores[0].chance, rel=0.15)
    assert scores[0].chance == 6 * 5 / (4 * 500)


def test_total_correlation_of_repeated_and_constant_latents(rng, grid):
    codes = rng.normal(size=(500, 3))
    assert total_correlation(np.concatenate([codes, codes @ [[1], [2], [3]]], axis=1)) == np.inf
    constant = np.concatenate([codes, np.full((500, 2), 3.0)], axis=1)
    assert total_correlation(constant) == pytest.approx(total_correlation(codes))
    assert total_correlation(grid.flatten, grid) < 0.01


def test_active_latents_have_a_tenth_of_a_nat():
    mean = np.zeros((100, 4))
    mean[:50], mean[50:] = [3, 0.44, 0.45, 0], [-3, -0.44, -0.45, 0]  # KL = m^2 / 2
    score = active_latents(mean, np.zeros((100, 4)))
    assert score == 2
    assert score.settings["active"] == [0, 2]
    assert score.settings["latents"] == 4
    assert active_latents(np.zeros((100, 4)), np.zeros((100, 4))) == 0


def test_a_function_and_a_data_set(grid):
    encode = lambda images: (grid.flatten(images), np.full((len(images), 4), -2.0))  # noqa: E731
    assert active_latents(encode, grid, samples=300) == 4
    everything = grid.flatten(grid.render(np.stack([axis.ravel() for axis in np.indices((2, 4, 5, 4))], axis=1)))
    expected = covariance_gap(everything, np.full((160, 4), -2.0))
    assert covariance_gap(encode, grid) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("metric", [covariance_gap, active_latents])
def test_bad_input_is_named(metric):
    with pytest.raises(ValueError, match=r"got \(5, 2\) and \(5, 3\)"):
        metric(np.zeros((5, 2)), np.zeros((5, 3)))
    with pytest.raises(ValueError, match="must be finite"):
        metric(np.zeros((5, 2)), np.full((5, 2), np.nan))


def test_entropy_oracle_is_in_nats():
    assert multivariate_normal(cov=1).entropy() == pytest.approx(0.5 * np.log(2 * np.pi * np.e))
    assert entropy([0.5, 0.5]) == pytest.approx(np.log(2))
