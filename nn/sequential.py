"""Layers one after another."""

from .layer import Layer


class Sequential(Layer):
    """y = f_n(... f_2(f_1(x))): forward in order, backward in reverse order (dissertation, eq. 2.13).

    Parameters
    ----------
    *layers : the layers, first to last; they stay reachable as ``.layers``.

    Raises TypeError for anything that is no layer; ValueError if a layer stands in it twice, since it saves what its
    backward needs only for its last forward.
    """

    def __init__(self, *layers):
        for layer in layers:
            if not isinstance(layer, Layer):
                raise TypeError(f"Sequential takes layers, got {layer!r}: write Sequential(nn.Dense(...), nn.ReLU())")
        self.layers = list(layers)
        refuse_twice(self.layers)

    def forward(self, x, *, training=False):
        for layer in self.layers:
            x = layer.forward(x, training=training)
        return x

    def backward(self, dy):
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy

    def backward_parameters(self, dy):
        """As `backward`, but it stops at the first layer with parameters: below it there is nothing to learn."""
        learning = [position for position, layer in enumerate(self.layers) if layer.parameters()]
        first = learning[0] if learning else len(self.layers)
        for layer in reversed(self.layers[first + 1 :]):
            dy = layer.backward(dy)
        for layer in self.layers[first : first + 1]:
            layer.backward_parameters(dy)

    def children(self):
        return {str(position): layer for position, layer in enumerate(self.layers)}

    def __repr__(self):
        return f"Sequential({', '.join(map(repr, self.layers))})"


def refuse_twice(layers):
    """Raise ValueError if one layer object stands in the list twice, at whatever depth of `Sequential`s."""
    seen, waiting = set(), list(layers)
    while waiting:
        layer = waiting.pop()
        if id(layer) in seen:
            raise ValueError(
                f"the same {layer!r} stands in the network twice, but a layer remembers only its last forward: make a "
                "second one; to share weights, give both the same Parameter (second.weight = first.weight)"
            )
        seen.add(id(layer))
        waiting += layer.layers if isinstance(layer, Sequential) else []
