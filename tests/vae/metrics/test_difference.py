import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import nn
from vae.metrics import difference_score
from vae.metrics.difference import differences
from vae.metrics.softmax_classifier import SoftmaxClassifier
from vae.metrics.source import source_of


@pytest.fixture
def everything(grid):
    return np.stack([axis.ravel() for axis in np.indices(grid.factor_sizes)], axis=1)


def test_features_of_codes_equal_to_the_factors_point_at_the_changed_one(everything, rng):
    x, labels = differences(source_of(everything, everything), [1, 2, 3], [0], 500, rng)
    np.testing.assert_array_equal(x, np.eye(4)[labels + 1])
    assert x.dtype == np.float32


def test_features_are_divided_by_the_largest(everything, rng):
    codes = everything @ np.array([[0, 0], [3, 0], [0, 5], [2.0, 1]])
    x, labels = differences(source_of(codes, everything), [1, 2, 3], [0], 500, rng)
    np.testing.assert_allclose(x, np.array([[1, 0], [0, 1], [1, 0.5]])[labels], rtol=1e-6)


def test_codes_that_never_change_give_no_feature_and_chance(everything):
    score = difference_score(np.ones((160, 3)), everything, samples=3000, quick=True)
    assert score == pytest.approx(1 / 4, abs=0.08)


def test_the_factor_called_shape_is_excluded_and_others_by_name_or_number(grid, everything):
    def score(*data, **settings):
        return difference_score(*data, samples=400, quick=True, **settings).settings["factors"]

    assert score(grid.flatten, grid) == "x, y, scale"
    assert score(grid.flatten, grid, exclude=()) == "shape, x, y, scale"
    assert score(grid.flatten, grid, exclude=("shape", "scale")) == "x, y"
    assert score(everything, everything) == "factor 0, factor 1, factor 2, factor 3"
    assert score(everything, everything, exclude=(0,)) == "factor 1, factor 2, factor 3"
    with pytest.raises(ValueError, match="there is no shpae"):
        score(grid.flatten, grid, exclude=("shpae",))
    with pytest.raises(ValueError, match="at least two factors to tell apart, got x"):
        score(grid.flatten, grid, exclude=("shape", "y", "scale"))


def test_points_without_a_pair_are_refused():
    factors = np.arange(20)[:, None] * [1, 1]  # both factors change together
    with pytest.raises(ValueError, match="no two of the 20 points differ in factor 0 alone"):
        difference_score(factors, factors, samples=100)


def test_adam_and_quick_agree_with_scikit_learn(everything, rng):
    codes = everything @ rng.normal(size=(4, 5))
    full = difference_score(codes, everything, samples=4000, exclude=(0,))
    quick = difference_score(codes, everything, samples=4000, exclude=(0,), quick=True)
    x, y = differences(source_of(codes, everything), [1, 2, 3], [0], 4000, rng)
    expected = LogisticRegression(C=1e6, max_iter=10_000).fit(x[:2800], y[:2800]).score(x[2800:], y[2800:])
    assert quick == pytest.approx(expected, abs=4 * quick.error + 0.01)
    assert full == pytest.approx(expected, abs=4 * full.error + 0.03)  # Adam stops early
    assert full.settings["classifier"] == "softmax, Adam"
    assert full.settings["points"] == 2800
    assert full.settings["test_points"] == 600


def test_the_scale_of_the_whole_code_makes_no_difference(everything, rng):
    codes = everything @ rng.normal(size=(4, 5))
    scores = [difference_score(scale * codes, everything, samples=2000, quick=True) for scale in (1, 1e-3, 1e4)]
    np.testing.assert_allclose(scores, scores[0], atol=0.01)


def classes(rng, n, noise):
    y = rng.integers(3, size=n)
    return (np.eye(3)[y] + noise * rng.normal(size=(n, 3))).astype(np.float32), y


def test_adam_goes_on_until_the_validation_loss_no_longer_falls(rng):
    x, y = classes(rng, 600, 0.5)
    validation = classes(rng, 200, 0.5)
    classifier = SoftmaxClassifier(3, 3, 0)
    steps = classifier.fit(x, y, *validation)

    def loss():
        return float(nn.losses.softmax_cross_entropy(classifier.layer.forward(validation[0]), validation[1])[0])

    optimal = LogisticRegression(C=1e6).fit(x, y)
    assert steps > 1000
    probabilities = optimal.predict_proba(validation[0])[np.arange(200), validation[1]]
    assert loss() == pytest.approx(-np.log(probabilities).mean(), rel=0.02)
    before = loss()
    classifier.fit(x, y, *validation)
    assert loss() == pytest.approx(before, rel=1e-2)


def test_adam_stops_at_separable_classes(rng):
    """There the loss falls for ever."""
    classifier = SoftmaxClassifier(3, 3, 0)
    assert classifier.fit(*classes(rng, 600, 0.01), *classes(rng, 200, 0.01)) < 5000
    x, y = classes(rng, 200, 0.01)
    np.testing.assert_array_equal(classifier.predict(x), y)


def test_the_quick_fit_reaches_the_minimum(rng):
    x, y = classes(rng, 600, 0.5)
    classifier = SoftmaxClassifier(3, 3, 0)
    classifier.fit_quickly(x, y)
    loss = nn.losses.softmax_cross_entropy(classifier.layer.forward(x), y)[0]
    optimal = LogisticRegression(C=1e6).fit(x, y).predict_proba(x)[np.arange(600), y]
    assert float(loss) == pytest.approx(-np.log(optimal).mean(), rel=1e-4)
