"""The price of turning two latents' frame, against the covariance it is derived from."""

import numpy as np

from vae.papers.shapes_frame import price_of_turning


def kl_of_gaussians(variances, precision):
    """KL(N(0, diag(variances)) || N(0, precision^-1)), from the textbook's formula."""
    return 0.5 * (np.trace(precision @ np.diag(variances)) - 2 - np.linalg.slogdet(precision @ np.diag(variances))[1])


def test_it_is_the_kl_of_the_best_diagonal_posterior():
    rng = np.random.default_rng(0)
    log_variance, angle = rng.normal(size=(5, 2)), 0.4
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    expected = []
    for row in log_variance:
        precision = turn @ np.diag(np.exp(-row)) @ turn.T
        best = 1 / np.diag(precision)
        expected.append(kl_of_gaussians(best, precision))
        for other in (best * [1.1, 1], best * [1, 0.9]):
            assert kl_of_gaussians(other, precision) > expected[-1]
    np.testing.assert_allclose(price_of_turning(log_variance, np.array([angle])), np.mean(expected), rtol=1e-12)


def test_equal_deviations_turn_for_nothing():
    np.testing.assert_allclose(price_of_turning(np.full((3, 2), -2.0)), 0, atol=1e-12)
