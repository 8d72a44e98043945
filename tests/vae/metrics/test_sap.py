import numpy as np
import pytest
from scipy.stats import pearsonr
from sklearn.svm import LinearSVC

from vae.metrics import sap_score
from vae.metrics.sap import gap_of_accuracies, gap_of_correlations, predictions


def test_it_is_the_published_one(half_mixed, factors):
    train, test = np.arange(2000), np.arange(2000, 3000)
    accuracies = np.empty((5, 4))
    for j, k in np.ndindex(5, 4):
        machine = LinearSVC(C=0.01, class_weight="balanced", dual=True, random_state=0, max_iter=100_000)
        machine.fit(half_mixed[train, j : j + 1], factors[train, k])
        accuracies[j, k] = machine.score(half_mixed[test, j : j + 1], factors[test, k])
    ordered = np.sort(accuracies, axis=0)
    expected = np.mean(ordered[-1] - ordered[-2])
    predicted = predictions(half_mixed[train], factors[train], half_mixed[test])
    assert gap_of_accuracies(predicted, factors[test]) == pytest.approx(expected, abs=0.002)
    score = sap_score(half_mixed, factors)
    assert score == pytest.approx(expected, abs=4 * score.error)


def test_two_classes_two_latents():
    factors = np.tile([[0, 0], [0, 1], [1, 0], [1, 1]], (500, 1))
    assert sap_score(2.0 * factors - 1, factors) == pytest.approx(0.5, abs=0.05)  # 1 against a coin
    assert sap_score(np.repeat(2.0 * factors - 1, 2, axis=1), factors) == 0


def test_continuous_is_the_squared_correlation(rng):
    factors = rng.normal(size=(400, 2))
    codes = factors @ rng.normal(size=(2, 3)) + rng.normal(size=(400, 3))
    squares = np.sort([[pearsonr(z, v)[0] ** 2 for v in factors.T] for z in codes.T], axis=0)
    score = sap_score(codes, factors, continuous=True)
    assert score == pytest.approx(np.mean(squares[-1] - squares[-2]), abs=1e-12)


def test_continuous_on_independent_quantities(rng):
    factors = rng.normal(size=(5000, 3))
    assert sap_score(factors * [1, -2, 1e3], factors, continuous=True) > 0.99
    assert sap_score(np.tile(factors, 2), factors, continuous=True) == pytest.approx(0, abs=1e-12)


def test_a_constant_latent_predicts_nothing():
    assert gap_of_correlations(np.array([[1.0, 2], [1, 3], [1, 4]]), np.array([[2.0], [3], [4]])) == pytest.approx(1)
