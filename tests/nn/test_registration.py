"""What every layer can do: be called, and find the parameters and layers that it holds."""

import numpy as np
import pytest

import nn


class Holder(nn.Layer):
    """A layer that holds what it is given, under the name `held`."""

    def __init__(self, held):
        self.held = held

    def forward(self, x, *, training=False):
        self.save_for_backward((x, nn.Parameter(np.ones(1))))  # what is saved does not belong to the layer
        return x


def test_a_layer_can_be_called():
    layer, x = nn.Dropout(0.5, rng=0), np.ones((3, 4), np.float32)
    np.testing.assert_array_equal(layer(x), x)
    assert (layer(x, training=True) == 0).any()


@pytest.mark.parametrize(
    ("hold", "name"),
    [
        (lambda layer: layer, "held.weight"),
        (lambda layer: [nn.ReLU(), layer], "held.1.weight"),
        (lambda layer: (layer, "something else", 3), "held.0.weight"),
        (lambda layer: {"a": None, "b": layer}, "held.b.weight"),
        (lambda layer: [[nn.ReLU()], [nn.ReLU(), (layer,)]], "held.1.1.0.weight"),
        (lambda layer: {"stages": [layer]}, "held.stages.0.weight"),
    ],
)
def test_what_a_layer_holds_learns_and_is_saved(hold, name):
    holder = Holder(hold(nn.Dense(2, 3, bias=False)))
    holder.forward(np.ones((1, 2)))
    assert list(holder.named_parameters()) == [name]
    assert list(holder.state()) == [name]
    assert len(holder.parameters()) == 1
    other = Holder(hold(nn.Dense(2, 3, bias=False)))
    other.load_state(holder.state())
    np.testing.assert_array_equal(other.parameters()[0].data, holder.parameters()[0].data)


def test_parameters_in_collections():
    a, b = nn.Parameter(np.ones(2)), nn.Parameter(np.ones(3))
    assert list(Holder({"a": a, "more": [b]}).named_parameters().values()) == [a, b]


def test_an_explicit_list_of_parameters_still_counts():
    class Explicit(Holder):
        def parameters(self):
            return [self.held()]

    weight = nn.Parameter(np.ones(2), "weight")
    assert Explicit(lambda: weight).named_parameters() == {"weight": weight}
