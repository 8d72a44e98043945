"""Gradients add up, in one layer and over all layers that share a parameter (eq. 2.16)."""

import numpy as np

import nn


def test_gradients_add_up_until_they_are_set_to_zero():
    rng = np.random.default_rng(0)
    layer = nn.Dense(3, 2, rng=rng, dtype=np.float64)
    x, dy = rng.normal(size=(4, 3)), rng.normal(size=(4, 2))
    for times in (1, 2):
        layer.forward(x)
        layer.backward(dy)
        np.testing.assert_allclose(layer.weight.grad, times * x.T @ dy)
        np.testing.assert_allclose(layer.bias.grad, times * dy.sum(axis=0))
    layer.weight.zero_grad()
    np.testing.assert_array_equal(layer.weight.grad, 0)


def test_after_zero_grad_only_the_new_gradient_counts():
    rng = np.random.default_rng(1)
    layer = nn.Conv2D(2, 3, 3, rng=rng, dtype=np.float64)
    x, dy = rng.normal(size=(2, 4, 4, 2)), rng.normal(size=(2, 4, 4, 3))
    layer.forward(x)
    layer.backward(dy)
    once = layer.weight.grad.copy()
    layer.weight.zero_grad()
    layer.backward(dy)
    np.testing.assert_array_equal(layer.weight.grad, once)


def test_a_gradient_can_be_changed_in_place_and_set():
    parameter = nn.Parameter(np.ones(3))
    parameter.grad += 2
    parameter.grad[0] = 5
    np.testing.assert_array_equal(parameter.grad, [5, 2, 2])
    parameter.zero_grad()
    parameter.grad += 1
    np.testing.assert_array_equal(parameter.grad, 1)
    parameter.grad = np.arange(3.0)
    np.testing.assert_array_equal(parameter.grad, [0, 1, 2])


def shared_network(rng):
    first, last = nn.Dense(4, 4, rng=rng), nn.Dense(4, 4, rng=rng)
    last.weight = first.weight
    return nn.Sequential(first, nn.Tanh(), last)


def test_a_shared_weight_gets_the_sum_of_both_gradients():
    rng = np.random.default_rng(2)
    shared = shared_network(rng)
    apart = nn.Sequential(nn.Dense(4, 4), nn.Tanh(), nn.Dense(4, 4))
    for one, other in zip(shared.layers[::2], apart.layers[::2], strict=True):
        other.weight.data[:] = one.weight.data
    x, dy = rng.normal(size=(3, 4)).astype("f"), rng.normal(size=(3, 4)).astype("f")
    for network in (shared, apart):
        network.forward(x)
        network.backward(dy)
    both = apart.layers[0].weight.grad + apart.layers[2].weight.grad
    np.testing.assert_allclose(shared.layers[0].weight.grad, both, rtol=1e-5)


def test_a_shared_parameter_is_listed_counted_and_checked_once():
    network = shared_network(np.random.default_rng(3))
    assert len(network.parameters()) == 3
    assert nn.count(network.parameters()) == 16 + 4 + 4
    report = nn.check_gradients(network, np.random.default_rng(4).normal(size=(2, 4)))
    assert report.ok, report
    assert len(report.comparisons) == 4


def test_state_round_trip():
    rng = np.random.default_rng(5)
    network = nn.Sequential(nn.Dense(3, 2, rng=rng), nn.BatchNorm(2))
    network.forward(rng.normal(size=(5, 3)).astype("f"), training=True)
    other = nn.Sequential(nn.Dense(3, 2), nn.BatchNorm(2))
    other.load_state(network.state())
    x = rng.normal(size=(4, 3)).astype("f")
    np.testing.assert_array_equal(other.forward(x), network.forward(x))
