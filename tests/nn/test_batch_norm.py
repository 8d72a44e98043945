import numpy as np
import pytest

import nn

pytestmark = pytest.mark.usefixtures("form")


@pytest.mark.parametrize("shape", [(8, 3), (4, 5, 2, 3)])
def test_training_gives_every_channel_mean_shift_and_deviation_scale(shape):
    rng = np.random.default_rng(0)
    layer = nn.BatchNorm(3, eps=0.0, dtype=np.float64)
    layer.scale.data[:], layer.shift.data[:] = [1, 2, 3], [4, 5, 6]
    y = layer.forward(rng.normal(7, 3, size=shape), training=True)
    axes = tuple(range(len(shape) - 1))
    np.testing.assert_allclose(y.mean(axis=axes), [4, 5, 6])
    np.testing.assert_allclose(y.std(axis=axes), [1, 2, 3])


def test_running_averages_are_right_after_one_step():
    x = np.random.default_rng(1).normal(5, 2, size=(10, 3))
    layer = nn.BatchNorm(3, dtype=np.float64)
    layer.forward(x, training=True)
    np.testing.assert_allclose(layer.running_mean, x.mean(axis=0))
    np.testing.assert_allclose(layer.running_variance, x.var(axis=0))  # the biased one


def test_running_averages_follow_the_bias_corrected_rule():
    rng = np.random.default_rng(2)
    layer = nn.BatchNorm(2, momentum=0.9, dtype=np.float64)
    batches = [rng.normal(size=(5, 2)) for _ in range(4)]
    for batch in batches:
        layer.forward(batch, training=True)
    weights = 0.1 * 0.9 ** np.arange(4)[::-1]
    expected = sum(w * batch.mean(axis=0) for w, batch in zip(weights, batches, strict=True)) / (1 - 0.9**4)
    np.testing.assert_allclose(layer.running_mean, expected)


def test_evaluation_uses_the_running_averages_and_leaves_them():
    rng = np.random.default_rng(3)
    layer = nn.BatchNorm(2, dtype=np.float64)
    layer.forward(rng.normal(3, 2, size=(6, 2)), training=True)
    mean, variance = layer.running_mean.copy(), layer.running_variance.copy()
    x = rng.normal(size=(4, 2))
    np.testing.assert_allclose(layer.forward(x), (x - mean) / np.sqrt(variance + 1e-4))
    np.testing.assert_array_equal(layer.running_mean, mean)
    np.testing.assert_array_equal(layer.running_variance, variance)


def test_evaluation_before_any_training_changes_almost_nothing():
    x = np.random.default_rng(4).normal(size=(4, 2))
    np.testing.assert_allclose(nn.BatchNorm(2, dtype=np.float64).forward(x), x, rtol=1e-4)


def test_a_constant_channel_stays_finite():
    layer = nn.BatchNorm(2)
    y = layer.forward(np.full((5, 2), 3, np.float32), training=True)
    np.testing.assert_array_equal(y, 0)
    assert np.isfinite(layer.backward(np.random.default_rng(5).normal(size=(5, 2)).astype("f"))).all()


def test_an_upstream_gradient_of_ones_has_no_effect():
    """Shifting x shifts nothing: this is why the checker's upstream gradient is random."""
    layer = nn.BatchNorm(3, dtype=np.float64)
    layer.forward(np.random.default_rng(6).normal(size=(7, 3)), training=True)
    np.testing.assert_allclose(layer.backward(np.ones((7, 3))), 0, atol=1e-12)


@pytest.mark.parametrize("shape", [(1, 3), (1, 1, 1, 3), (0, 3)])
def test_training_on_one_value_a_channel_is_refused(shape):
    layer = nn.BatchNorm(3)
    before = layer.state()
    with pytest.raises(ValueError, match="in training: one value a channel has no variance; give it a larger batch"):
        layer.forward(np.ones(shape, np.float32), training=True)
    for name, array in layer.state().items():
        np.testing.assert_array_equal(array, before[name], "nothing has been counted")
    assert layer.forward(np.ones(shape, np.float32)).shape == shape


def test_one_image_of_several_positions_is_enough():
    y = nn.BatchNorm(2).forward(np.random.default_rng(7).normal(size=(1, 1, 2, 2)).astype("f"), training=True)
    np.testing.assert_allclose(np.abs(y), 1, rtol=1e-2)
