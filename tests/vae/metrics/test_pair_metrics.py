"""The beta-VAE and FactorVAE metrics against the published procedure, written out sample by sample."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from vae.metrics import beta_vae_score, factor_vae_score
from vae.metrics.beta_vae_score import mean_differences
from vae.metrics.source import source_of


MIX = np.array([[1, 0, 0.9, 0.1, 0], [0, 1, 0.8, 0, 0.1], [0.2, 1, -1, 0, 0], [0, 0.7, 0.6, 0.4, -0.3]])


def represent(images):
    return images.reshape(len(images), -1) @ MIX


def test_beta_vae_score_is_the_published_one(grid):
    rng, x, y = np.random.default_rng(5), [], []
    for _ in range(1500):
        shared = rng.integers(4)
        first, second = grid.sample_factors(4, rng), grid.sample_factors(4, rng)
        second[:, shared] = first[:, shared]
        x.append(np.abs(represent(grid.render(first)) - represent(grid.render(second))).mean(axis=0))
        y.append(shared)
    expected = LogisticRegression().fit(x[:1000], y[:1000]).score(x[1000:], y[1000:])
    score = beta_vae_score(represent, grid, pairs=4)
    assert 0.4 < expected < 0.8  # neither clear nor hopeless: something to disagree on
    assert score == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / 500))


def test_the_features_are_mean_distances(grid, rng):
    """0 for the shared factor; for another, two random values of s differ by (s^2 - 1) / 3s on average."""
    everything = np.stack([axis.ravel() for axis in np.indices(grid.factor_sizes)], axis=1)
    labels = rng.integers(4, size=1200)
    x = mean_differences(source_of(everything, everything), labels, 32, rng)
    sizes = np.array(grid.factor_sizes)
    for shared in range(4):
        expected = np.where(np.arange(4) == shared, 0, (sizes**2 - 1) / (3 * sizes))
        np.testing.assert_allclose(x[labels == shared].mean(axis=0), expected, atol=0.05)
        np.testing.assert_array_equal(x[labels == shared, shared], 0)


def test_factor_vae_score_is_the_published_one(grid):
    rng, batch, votes = np.random.default_rng(5), 8, np.zeros((2, 5, 4))
    spread = represent(grid.render(grid.sample_factors(5000, rng))).var(axis=0, ddof=1)
    for sample in range(3000):
        shared, factors = rng.integers(4), grid.sample_factors(batch, rng)
        factors[:, shared] = factors[0, shared]
        latent = np.argmin(represent(grid.render(factors)).var(axis=0, ddof=1) / spread)
        votes[sample // 2000, latent, shared] += 1
    expected = votes[1, np.arange(5), votes[0].argmax(axis=1)].sum() / 1000
    score = factor_vae_score(represent, grid, batch=batch)
    assert 0.4 < expected < 0.8
    assert score == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / 1000))


def test_the_error_is_that_of_a_share(half_mixed, factors):
    for metric in (beta_vae_score, factor_vae_score):
        score = metric(half_mixed, factors, train=500, test=400, repeats=200)
        assert score.error == pytest.approx(np.sqrt(score * (1 - score) / 400), rel=0.25, abs=0.001)
        assert score.chance == pytest.approx(1 / 4, abs=0.02)


def test_factor_vae_leaves_idle_latents_out(identity, factors, rng):
    idle = 0.04 * rng.normal(size=(len(factors), 3))  # would win votes at random
    score = factor_vae_score(np.concatenate([identity, idle], axis=1), factors, train=500, test=400)
    assert score == 1
    assert score.settings["active_latents"] == 4
    dead = factor_vae_score(idle, factors, train=500, test=400)
    assert (dead, dead.error, dead.chance, dead.settings["active_latents"]) == (0, 0, 1 / 4, 0)


def test_factor_vae_does_not_depend_on_the_scale_of_latents(half_mixed, factors):
    score = factor_vae_score(half_mixed, factors, 1, train=500, test=400)
    assert factor_vae_score(half_mixed * [1, 5, 2, 70, 1e4], factors, 1, train=500, test=400) == score


@pytest.mark.parametrize("metric", [beta_vae_score, factor_vae_score])
def test_a_rotation_by_45_degrees_leaves_a_coin_and_one_by_30_nothing_to_see(metric, rng):
    factors = np.stack([grid.ravel() for grid in np.mgrid[:16, :16]], axis=1)
    for degrees, expected in ((45, 0.5), (30, 1)):
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        codes = factors @ [[c, -s], [s, c]] + 0.01 * rng.normal(size=factors.shape)  # no ties for round-off to decide
        score = metric(codes, factors, train=1000, test=500)
        assert score == pytest.approx(expected, abs=0.1)


def test_a_missing_factor_costs_beta_vae_nothing_and_factor_vae_its_share(identity, factors):
    """No latent varies less: that itself tells the missing factor (Kim & Mnih 2018)."""
    assert beta_vae_score(identity[:, 1:], factors, train=1000, test=500) > 0.98
    assert factor_vae_score(identity[:, 1:], factors, train=1000, test=500) == pytest.approx(3 / 4, abs=0.06)


def test_a_factor_in_two_latents_and_a_repeated_latent_cost_neither(identity, factors):
    split = np.concatenate([identity, np.cos(2 * identity[:, 1:2]), identity[:, 2:3]], axis=1)
    for metric in (beta_vae_score, factor_vae_score):
        assert metric(split, factors, train=1000, test=500) > 0.98


def test_a_single_factor_leaves_no_choice(identity, factors):
    for metric in (beta_vae_score, factor_vae_score):
        assert metric(identity, factors[:, :1], train=50, test=20) == 1
