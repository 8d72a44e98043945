"""Parameters, their gradients, and the state of layers: what they hold, by which names."""

from types import SimpleNamespace

import numpy as np
import pytest

import nn

pytestmark = pytest.mark.usefixtures("form")


# ---- Gradients add up, in one layer and over all layers that share a parameter (eq. 2.16)


def test_gradients_add_up_until_they_are_set_to_zero():
    rng = np.random.default_rng(0)
    layer = nn.Dense(3, 2, rng=rng, dtype=np.float64)
    x, dy = rng.normal(size=(4, 3)), rng.normal(size=(4, 2))
    for times in (1, 2, 3):
        layer.forward(x)
        layer.backward(dy)
        np.testing.assert_allclose(layer.weight.grad, times * x.T @ dy)
        np.testing.assert_allclose(layer.bias.grad, times * dy.sum(axis=0))
    layer.weight.zero_grad()
    np.testing.assert_array_equal(layer.weight.grad, 0)


@pytest.mark.parametrize("kind", [nn.Conv2D, nn.ConvTranspose2D, nn.BatchNorm])
def test_after_zero_grad_only_the_new_gradient_counts(kind):
    rng, layer = np.random.default_rng(1), nn.BatchNorm(2) if kind is nn.BatchNorm else kind(2, 3, 3)
    y = layer.forward(rng.normal(size=(2, 4, 4, 2)).astype("f"), training=True)
    dy = rng.normal(size=y.shape).astype("f")
    layer.backward(dy)
    once = [parameter.grad.copy() for parameter in layer.parameters()]
    for parameter in layer.parameters():
        parameter.zero_grad()
    layer.backward(dy)
    for parameter, gradient in zip(layer.parameters(), once, strict=True):
        np.testing.assert_array_equal(parameter.grad, gradient)


def test_backward_twice_gives_twice_the_gradient():
    rng = np.random.default_rng(1)
    layer = nn.Conv2D(2, 3, 3, rng=rng, dtype=np.float64)
    dy = rng.normal(size=layer.forward(rng.normal(size=(2, 4, 4, 2))).shape)
    layer.backward(dy)
    once = layer.weight.grad.copy()
    layer.backward(dy)
    np.testing.assert_allclose(layer.weight.grad, 2 * once)


@pytest.mark.parametrize("make", [lambda: nn.Dense(4, 3), lambda: nn.BatchNorm(4)], ids=["Dense", "BatchNorm"])
def test_a_gradient_that_somebody_keeps_is_not_overwritten(make):
    """To compare the gradients of two steps, take ``parameter.grad`` of each: every step has its own."""
    rng, layer = np.random.default_rng(2), make()
    optimiser, seen = nn.Adam(layer.parameters()), []
    for _ in range(3):
        optimiser.zero_grad()
        y = layer.forward(rng.normal(size=(5, 4)).astype("f"), training=True)
        layer.backward(rng.normal(size=y.shape).astype("f"))
        gradients = [parameter.grad for parameter in layer.parameters()]
        seen.append((gradients, [gradient.copy() for gradient in gradients]))
        optimiser.step()
    optimiser.zero_grad()
    for gradients, copies in seen:
        for gradient, as_it_was in zip(gradients, copies, strict=True):
            np.testing.assert_array_equal(gradient, as_it_was)
    assert (seen[0][1][0] != seen[1][1][0]).any()


def test_a_gradient_can_be_changed_in_place_and_set():
    parameter = nn.Parameter(np.ones(3))
    parameter.grad += np.full(3, 2.0)
    parameter.grad[0] = 5
    np.testing.assert_array_equal(parameter.grad, [5, 2, 2])
    parameter.grad *= 2
    np.testing.assert_array_equal(parameter.grad, [10, 4, 4])
    parameter.zero_grad()
    parameter.grad += 1
    np.testing.assert_array_equal(parameter.grad, 1)
    parameter.grad = np.arange(3.0)
    parameter.grad += np.ones(3)
    np.testing.assert_array_equal(parameter.grad, [1, 2, 3])


@pytest.mark.parametrize("data", [2.5, 3, np.float32(2), np.array(1.0)], ids=repr)
def test_a_parameter_may_be_one_number(data):
    parameter = nn.Parameter(data)
    assert parameter.data.shape == parameter.grad.shape == ()
    parameter.grad += 1
    assert parameter.grad == 1
    assert "shape=()" in repr(parameter)


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


# ---- What belongs to a layer, by name


class Block(nn.Layer):
    """Parameters and layers as attributes and in lists."""

    def __init__(self):
        self.gain, self.offset = nn.Parameter(np.ones(2)), nn.Parameter(np.zeros(2))  # both of the default name
        self.first, self.others = nn.Dense(2, 2), [nn.BatchNorm(2), nn.Sequential(nn.Tanh(), nn.Dense(2, 2))]
        self.more = [nn.Parameter(np.zeros(1)), "no parameter"]
        self.batches = (1, 2)


NAMES = [
    "gain", "offset", "first.weight", "first.bias", "others.0.scale", "others.0.shift",
    "others.1.1.weight", "others.1.1.bias", "more.0",
]  # fmt: skip


def test_attributes_and_lists_of_them_belong_to_a_layer():
    block = Block()
    assert list(block.named_parameters()) == NAMES
    assert [id(p) for p in block.parameters()] == [id(p) for p in block.named_parameters().values()]
    statistics = {"others.0.running_mean", "others.0.running_variance", "others.0.steps"}
    assert block.state().keys() == {*NAMES} | statistics


def test_a_class_may_list_its_parameters_itself():
    class Own(nn.Layer):
        def __init__(self):
            self.pair = SimpleNamespace(a=nn.Parameter(np.zeros(1), "a"), b=nn.Parameter(np.ones(1), "b"))
            self.held = nn.Parameter(np.ones(2))

        def parameters(self):  # nobody looks into a namespace
            return [*super().parameters(), self.pair.a, self.pair.b]

    layer = Own()
    assert list(layer.named_parameters()) == ["held", "a", "b"]
    assert list(nn.Sequential(layer).named_parameters()) == ["0.held", "0.a", "0.b"]
    assert len(nn.Sequential(layer).parameters()) == 3
    layer.pair.a.name = layer.pair.b.name = "parameter"
    with pytest.raises(ValueError, match=r"two parameters called 'parameter': name them differently"):
        layer.state()


# ---- State


def changed(layer):
    rng = np.random.default_rng(8)
    for array in layer.arrays().values():
        array[...] = rng.integers(1, 9, array.shape)
    return layer


@pytest.mark.parametrize("make", [Block, lambda: nn.Sequential(nn.Dense(3, 2), nn.BatchNorm(2))])
def test_state_round_trip(make):
    layer, other = changed(make()), make()
    other.load_state(layer.state())
    assert layer.state().keys() == other.state().keys()
    for name, array in layer.state().items():
        np.testing.assert_array_equal(other.state()[name], array)


def test_a_loaded_network_computes_the_same():
    rng = np.random.default_rng(5)
    network = nn.Sequential(nn.Dense(3, 2, rng=rng), nn.BatchNorm(2))
    network.forward(rng.normal(size=(5, 3)).astype("f"), training=True)
    other = nn.Sequential(nn.Dense(3, 2), nn.BatchNorm(2))
    other.load_state(network.state())
    x = rng.normal(size=(4, 3)).astype("f")
    np.testing.assert_array_equal(other.forward(x), network.forward(x))
    for each in (network, other):
        each.forward(x, training=True)
    np.testing.assert_array_equal(other.forward(x), network.forward(x), "the running averages go on alike")


def test_state_is_a_copy_and_arrays_are_live():
    """``best = network.state()`` keeps the best weights while training goes on."""
    layer = nn.BatchNorm(2)
    best, live = layer.state(), layer.arrays()
    rng = np.random.default_rng(6)
    adam = nn.Adam(layer.parameters())
    layer.backward(layer.forward(rng.normal(size=(5, 2)).astype("f"), training=True))
    adam.step()
    for name, array in best.items():
        np.testing.assert_array_equal(array, nn.BatchNorm(2).state()[name], name)
    np.testing.assert_array_equal(live["running_mean"], layer.running_mean)
    assert live["scale"] is layer.scale.data
    live["scale"][...] = 7
    np.testing.assert_array_equal(layer.scale.data, 7)
    layer.load_state(best)
    np.testing.assert_array_equal(layer.scale.data, 1)
    best["scale"][...] = 3
    np.testing.assert_array_equal(layer.scale.data, 1, "loading copies, too")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s.update({"0.weight": np.zeros((1, 2))}), r"0.weight of shape \(1, 2\): expected \(3, 2\)"),
        (lambda s: s.update({"0.bias": np.zeros(())}), r"0.bias of shape \(\): expected \(2,\)"),
        (lambda s: s.update({"1.running_mean": np.zeros(1)}), r"1.running_mean of shape \(1,\): expected \(2,\)"),
        (lambda s: s.pop("1.steps"), r"without \['1.steps'\]"),
        (lambda s: s.update({"2.weight": np.zeros(2)}), r"with \['2.weight'\], which it does not have"),
        (lambda s: s.update({"1.gamma": s.pop("1.scale")}), r"without \['1.scale'\] and with \['1.gamma'\]"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_before_anything_changes(change, words):
    network = nn.Sequential(nn.Dense(3, 2), nn.BatchNorm(2))
    before, state = network.state(), changed(nn.Sequential(nn.Dense(3, 2), nn.BatchNorm(2))).state()
    change(state)
    with pytest.raises(ValueError, match=words):
        network.load_state(state)
    for name, array in network.state().items():
        np.testing.assert_array_equal(array, before[name])


def test_two_parameters_of_the_default_name_are_both_saved():
    block, other = changed(Block()), Block()
    other.load_state(block.state())
    np.testing.assert_array_equal(other.gain.data, block.gain.data)
    np.testing.assert_array_equal(other.offset.data, block.offset.data)
    assert (block.gain.data != block.offset.data).any()
