"""A layer made of layers."""

from .layer import Layer
from .parameter import unique


class Composite(Layer):
    """A layer whose parameters, state and device are those of the layers that it is made of."""

    def named_layers(self):
        """The layers it is made of, by name."""
        raise NotImplementedError

    def parameters(self):
        return unique(parameter for layer in self.named_layers().values() for parameter in layer.parameters())

    def state(self):
        return {
            f"{name}.{key}": array
            for name, layer in self.named_layers().items()
            for key, array in layer.state().items()
        }

    def to_device(self, device):
        for layer in self.named_layers().values():
            layer.to_device(device)
