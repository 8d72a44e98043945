"""What a layer is: a function with parameters, and its gradient."""

import numpy as np

from .device import to_device
from .forms import array_module, device_of, several_forms
from .type_hints import Any, Array, Device


@several_forms
def zero_gradient(data):
    """Zeros of the shape and dtype of `data`."""
    return array_module(data).zeros_like(data)


class Parameter:
    """An array to be learned, ``data``, with dL/d(data), ``grad``, of the same shape and dtype.

    The same Parameter may stand in several layers.  Every layer ADDS its share, ``parameter.grad += ...``, so that the
    shared weight gets the sum over all places where it is used (dissertation, eqs. 2.16 and 2.17).

    Parameters
    ----------
    data : float array of any shape, or one number.
    name : what reports call it, for example ``"weight"``.
    """

    def __init__(self, data: Array | float, name: str = "parameter"):
        self.data: Array = data if hasattr(data, "ndim") and not isinstance(data, np.generic) else np.array(data)
        self.name = name
        self.zero_grad()

    def zero_grad(self) -> None:
        """Make the gradient zero."""
        self.grad: Array = zero_gradient(self.data)

    def to_device(self, device: Device) -> None:
        """Move ``data`` to ``"cpu"`` or ``"gpu"`` and make the gradient zero there."""
        self.data = to_device(self.data, device)
        self.zero_grad()

    def __repr__(self):
        return f"Parameter({self.name!r}, shape={self.data.shape}, dtype={self.data.dtype})"


class Layer:
    """A differentiable function y = f(x; parameters) with a hand-written gradient.

    ``forward`` computes y and saves what ``backward`` will need.  ``backward`` takes dy = dL/dy, the gradient of
    the loss for the last forward's output, ADDS dL/d(parameter) into every parameter's ``grad`` and returns
    dx = dL/dx.  The chain rule is then a loop over layers from the last to the first (see `Sequential`).

    ``layer(x)`` is the same as ``layer.forward(x)``.

    Parameters and layers that are attributes, or stand in lists, tuples or dicts that are attributes, however deep,
    belong to the layer: they learn, move and are saved with it.

    Whether it is training is an argument of every forward and no switch of the layer (as PyTorch's ``train()`` and
    ``eval()``): a layer has no mode that a call elsewhere may have left behind, and the forward itself says what it
    computes.  It is False unless said, so that whoever evaluates cannot move a running average by mistake; a training
    loop says ``training=True`` at one place.
    """

    differs_in_training = False  # whether forward does something else with training=True
    _saved = None

    def forward(self, x: Array, *, training: bool = False) -> Array:
        """Compute y from x.  `training` matters only to layers that behave differently then: `BatchNorm`, `Dropout`."""
        raise NotImplementedError

    def __call__(self, x: Array, **options: Any) -> Array:
        """`forward`."""
        return self.forward(x, **options)

    def backward(self, dy: Array) -> Array:
        """Add the parameters' gradients and return dx, the gradient for the last forward's input."""
        raise NotImplementedError

    def backward_parameters(self, dy: Array) -> None:
        """As `backward`, without dx: for the first layer, whose input is data that nobody adjusts."""
        self.backward(dy)

    def save_for_backward(self, *values: Any) -> None:
        """Keep `values` until `backward` asks for them with `saved`."""
        self._saved = values

    def saved(self) -> tuple[Any, ...]:
        """What the last forward saved; RuntimeError if there was none."""
        if self._saved is None:
            raise RuntimeError(f"{self!r}: backward was called before forward: call forward(x) first")
        return self._saved

    def children(self) -> "dict[str, Parameter | Layer]":
        """The parameters and layers that it holds, by name."""
        return dict(found for name, value in self.__getstate__().items() for found in _named(name, value))

    def named_parameters(self) -> dict[str, Parameter]:
        """The layer's parameters and those of the layers in it, by name, for example ``"encoder.0.weight"``.

        A shared one stands there under each of its names.
        """
        named = self._held_parameters()
        known = {id(parameter) for parameter in named.values()}
        for parameter in self.parameters():  # a class may list further ones
            if id(parameter) not in known and named.setdefault(parameter.name, parameter) is not parameter:
                raise ValueError(f"{self!r} has two parameters called {parameter.name!r}: name them differently")
        return named

    def parameters(self) -> list[Parameter]:
        """The layer's parameters, as a list; a shared one stands in it once."""
        return unique(self._held_parameters().values())

    def _held_parameters(self):
        named = {}
        for name, child in self.children().items():
            inner = {"": child} if isinstance(child, Parameter) else child.named_parameters()
            named |= {f"{name}.{key}".rstrip("."): parameter for key, parameter in inner.items()}
        return named

    def arrays(self) -> dict[str, Array]:
        """Every array that makes up the layer's memory, by name: the live ones, not copies."""
        arrays = {name: parameter.data for name, parameter in self.named_parameters().items()}
        for name, child in self.children().items():
            if isinstance(child, Layer):
                arrays |= {f"{name}.{key}": array for key, array in child.arrays().items()}
        return arrays

    def state(self) -> dict[str, Array]:
        """A copy of every array in `arrays`, by name: what a file must hold to bring the layer back."""
        return {name: array.copy() for name, array in self.arrays().items()}

    def load_state(self, state: dict[str, Array]) -> None:
        """Copy the arrays of `state` into the layer.

        Raises ValueError, before anything is changed, unless the names and shapes are those of `state()`.
        """
        load_arrays(repr(self), self.arrays(), state)

    def to_device(self, device: Device) -> None:
        """Move the layer's arrays to ``"cpu"`` or ``"gpu"``."""
        for child in self.children().values():
            child.to_device(device)
        for parameter in self.parameters():
            parameter.to_device(device)

    def __getstate__(self):
        """Copies and other processes get the layer without what it saved for its last backward."""
        return {name: value for name, value in vars(self).items() if name != "_saved"}

    def __repr__(self):
        return f"{type(self).__name__}()"


def _named(name, value):
    """(name, value) if the value is a parameter or a layer; if it is a collection, those in it, "name.key" each."""
    if isinstance(value, Parameter | Layer):
        yield name, value
    elif isinstance(value, list | tuple | dict):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _named(f"{name}.{key}", item)


def parts(layer):
    """The layer and all layers in it, at whatever depth."""
    yield layer
    for child in layer.children().values():
        if isinstance(child, Layer):
            yield from parts(child)


def unique(parameters):
    """The parameters in their order, each one once even where several layers share it."""
    return list({id(parameter): parameter for parameter in parameters}.values())


def load_arrays(owner, arrays, state):
    """Copy each array of the dict `state` into the one of that name in the dict `arrays`; see `Layer.load_state`."""
    if state.keys() != arrays.keys():
        missing, extra = sorted(arrays.keys() - state.keys()), sorted(state.keys() - arrays.keys())
        raise ValueError(f"{owner} got a state without {missing[:5]} and with {extra[:5]}, which it does not have")
    for name, array in arrays.items():
        if np.shape(state[name]) != array.shape:
            raise ValueError(f"{owner} got {name} of shape {np.shape(state[name])}: expected {array.shape}")
    for name, array in arrays.items():
        array[...] = to_device(state[name], device_of(array))


def check_float(layer, x):
    """Raise TypeError unless x is an array of floats, the only thing that has a gradient."""
    array_module(x)
    if x.dtype.kind != "f":
        raise TypeError(f"{layer!r} got an input of dtype {x.dtype}: convert it first (x.astype('float32'))")


def check_device(layer, x, parameter):
    """Raise TypeError unless x lives where the layer's parameters do."""
    if type(x) is not type(parameter.data) and (here := device_of(x)) != (there := device_of(parameter.data)):
        raise TypeError(
            f"{layer!r} is on the {there.upper()}, but got an input on the {here.upper()}: move the input with "
            f"nn.to_device(x, {there!r}), or the layer with layer.to_device({here!r})"
        )


def check_gradient_shape(layer, dy, shape):
    """Raise ValueError unless dy has the shape of the last forward's output."""
    if dy.shape != shape:
        raise ValueError(
            f"{layer!r}.backward got dy of shape {dy.shape}, but its last forward returned {shape}: "
            "dy is the gradient for that output and has its shape"
        )
