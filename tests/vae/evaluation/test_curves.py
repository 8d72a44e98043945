"""Means over runs."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from vae.evaluation import curves

ROWS = [
    {"beta": 4, "seed": 0, "score": 0.5, "status": "done"},
    {"beta": 0, "seed": 0, "score": 0.25, "status": "done"},
    {"beta": 4, "seed": 1, "score": 0.75, "status": "done"},
    {"beta": 4, "seed": 2, "score": None, "status": "failed"},
]


def test_the_error_is_that_of_the_mean():
    mean = curves.mean_of([1.0, 2.0, 3.0, 4.0])
    assert mean == pytest.approx((2.5, np.std([1, 2, 3, 4], ddof=1), np.sqrt(5 / 3) / 2, 4))
    with pytest.raises(ValueError, match="no run"):
        curves.mean_of([])


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([0.94, 0.943], "0.9415 ± 0.0015"),
        ([0.5, 0.9], "0.70 ± 0.20"),
        ([100.0, 103.0], "101.5 ± 1.5"),
        ([1000.0, 1300.0], "1150 ± 150"),
        ([3.0, 3.0], "3.000 ± 0.000"),
        ([1e-9, 3e-9], "2e-09 ± 1e-09"),
        ([0.123456], "0.1235 (one run)"),
    ],
)
def test_it_reads_as_mean_and_error(values, text):
    assert str(curves.mean_of(values)) == text


def test_rows_are_selected_and_grouped_without_the_failed_ones():
    assert [row["seed"] for row in curves.select(ROWS, beta=4)] == [0, 1]
    points = curves.over(curves.select(ROWS), "beta", "score")
    assert [(beta, mean.mean, mean.runs) for beta, mean in points] == [(0, 0.25, 1), (4, 0.625, 2)]


def test_error_bars_are_standard_deviations():
    axes = Figure().subplots()
    container = curves.draw_curve(axes, curves.select(ROWS), "beta", "score")
    (segments,) = (bars.get_segments() for bars in container.lines[2])
    assert np.diff(segments[1][:, 1]) == pytest.approx(2 * np.std([0.5, 0.75], ddof=1))
    assert np.diff(segments[0][:, 1]) == 0
