"""Layers one after another."""

from .layer import Layer, parts
from .type_hints import Any, Array, Iterator


class Sequential(Layer):
    """y = f_n(... f_2(f_1(x))): forward in order, backward in reverse order (dissertation, eq. 2.13).

    Parameters
    ----------
    *layers : the layers, first to last; they stay reachable as ``.layers``.

    It can be read like a list: ``network[-1]`` is its last layer, ``network[:3]`` a `Sequential` of its first three,
    which are the same objects, not copies; ``len(network)``, ``for layer in network``, ``network.append(layer)``.

    Raises TypeError for anything that is no layer; ValueError if a layer stands in it twice, since it saves what its
    backward needs only for its last forward.
    """

    def __init__(self, *layers: Layer):
        check_layers("Sequential", layers)
        self.layers = list(layers)

    def append(self, layer: Layer) -> None:
        """Put one more layer at the end; raises as the constructor does."""
        check_layers("Sequential", [*self.layers, layer])
        self.layers.append(layer)

    def __getitem__(self, index: Any) -> Any:
        return Sequential(*self.layers[index]) if isinstance(index, slice) else self.layers[index]

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __bool__(self) -> bool:
        """An empty network is still a network: ``if network`` asks whether there is one."""
        return True

    def forward(self, x: Array, *, training: bool = False) -> Array:
        for layer in self.layers:
            x = layer.forward(x, training=training)
        return x

    def backward(self, dy: Array) -> Array:
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy

    def backward_parameters(self, dy: Array) -> None:
        """As `backward`, but it stops at the first layer with parameters: below it there is nothing to learn."""
        first = next((layer for layer in self.layers if layer.parameters()), None)
        for layer in reversed(self.layers if first is not None else []):
            if layer is first:
                return layer.backward_parameters(dy)
            dy = layer.backward(dy)

    def children(self) -> dict[str, Layer]:
        return {str(position): layer for position, layer in enumerate(self.layers)}

    def __repr__(self):
        return f"Sequential({', '.join(map(repr, self.layers))})"


def check_layers(owner, layers):
    """Raise TypeError for what is no layer, and ValueError if two of the layers are, or hold, the same layer."""
    seen = set()
    for layer in layers:
        if not isinstance(layer, Layer):
            raise TypeError(f"{owner} takes layers, got {layer!r}: write {owner}(nn.Dense(...), nn.ReLU())")
        inside = {id(part): part for part in parts(layer)}
        for twice in inside.keys() & seen:
            raise ValueError(
                f"the same {inside[twice]!r} stands in the network twice, but a layer remembers only its last forward: "
                "make a second one; to share weights, give both the same Parameter (second.weight = first.weight)"
            )
        seen |= inside.keys()
