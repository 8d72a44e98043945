"""What a beta means, by arithmetic."""

import pytest

from nn import schedules
from vae.network.beta import as_sum, beta_norm, describe_beta, describe_betas


def test_a_beta_of_the_mean_counts_pixels_times_as_much():
    assert as_sum(0.01, (28, 20, 1), "mean") == pytest.approx(5.6)  # the Frey thesis's threshold
    assert as_sum(4, (64, 64, 1)) == 4


def test_the_normalised_beta_compares_image_sizes():
    assert beta_norm(4, 10, (64, 64, 1)) == pytest.approx(4 * 10 / 4096)
    assert beta_norm(0.01, 2, (28, 20, 1), "mean") == pytest.approx(0.02)


def test_words():
    assert describe_beta(4, 10, (64, 64, 1)) == "beta = 4 (likelihood summed over 4096 pixels; beta_norm = 0.009766)"
    assert describe_beta(0.01, 2, (28, 20, 1), "mean") == (
        "beta = 0.01 (likelihood averaged over 560 pixels, which counts as 5.6 for their sum; beta_norm = 0.02)"
    )
    assert describe_betas(2, (40, 40, 1)) == "likelihood summed over 1600 pixels; beta_norm = 0.00125 beta"


def test_a_schedule_is_described_by_where_it_comes_to_rest():
    assert describe_beta(schedules.Linear(0, 4, 100), 10, (64, 64, 1)) == (
        "beta = Linear(start=0, end=4, steps=100), at the end 4 (likelihood summed over 4096 pixels; "
        "beta_norm = 0.009766)"
    )
    assert describe_beta(schedules.Cyclic(0, 1, 50), 2, (40, 40, 1)) == (
        "beta = Cyclic(low=0, high=1, period=50, rise=0.5) (likelihood summed over 1600 pixels; "
        "beta_norm = 0.00125 beta)"
    )
