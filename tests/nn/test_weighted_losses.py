"""Weights of examples, the learned variance, and the hinge loss."""

import numpy as np
import pytest
from scipy import stats

import nn
from nn import losses

RNG = np.random.default_rng(0)
SHAPES = [(5, 3), (5, 2, 3, 1), (5, 1)]


def learned(mean, target, weights=None):
    return losses.learned_gaussian_nll(mean, target, nn.Parameter(np.array(0.3)), weights)


def narrow(mean, target, weights=None):
    return losses.gaussian_nll(mean, target, 0.2, weights)


DENSITIES = [losses.bernoulli_nll, losses.gaussian_nll, narrow, losses.squared_error, learned]
CLASSIFIERS = [losses.softmax_cross_entropy, losses.hinge]


def weigh(loss, prediction, target, weights):
    return loss(prediction, target, weights=weights)


def cases():
    for loss in DENSITIES:
        for shape in SHAPES:
            yield pytest.param(loss, RNG.normal(size=shape), RNG.uniform(size=shape), id=f"{loss.__name__}{shape}")
    for loss in CLASSIFIERS:
        yield pytest.param(loss, RNG.normal(size=(5, 4)), np.array([0, 3, 1, 1, 2]), id=loss.__name__)


with_each = pytest.mark.parametrize(("loss", "prediction", "target"), list(cases()))
both_forms = pytest.mark.parametrize("form", ["plain", "fast"])


@both_forms
@with_each
def test_a_weight_counts_as_so_many_copies_of_the_example(loss, prediction, target, form):
    copies = np.array([2, 0, 1, 3, 1])
    with nn.use(form):
        value, gradient = weigh(loss, prediction, target, copies)
        rows = np.repeat(np.arange(5), copies)
        expected, of_copies = weigh(loss, prediction[rows], target[rows], None)
    assert value == pytest.approx(expected, rel=1e-12)
    of_examples = np.zeros_like(gradient)
    np.add.at(of_examples, rows, of_copies)
    np.testing.assert_allclose(gradient, of_examples, atol=1e-14)


@both_forms
@with_each
def test_equal_weights_are_no_weights(loss, prediction, target, form):
    with nn.use(form):
        value, gradient = weigh(loss, prediction, target, np.full(5, 7.0))
        expected, expected_gradient = weigh(loss, prediction, target, None)
    assert value == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(gradient, expected_gradient, atol=1e-14)


@both_forms
@with_each
def test_the_gradient_of_a_weighted_loss(loss, prediction, target, form):
    def weighted(prediction):
        return weigh(loss, prediction, target, np.array([0.5, 2, 0.1, 0, 1]))

    with nn.use(form):
        report = nn.check_loss(weighted, prediction)
    assert report.ok, report


@both_forms
@with_each
def test_float32_stays_float32(loss, prediction, target, form):
    prediction, target = (a.astype("f") if a.dtype == float else a for a in (prediction, target))
    with nn.use(form):
        for weights in (None, np.arange(5), np.ones(5), np.ones(5, "f"), np.ones(5, bool)):
            value, gradient = weigh(loss, prediction, target, weights)
            assert value.dtype == gradient.dtype == np.float32
            assert value.shape == ()


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (np.ones(4), r"takes weights \(5,\), one for each example, got shape \(4,\)"),
        (np.ones((5, 1)), r"got shape \(5, 1\)"),
        (np.zeros(5), "positive sum, got the sum 0"),
        (np.array([1, 1, 1, 1, -1]), "weights of at least 0"),
        (np.array([1, 1, np.nan, 1, 1]), "finite weights"),
        (np.array([1, 1, np.inf, 1, 1]), "finite weights"),
    ],
)
@with_each
def test_unusable_weights_are_refused(loss, prediction, target, weights, words):
    with pytest.raises(ValueError, match=words):
        weigh(loss, prediction, target, weights)


@with_each
def test_weights_must_be_an_array(loss, prediction, target):
    with pytest.raises(TypeError, match="expected a NumPy or CuPy array, got list"):
        weigh(loss, prediction, target, [1, 1, 1, 1, 1])


@both_forms
@with_each
def test_an_empty_batch_has_no_mean(loss, prediction, target, form):
    with nn.use(form), pytest.raises(ValueError, match="got an empty batch"):
        loss(prediction[:0], target[:0])


@pytest.mark.parametrize("shape", [(4, 3), (1, 1), (3, 2, 2, 1)])
@pytest.mark.parametrize("log_variance", [-1.5, 0.0, 2.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_both_gradients_of_the_learned_variance(shape, log_variance, weighted):
    rng = np.random.default_rng(1)
    arguments = [rng.normal(size=shape), nn.Parameter(np.array(log_variance), "log_variance")]
    arguments += [rng.uniform(size=shape[0])] if weighted else []
    report = nn.check_loss(losses.learned_gaussian_nll, rng.normal(size=shape), *arguments)
    assert report.ok, report
    assert [comparison.name for comparison in report.comparisons] == ["input", "arguments.1"]


def test_a_wrong_gradient_of_the_variance_is_caught():
    def wrong(mean, target, log_variance):
        value, gradient = losses.learned_gaussian_nll(mean, target, log_variance)
        log_variance.grad *= 1.01
        return value, gradient

    rng = np.random.default_rng(2)
    report = nn.check_loss(wrong, rng.normal(size=(4, 3)), rng.normal(size=(4, 3)), nn.Parameter(np.array(0.5)))
    assert not report.ok


def test_the_learned_variance_gives_the_log_density_and_adds_its_gradient():
    rng = np.random.default_rng(3)
    mean, target = rng.normal(size=(2, 4, 3))
    log_variance = nn.Parameter(np.array(-0.7))
    value, dmean = losses.learned_gaussian_nll(mean, target, log_variance)
    deviation = np.exp(-0.7 / 2)
    assert value == pytest.approx(-stats.norm.logpdf(target, mean, deviation).sum() / 4, rel=1e-12)
    np.testing.assert_allclose(dmean, losses.gaussian_nll(mean, target, np.exp(-0.7))[1], rtol=1e-12)
    once = log_variance.grad.copy()
    losses.learned_gaussian_nll(mean, target, log_variance)
    np.testing.assert_allclose(log_variance.grad, 2 * once)


def test_the_variance_that_is_learned_is_the_mean_squared_error():
    rng = np.random.default_rng(4)
    target = rng.normal(0, 0.3, size=(200, 5))
    log_variance = nn.Parameter(np.zeros(()))
    optimiser = nn.Adam([log_variance], 0.05)
    for _ in range(500):
        optimiser.zero_grad()
        losses.learned_gaussian_nll(np.zeros_like(target), target, log_variance)
        optimiser.step()
    assert np.exp(log_variance.data) == pytest.approx((target**2).mean(), rel=1e-3)


@pytest.mark.parametrize("log_variance", [0.0, np.zeros(()), nn.Parameter(np.zeros(3))])
def test_the_variance_must_be_a_parameter_of_one_number(log_variance):
    with pytest.raises(ValueError, match="a Parameter of one number"):
        losses.learned_gaussian_nll(np.ones((2, 3)), np.ones((2, 3)), log_variance)


def test_hinge_by_hand():
    """CS231n's example: scores 13, -7, 11 with the first class true, and a margin of 10."""
    value, gradient = losses.hinge(np.array([[13.0, -7, 11]]), np.array([0]), margin=10.0)
    assert value == 8
    np.testing.assert_array_equal(gradient, [[-1, 0, 1]])


def test_hinge_is_zero_where_the_true_class_wins_by_the_margin():
    value, gradient = losses.hinge(np.array([[3.0, 2.0, -5.0], [0.0, 9.0, 8.0]]), np.array([0, 1]))
    assert value == 0
    np.testing.assert_array_equal(gradient, 0)


def test_hinge_refuses_what_it_cannot_use():
    with pytest.raises(ValueError, match="hinge needs a positive margin, got 0"):
        losses.hinge(np.zeros((1, 2)), np.array([0]), margin=0)
    with pytest.raises(TypeError, match="hinge takes whole-number labels"):
        losses.hinge(np.zeros((1, 2)), np.array([0.0]))
    with pytest.raises(ValueError, match="hinge got labels from 2 to 2"):
        losses.hinge(np.zeros((1, 2)), np.array([2]))
