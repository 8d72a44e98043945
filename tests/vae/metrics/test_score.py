import copy
import json
import pickle

import numpy as np
import pytest

from vae.metrics import Comparison, Score, compare


@pytest.fixture
def score():
    return Score(0.5, "some_metric", 0.01, 0.1, {"codes": "given", "points": 100, "bins": 20})


def test_it_is_a_float(score):
    assert score + 1 == 1.5
    assert np.array([score, score]).dtype == np.float64
    assert f"{score:.2f}" == "0.50"
    assert json.dumps([score]) == "[0.5]"


def test_it_says_what_it_depends_on(score):
    assert str(score) == "0.5000 +- 0.0100"
    assert repr(score) == "<some_metric 0.5000 +- 0.0100; chance 0.1000, codes=given, points=100, bins=20>"
    assert repr(Score(2, "count")) == "<count 2.0000>"


@pytest.mark.parametrize("through", [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_copies_keep_everything(score, through):
    assert through(score).as_dict() == score.as_dict()


def test_dictionaries_keep_everything(score):
    assert Score.from_dict(json.loads(json.dumps(score.as_dict()))).as_dict() == score.as_dict()
    without = Score(1, "count")
    assert without.as_dict()["error"] is None
    assert np.isnan(Score.from_dict(without.as_dict()).error)
    infinite = json.dumps(Score(np.inf, "total_correlation").as_dict(), allow_nan=False)
    assert Score.from_dict(json.loads(infinite)) == np.inf


def test_a_difference_within_its_error_is_warned_of(score):
    close = Score(0.505, "some_metric", 0.01, 0.1, score.settings)
    with pytest.warns(UserWarning, match="the error is larger than the difference"):
        comparison = compare(score, close)
    assert not comparison.significant
    assert comparison.difference == pytest.approx(0.005)
    assert comparison.error == pytest.approx(0.01 * np.sqrt(2))


def test_a_clear_difference(score):
    comparison = compare(score, Score(0.4, "some_metric", 0.02, 0.1, score.settings | {"codes": "other", "points": 5}))
    assert comparison.significant
    assert str(comparison) == "some_metric: difference -0.1000, more than twice its error 0.0224"


def test_what_cannot_be_compared(score):
    with pytest.raises(ValueError, match="two metrics, some_metric and other"):
        compare(score, Score(0.4, "other", 0.1))
    with pytest.raises(ValueError, match="no error estimate"):
        compare(score, Score(0.4, "some_metric"))
    with pytest.warns(UserWarning, match="different settings: bins"):
        compare(score, Score(0.2, "some_metric", 0.01, 0.1, score.settings | {"bins": 10}))


def test_the_stated_rate_of_false_alarms_holds():
    """Two measurements of the same: in about one of twenty pairs the difference is over twice the error."""
    rng = np.random.default_rng(0)
    differences = rng.normal(size=2000) - rng.normal(size=2000)
    alarms = [Comparison("m", difference, np.hypot(1, 1)).significant for difference in differences]
    assert np.mean(alarms) == pytest.approx(0.05, abs=0.02)
