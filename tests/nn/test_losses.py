import numpy as np
import pytest
from scipy import special, stats

import nn

pytestmark = pytest.mark.usefixtures("form")


def test_bernoulli_is_the_log_likelihood_of_coins():
    rng = np.random.default_rng(0)
    logits, target = rng.normal(size=(5, 7)), rng.integers(2, size=(5, 7)).astype(float)
    loss, _ = nn.losses.bernoulli_nll(logits, target)
    assert loss == pytest.approx(-stats.bernoulli.logpmf(target, special.expit(logits)).sum() / 5, rel=1e-12)


def test_bernoulli_of_grey_levels_is_least_where_the_probability_is_the_grey_level():
    grey = np.array([[0.1, 0.5, 0.9]])
    _, gradient = nn.losses.bernoulli_nll(special.logit(grey), grey)
    np.testing.assert_allclose(gradient, 0, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_bernoulli_stays_finite_and_exact_for_huge_logits(dtype):
    logits = np.array([[1000, -1000, 1000, -1000]], dtype)
    loss, gradient = nn.losses.bernoulli_nll(logits, np.array([[1, 0, 0, 1]], dtype))
    assert loss == 2000
    np.testing.assert_array_equal(gradient, [[0, 0, 1, -1]])


def test_gaussian_is_the_log_density():
    rng = np.random.default_rng(1)
    mean, target = rng.normal(size=(2, 4, 3))
    loss, _ = nn.losses.gaussian_nll(mean, target, variance=0.3)
    assert loss == pytest.approx(-stats.norm.logpdf(target, mean, np.sqrt(0.3)).sum() / 4, rel=1e-12)


def test_squared_error_sums_an_example_and_averages_the_batch():
    loss, gradient = nn.losses.squared_error(np.array([[1.0, 2], [3, 4]]), np.array([[0.0, 0], [0, 0]]))
    assert loss == (1 + 4 + 9 + 16) / 2
    np.testing.assert_array_equal(gradient, [[1, 2], [3, 4]])


def test_softmax_cross_entropy_is_minus_the_log_probability_of_the_label():
    rng = np.random.default_rng(2)
    logits, labels = rng.normal(size=(6, 4)), rng.integers(4, size=6)
    loss, _ = nn.losses.softmax_cross_entropy(logits, labels)
    assert loss == pytest.approx(-special.log_softmax(logits, axis=1)[np.arange(6), labels].mean(), rel=1e-12)


def test_softmax_cross_entropy_stays_finite_for_huge_logits():
    loss, gradient = nn.losses.softmax_cross_entropy(np.array([[1000.0, -1000], [1000, -1000]]), np.array([0, 1]))
    assert loss == 1000
    np.testing.assert_array_equal(gradient, [[0, 0], [0.5, -0.5]])


def test_activations_stay_finite_for_huge_inputs():
    x = np.array([[-1000, 0, 1000]], np.float32)
    np.testing.assert_array_equal(nn.Sigmoid().forward(x), [[0, 0.5, 1]])
    np.testing.assert_array_equal(nn.Softmax().forward(x), [[0, 0, 1]])
    np.testing.assert_array_equal(nn.Tanh().forward(x), [[-1, 0, 1]])


def test_sigmoid_keeps_its_relative_precision_in_the_tail():
    np.testing.assert_allclose(nn.Sigmoid().forward(np.array([[-30.0]])), special.expit(-30.0), rtol=1e-14)


@pytest.mark.parametrize("loss", [nn.losses.bernoulli_nll, nn.losses.gaussian_nll, nn.losses.squared_error])
def test_shapes_that_differ_are_refused(loss):
    with pytest.raises(ValueError, match=r"prediction of shape \(2, 3\) and a target of shape \(2, 1\)"):
        loss(np.zeros((2, 3)), np.zeros((2, 1)))


def test_labels_must_be_whole_numbers_one_for_each_row():
    with pytest.raises(TypeError, match="whole-number labels"):
        nn.losses.softmax_cross_entropy(np.zeros((2, 3)), np.zeros(2))
    with pytest.raises(ValueError, match="labels"):
        nn.losses.softmax_cross_entropy(np.zeros((2, 3)), np.zeros((2, 3), int))


def test_a_variance_must_be_positive():
    with pytest.raises(ValueError, match="positive variance"):
        nn.losses.gaussian_nll(np.zeros((1, 1)), np.zeros((1, 1)), 0)


@pytest.mark.parametrize("label", [-1, 3, 10**6])
def test_a_label_that_is_no_class_is_refused(label):
    """NumPy would take -1 as the last class."""
    with pytest.raises(ValueError, match=rf"labels from .*{label}.*: for logits of 3 classes they must be in 0 ... 2"):
        nn.losses.softmax_cross_entropy(np.zeros((2, 3)), np.array([1, label]))


@pytest.mark.parametrize("loss", [nn.losses.bernoulli_nll, nn.losses.gaussian_nll, nn.losses.squared_error])
@pytest.mark.parametrize("target", [np.float64, np.float16, np.uint8, bool])
def test_the_gradient_has_the_predictions_dtype_whatever_the_target_is(loss, target):
    prediction = np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3)
    value, gradient = loss(prediction, np.eye(2, 3).astype(target))
    assert value.dtype == gradient.dtype == np.float32
    expected, expected_gradient = loss(prediction, np.eye(2, 3, dtype=np.float32))
    assert value == expected
    np.testing.assert_array_equal(gradient, expected_gradient)
