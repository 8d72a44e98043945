import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from vae.metrics import explicitness
from vae.metrics.explicitness import auc_by_value


def test_area_under_the_curve_is_scikit_learns(rng):
    values = rng.integers(4, size=500)
    probabilities = rng.dirichlet(np.ones(4), size=500).round(2) + 0.1 * np.eye(4)[values]  # with ties
    expected = np.mean([roc_auc_score(values == value, probabilities[:, value]) for value in range(4)])
    assert auc_by_value(probabilities, values) == pytest.approx(expected, abs=1e-12)


def test_values_that_no_point_has_are_left_out(rng):
    probabilities = rng.uniform(size=(6, 3))
    assert auc_by_value(probabilities, np.array([0, 0, 2, 2, 0, 2])) == pytest.approx(
        auc_by_value(probabilities[:, [0, 2]], np.array([0, 0, 1, 1, 0, 1]))
    )
    assert auc_by_value(probabilities, np.zeros(6, int)) == 0.5


def test_a_rotation_of_all_latents_makes_no_difference(half_mixed, factors, rng):
    turn = np.linalg.qr(rng.normal(size=(5, 5)))[0]
    assert explicitness(half_mixed @ turn, factors, 1) == pytest.approx(explicitness(half_mixed, factors, 1), abs=0.005)


def test_it_is_the_published_one(half_mixed, factors):
    train, test = np.arange(2000), np.arange(2000, 3000)
    x = (half_mixed - half_mixed[train].mean(axis=0)) / half_mixed[train].std(axis=0)
    areas = []
    for values in factors.T:
        probabilities = LogisticRegression().fit(x[train], values[train]).predict_proba(x[test])
        areas.append(roc_auc_score(np.eye(values.max() + 1)[values[test]], probabilities))
    score = explicitness(half_mixed, factors)
    assert score == pytest.approx(np.mean(areas), abs=4 * score.error)


def test_scale_of_latents_makes_no_difference(half_mixed, factors):
    moved = explicitness(half_mixed * [1e-3, 5, 1, 70, 1e4] + 3, factors, 1)
    assert moved == pytest.approx(explicitness(half_mixed, factors, 1), abs=1e-4)
