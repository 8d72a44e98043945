"""A `Sequential` reads like a list of layers."""

import numpy as np
import pytest

import nn


def network():
    return nn.Sequential(nn.Dense(3, 4, rng=0), nn.Tanh(), nn.Dense(4, 2, rng=1))


def test_index_len_and_iteration():
    net = network()
    assert net[0] is net.layers[0]
    assert net[-1] is net.layers[2]
    assert len(net) == 3
    assert list(net) == net.layers
    with pytest.raises(IndexError):
        net[3]


def test_a_slice_is_a_network_of_the_same_layers():
    net, x = network(), np.random.default_rng(0).normal(size=(5, 3)).astype("f")
    head, tail = net[:2], net[2:]
    assert isinstance(head, nn.Sequential)
    assert list(head) == net.layers[:2]
    np.testing.assert_array_equal(tail(head(x)), net(x))
    assert list(net[::-2]) == [net[2], net[0]]


def test_append():
    net = network()
    net.append(nn.Softmax())
    assert isinstance(net[3], nn.Softmax)
    np.testing.assert_allclose(net(np.ones((2, 3), np.float32)).sum(axis=1), 1, rtol=1e-6)


def test_append_refuses_what_the_constructor_refuses():
    net = network()
    with pytest.raises(TypeError, match="Sequential takes layers, got"):
        net.append(np.tanh)
    with pytest.raises(ValueError, match="stands in the network twice"):
        net.append(net[1])
    with pytest.raises(ValueError, match="stands in the network twice"):
        net.append(nn.Sequential(net[2]))
    assert len(net) == 3


def test_a_layer_is_found_wherever_it_stands_twice():
    relu = nn.ReLU()
    for again in (nn.Sequential(relu), nn.Residual(relu), nn.Concatenate(nn.Identity(), nn.Sequential(relu))):
        with pytest.raises(ValueError, match=r"the same ReLU\(\) stands in the network twice"):
            nn.Sequential(relu, again)


def test_a_layer_may_hold_a_part_of_itself_under_a_second_name():
    class Named(nn.Layer):
        def __init__(self):
            self.network = network()
            self.first = self.network[0]

    assert len(nn.Sequential(Named(), nn.ReLU()).parameters()) == 4


def test_an_empty_network_is_a_network():
    assert nn.Sequential()
    np.testing.assert_array_equal(nn.Sequential()(np.ones(2)), 1)
