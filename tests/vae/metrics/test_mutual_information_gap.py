import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from vae.metrics import mutual_information_gap


def test_a_second_latent_that_knows_one_bit_of_ten_values():
    """I1 = H = ln 10; the parity tells ln 2 of it."""
    value = np.tile(np.arange(10), 100)
    codes = np.stack([value, value % 2], axis=1)
    assert mutual_information_gap(codes, value[:, None]) == pytest.approx(1 - np.log(2) / np.log(10), abs=1e-12)


def test_the_mean_over_factors():
    a, b = (grid.ravel() for grid in np.mgrid[:4, :4])
    assert mutual_information_gap(np.stack([a, b, b], axis=1), np.stack([a, b], axis=1)) == pytest.approx(0.5)


def test_a_repeated_latent_leaves_no_gap(identity, factors):
    assert mutual_information_gap(np.concatenate([identity, identity], axis=1), factors) == 0


def test_a_rotation_of_two_factors_loses_the_gap():
    factors = np.stack([grid.ravel() for grid in np.mgrid[:16, :16]], axis=1)
    turn = np.array([[1, -1], [1, 1]]) / np.sqrt(2)
    assert mutual_information_gap(factors, factors) == pytest.approx(1)
    assert mutual_information_gap(factors @ turn, factors) < 0.02


def test_one_latent_for_two_factors_keeps_the_gap():
    """MIG does not see it: modularity does."""
    a, b = (grid.ravel() for grid in np.mgrid[:4, :5])
    assert mutual_information_gap((5 * a + b)[:, None], np.stack([a, b], axis=1), bins=20) == pytest.approx(1)


def test_scale_and_shift_of_latents_make_no_difference(half_mixed, factors):
    score = mutual_information_gap(half_mixed, factors)
    moved = mutual_information_gap(half_mixed * [1e-3, 5, 1, 70, 1e4] + 3, factors)
    assert moved == pytest.approx(score, abs=0.005)


def test_it_is_the_published_one(half_mixed, factors):
    """Histogram edges, digitise, scikit-learn's mutual information, sorted: as the field's common library does it."""
    binned = []
    for latent in half_mixed.T:
        edges = np.histogram(latent, 20)[1]
        binned.append(np.digitize(latent, edges[:-1]))
    scores = []
    for values in factors.T:
        known = sorted(mutual_info_score(values, latent) for latent in binned)
        scores.append((known[-1] - known[-2]) / mutual_info_score(values, values))
    assert mutual_information_gap(half_mixed, factors) == pytest.approx(np.mean(scores), abs=1e-10)


def test_the_error_is_the_spread_over_new_points():
    def draw(seed):
        rng = np.random.default_rng(seed)
        factors = rng.integers(6, size=(2000, 3))
        return mutual_information_gap(factors + rng.normal(size=factors.shape), factors, rng)

    scores = [draw(seed) for seed in range(60)]
    assert np.mean([score.error for score in scores]) == pytest.approx(np.std(scores, ddof=1), rel=0.35)


def test_no_more_points_than_asked_for(identity, factors):
    assert mutual_information_gap(identity, factors, samples=500).settings["points"] == 500
