"""The checker catches wrong gradients, keeps clear of kinks, and leaves the layer alone."""

import numpy as np
import pytest

import nn


def wrong(layer, method, change):
    """The layer with the result of one of its methods changed."""
    original = getattr(layer, method)

    class Wrong(type(layer)):
        pass

    setattr(Wrong, method, lambda self, *arguments, **options: change(self, original.__func__, *arguments, **options))
    layer.__class__ = Wrong
    return layer


def scaled_input_gradient(self, backward, dy):
    return 1.00001 * backward(self, dy)


def doubled_bias_gradient(self, backward, dy):
    dx = backward(self, dy)
    self.bias.grad += dy.sum(axis=0)
    return dx


def one_wrong_weight(self, backward, dy):
    dx = backward(self, dy)
    self.weight.grad[1, 2] += 1e-3
    return dx


def forgotten_weight(self, backward, dy):
    dx = backward(self, dy)
    self.weight.zero_grad()
    return dx


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (scaled_input_gradient, "input"),
        (doubled_bias_gradient, "bias"),
        (one_wrong_weight, "weight"),
        (forgotten_weight, "weight"),
    ],
)
def test_it_names_the_array_whose_gradient_is_wrong(change, where):
    rng = np.random.default_rng(0)
    layer = wrong(nn.Dense(4, 3, rng=rng), "backward", change)
    report = nn.check_gradients(layer, rng.normal(size=(5, 4)))
    assert not report.ok
    assert [comparison.name for comparison in report.comparisons if comparison.error > report.tolerance] == [where]
    assert "WRONG" in str(report)
    assert "DISAGREE" in str(report)


def test_it_names_the_wrong_element_and_both_values():
    rng = np.random.default_rng(0)
    report = nn.check_gradients(wrong(nn.Dense(4, 3, rng=rng), "backward", one_wrong_weight), rng.normal(size=(5, 4)))
    worst = max(report.comparisons, key=lambda comparison: comparison.error)
    assert worst.index == (1, 2)
    assert worst.analytic - worst.numerical == pytest.approx(1e-3, rel=1e-5)
    assert f"{worst.analytic:.6g}" in str(report)


def test_random_directions_catch_one_wrong_element_of_a_large_array():
    rng = np.random.default_rng(0)
    layer = wrong(nn.Dense(40, 30, rng=rng), "backward", one_wrong_weight)
    report = nn.check_gradients(layer, rng.normal(size=(5, 40)), max_elements=100)
    assert not report.ok


def test_a_batch_norm_that_forgets_how_the_mean_depends_on_x_is_caught():
    def constant_statistics(self, backward, dy):
        difference, inverse_deviation, _ = self.saved()
        self.save_for_backward(difference, inverse_deviation, False)
        return backward(self, dy)

    layer = wrong(nn.BatchNorm(3), "backward", constant_statistics)
    assert not nn.check_gradients(layer, np.random.default_rng(1).normal(size=(6, 3))).ok


def test_exp_of_the_log_variance_taken_for_the_deviation_is_caught():
    class Sampling(nn.Layer):
        """z = exp(v / 2) * eps, with the gradient of exp(v) * eps."""

        def forward(self, v, *, eps, training=False):
            self.save_for_backward(v, eps)
            return np.exp(v / 2) * eps

        def backward(self, dz):
            v, eps = self.saved()
            return dz * np.exp(v) * eps

    rng = np.random.default_rng(2)
    assert not nn.check_gradients(Sampling(), rng.normal(size=(3, 2)), eps=rng.normal(size=(3, 2))).ok


def test_a_wrong_loss_gradient_is_caught():
    def forgets_the_batch(y, t):
        loss, dy = nn.losses.squared_error(y, t)
        return loss, dy * len(y)

    rng = np.random.default_rng(3)
    assert not nn.check_loss(forgets_the_batch, rng.normal(size=(4, 2)), rng.normal(size=(4, 2))).ok


def test_a_nan_gradient_is_not_ok():
    layer = wrong(nn.Tanh(), "backward", lambda self, backward, dy: backward(self, dy) * np.nan)
    assert not nn.check_gradients(layer, np.ones((2, 2))).ok


def test_an_input_on_the_kink_is_drawn_again():
    report = nn.check_gradients(nn.ReLU(), np.zeros((3, 4)))
    assert report.ok
    assert report.redraws > 0


def test_a_kink_that_stays_is_not_ok():
    class AbsoluteOfZero(nn.Layer):
        """|x - x0| with x0 wherever x is: a kink that moves along."""

        def forward(self, x, *, training=False):
            return np.abs(x - np.round(x, 3))

        def backward(self, dy):
            return dy

    report = nn.check_gradients(AbsoluteOfZero(), np.zeros((1, 1)), max_redraws=0)
    assert not report.ok
    assert "kink" in str(report)


def test_a_small_error_on_a_curved_function_is_no_kink():
    layer = wrong(nn.Tanh(), "backward", lambda self, backward, dy: 1.00001 * backward(self, dy))
    report = nn.check_gradients(layer, np.random.default_rng(6).normal(size=(3, 4)))
    assert not report.ok
    assert report.redraws == 0
    assert "<- WRONG" in str(report)


def test_a_backward_that_returns_nothing_is_refused():
    layer = wrong(nn.Tanh(), "backward", lambda self, backward, dy: None)
    with pytest.raises(ValueError, match="backward returned NoneType, not an array: it must return dx"):
        nn.check_gradients(layer, np.ones((2, 3)))


def test_a_forward_that_is_not_finite_is_refused():
    layer = wrong(nn.Tanh(), "forward", lambda self, forward, x, training: forward(self, x) * np.nan)
    with pytest.raises(ValueError, match="not finite"):
        nn.check_gradients(layer, np.ones((2, 3)))


def test_it_leaves_parameters_gradients_and_running_statistics_alone():
    rng = np.random.default_rng(4)
    network = nn.Sequential(nn.Dense(4, 3, rng=rng), nn.BatchNorm(3), nn.ReLU())
    x, dy = rng.normal(size=(5, 4)).astype("f"), rng.normal(size=(5, 3)).astype("f")
    network.forward(x, training=True)
    network.backward(dy)
    state = {name: array.copy() for name, array in network.state().items()}
    gradients = [parameter.grad.copy() for parameter in network.parameters()]
    given = x.copy()
    assert nn.check_gradients(network, x).ok
    np.testing.assert_array_equal(x, given)
    for name, array in network.state().items():
        np.testing.assert_array_equal(array, state[name])
        assert array.dtype == state[name].dtype
    for parameter, gradient in zip(network.parameters(), gradients, strict=True):
        np.testing.assert_array_equal(parameter.grad, gradient)


def test_the_same_seed_gives_the_same_report():
    x = np.random.default_rng(5).normal(size=(3, 4))
    layer = nn.Dense(4, 2, rng=0)
    assert nn.check_gradients(layer, x, rng=7) == nn.check_gradients(layer, x, rng=7)


def test_a_layer_that_draws_its_own_noise_is_refused():
    class Noisy(nn.Layer):
        def forward(self, x, *, training=False):
            return x + np.random.default_rng().normal(size=x.shape)

    with pytest.raises(ValueError, match="two results for one input"):
        nn.check_gradients(Noisy(), np.zeros((2, 2)))


def test_a_gradient_of_the_wrong_shape_is_named():
    layer = wrong(nn.Tanh(), "backward", lambda self, backward, dy: backward(self, dy)[0])
    with pytest.raises(ValueError, match="gradient of input has shape"):
        nn.check_gradients(layer, np.ones((2, 3)))
