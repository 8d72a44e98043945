"""What every layer can do."""

from .device import array_module, device_of, to_device


class Layer:
    """A differentiable function y = f(x; parameters) with a hand-written gradient.

    ``forward`` computes y and keeps what ``backward`` will need.  ``backward`` takes dy = dL/dy, the gradient of
    the loss for the last forward's output, ADDS dL/d(parameter) into every parameter's ``grad`` and returns
    dx = dL/dx.  The chain rule is then a loop over layers from the last to the first (see `Sequential`).
    """

    _kept = None

    def forward(self, x, *, training=False):
        """Compute y from x.  `training` matters only to layers that behave differently then (`BatchNorm`)."""
        raise NotImplementedError

    def backward(self, dy):
        """Add the parameters' gradients and return dx, the gradient for the last forward's input."""
        raise NotImplementedError

    def backward_parameters(self, dy):
        """As `backward`, without dx: for the first layer, whose input is data that nobody adjusts."""
        self.backward(dy)

    def parameters(self):
        """The layer's parameters, as a list; a shared one stands in it once."""
        return []

    def state(self):
        """Every array that makes up the layer's memory, by name: what a file must hold to bring it back."""
        return {parameter.name: parameter.data for parameter in self.parameters()}

    def load_state(self, state):
        """Copy the arrays of `state`, which has the names and shapes of `state()`, into the layer."""
        for name, array in self.state().items():
            array[...] = to_device(state[name], device_of(array))

    def to_device(self, device):
        """Move the layer's arrays to ``"cpu"`` or ``"gpu"``."""
        for parameter in self.parameters():
            parameter.to_device(device)

    def keep(self, *values):
        """Remember `values` until `backward` asks for them with `kept`."""
        self._kept = values

    def kept(self):
        """What the last forward kept; RuntimeError if there was none."""
        if self._kept is None:
            raise RuntimeError(f"{self!r}: backward was called before forward: call forward(x) first")
        return self._kept

    def __getstate__(self):
        """Copies and other processes get the layer without what it kept for its last backward."""
        return {name: value for name, value in self.__dict__.items() if name != "_kept"}

    def __repr__(self):
        return f"{type(self).__name__}()"


def check_float(layer, x):
    """Raise TypeError unless x is an array of floats, the only thing that has a gradient."""
    array_module(x)
    if x.dtype.kind != "f":
        raise TypeError(f"{layer!r} got an input of dtype {x.dtype}: convert it first (x.astype('float32'))")


def check_device(layer, x, parameter):
    """Raise TypeError unless x lives where the layer's parameters do."""
    if type(x) is not type(parameter.data) and device_of(x) != device_of(parameter.data):
        here, there = device_of(x), device_of(parameter.data)
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
