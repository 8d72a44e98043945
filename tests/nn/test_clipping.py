import numpy as np
import pytest

import nn


def parameters_with(*gradients):
    parameters = [nn.Parameter(np.zeros_like(gradient)) for gradient in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad += gradient
    return parameters


def test_the_norm_is_that_of_all_gradients_together():
    parameters = parameters_with(np.array([[3.0]]), np.array([4.0]), np.array(12.0))
    assert nn.gradient_norm(parameters) == pytest.approx(13)
    assert nn.gradient_norm([*parameters, *parameters]) == pytest.approx(13), "a shared one counts once"


def test_a_long_gradient_keeps_its_direction():
    parameters = parameters_with(np.array([[3.0]]), np.array([4.0, 0.0]))
    assert nn.clip_by_norm(parameters, 1.0) == pytest.approx(5)
    np.testing.assert_allclose(parameters[0].grad, [[0.6]])
    np.testing.assert_allclose(parameters[1].grad, [0.8, 0])


def test_a_short_one_stays_as_it_is():
    parameters = parameters_with(np.array([3.0, 4.0]), np.zeros(2))
    nn.clip_by_norm(parameters, 5.0)
    np.testing.assert_array_equal(parameters[0].grad, [3, 4])
    nn.clip_by_norm(parameters_with(np.zeros(3)), 1.0)


def test_clipping_by_value_looks_at_each_number():
    parameters = parameters_with(np.array([-3.0, 0.5]), np.array(2.0))
    nn.clip_by_value(parameters, 1.0)
    np.testing.assert_array_equal(parameters[0].grad, [-1, 0.5])
    assert parameters[1].grad == 1


def test_what_a_layer_added_is_not_changed():
    """The first gradient that is added may be the layer's own array."""
    for clip in (nn.clip_by_norm, nn.clip_by_value):
        dy = np.array([30.0, 40.0])
        parameter = nn.Parameter(np.zeros(2))
        parameter.grad += dy
        clip([parameter], 1.0)
        np.testing.assert_array_equal(dy, [30, 40])


@pytest.mark.parametrize("clip", [nn.clip_by_norm, nn.clip_by_value])
def test_the_dtype_stays_and_nan_is_not_hidden(clip):
    parameters = parameters_with(np.array([np.nan, 2], np.float32), np.ones((), np.float32), np.ones(2))
    clip(parameters, np.float64(0.5))
    assert [parameter.grad.dtype for parameter in parameters] == [np.float32, np.float32, np.float64]
    assert parameters[1].grad.shape == ()
    assert np.isnan(parameters[0].grad).any()


@pytest.mark.parametrize("clip", [nn.clip_by_norm, nn.clip_by_value])
def test_a_limit_must_be_positive(clip):
    with pytest.raises(ValueError, match="positive limit, got 0"):
        clip(parameters_with(np.ones(1)), 0)
