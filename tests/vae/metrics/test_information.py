import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from vae import metrics
from vae.metrics import information


def test_mutual_information_is_scikit_learns(half_mixed, factors):
    bins = information.equal_width_bins(half_mixed)
    found, entropies = information.mutual_information(bins, factors)
    expected = [[mutual_info_score(latent, values) for values in factors.T] for latent in bins.T]
    np.testing.assert_allclose(found, expected, atol=1e-12)
    np.testing.assert_allclose(entropies, [mutual_info_score(values, values) for values in factors.T])


def test_independent_columns_have_the_bias_that_the_docstring_says():
    rng = np.random.default_rng(0)
    found = [
        information.mutual_information(rng.integers(20, size=(10_000, 5)), rng.integers(16, size=(10_000, 1)))[0]
        for _ in range(20)
    ]
    assert np.mean(found) == pytest.approx(19 * 15 / 20_000, rel=0.05)


def test_a_constant_latent_has_no_information_not_even_round_off():
    rng = np.random.default_rng(0)
    bins = np.stack([np.zeros(1000, int), rng.integers(20, size=1000)], axis=1)
    for size in range(2, 60):
        found = information.mutual_information(bins, rng.integers(size, size=(1000, 1)))[0]
        assert found[0] == 0 < found[1]


def test_bins_have_equal_width():
    codes = np.array([[0.0, 5, 1], [0.24, 5, 2], [0.26, 5, 3], [1.0, 5, -3]])
    np.testing.assert_array_equal(information.equal_width_bins(codes, 4), [[0, 0, 2], [0, 0, 3], [1, 0, 3], [3, 0, 0]])


def test_relabelled_factors_count_from_zero():
    np.testing.assert_array_equal(information.relabel(np.array([[7, -1], [9, -1], [7, 3]])), [[0, 0], [1, 0], [0, 1]])


def test_information_does_not_depend_on_which_numbers_stand_for_the_values(half_mixed, factors):
    score = metrics.mutual_information_gap(half_mixed, factors)
    assert metrics.mutual_information_gap(half_mixed, 5 * factors - 3) == score
