"""Look into a network while it computes: what goes through every layer, and where signals die, explode or turn NaN."""

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING

from ..layer import Layer
from .statistics import Statistics, norm, statistics
from ..watch import watch_layers

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass
class LayerTrace:
    """`Statistics` of a layer's last forward and backward: x -> y, dy -> dx; None for what it has not done."""

    layer: str
    is_leaf: bool  # whether it holds no other layers
    x: Statistics | None = None
    y: Statistics | None = None
    dy: Statistics | None = None
    dx: Statistics | None = None


@dataclass(frozen=True)
class ParameterTrace:
    """Euclidean norms: of a parameter before the block, of its gradient after it, and of its change in proportion.

    update : ||theta_after - theta_before|| / ||theta_before||; about 1e-3 is healthy (Stanford's CS231n, "Neural
        Networks Part 3"), much less hardly learns, much more wrecks what was learned.  None if no optimiser stepped, or
        if theta was 0; 0 if its step was too small to change a digit of theta.
    """

    shape: tuple[int, ...]
    norm: float
    gradient: float
    update: float | None


class trace:
    """Record every layer's input, output and gradients for as long as a `with` block lasts:

    >>> with nn.trace(network) as trace:
    ...     _, dlogits = nn.losses.softmax_cross_entropy(network.forward(x, training=True), labels)
    ...     network.backward(dlogits)
    ...     optimiser.step()
    >>> print(trace)
    >>> trace.plot().savefig("trace.png")

    It works for every `Layer` and all that it holds, at any depth (`Layer.children`), on both devices.  If there are
    several steps in the block, the last forward and backward count.  Its attributes are there after the block.  Outside
    of the block nothing of this costs any time.

    Parameters
    ----------
    network : any layer.

    Attributes
    ----------
    layers : dict of `LayerTrace`, by the names that `Layer.named_parameters` uses, in the order of the first calls; the
        network itself has the name "".
    parameters : dict of `ParameterTrace`, by name.
    not_finite : where NaN or infinity came up first, as a sentence; None if everything was finite.
    """

    def __init__(self, network: Layer):
        if not isinstance(network, Layer):
            raise TypeError(f"nn.trace takes a layer, such as a Sequential, got {network!r}")
        self.network = network
        self.layers: dict[str, LayerTrace] = {}
        self.parameters: dict[str, ParameterTrace] = {}
        self.not_finite: str | None = None

    def __enter__(self) -> "trace":
        self._names = {}
        for name, layer in named_layers(self.network):
            self._names.setdefault(id(layer), name)  # a layer that stands in two places has the name of the first
        self._before = {name: parameter.data.copy() for name, parameter in self.network.named_parameters().items()}
        self._watching = watch_layers(
            forward=self._watch_forward, backward=self._watch_backward, backward_parameters=self._watch_backward
        )
        self._watching.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._watching.__exit__(*error)
        now = {name: p for name, p in self.network.named_parameters().items() if name in self._before}
        changes = {name: norm(parameter.data - self._before[name]) for name, parameter in now.items()}
        stepped = any(changes.values())  # then a change of 0 means that a step was too small for the dtype
        for name, parameter in now.items():
            size = norm(self._before[name])
            update = changes[name] / size if stepped and size else None
            self.parameters[name] = ParameterTrace(parameter.data.shape, size, norm(parameter.grad), update)
        del self._before

    def _watch_forward(self, forward):
        @wraps(forward)
        def traced(layer, *arguments, **options):
            if id(layer) not in self._names:
                return forward(layer, *arguments, **options)
            record = self._record(layer)
            x = statistics(arguments[0] if arguments else None)
            y = forward(layer, *arguments, **options)
            record.x, record.y = x, statistics(y)
            self._look_for_nan(layer, "forward", record.x, record.y)
            return y

        return traced

    def _watch_backward(self, backward):
        @wraps(backward)
        def traced(layer, *arguments, **options):
            if id(layer) not in self._names:
                return backward(layer, *arguments, **options)
            record = self._record(layer)
            record.dy, record.dx = statistics(arguments[0] if arguments else None), None
            dy, dx = record.dy, backward(layer, *arguments, **options)
            if dx is not None:  # `backward_parameters` has none, but the `backward` in it may
                record.dx = statistics(dx)
                self._look_for_nan(layer, "backward", dy, record.dx)
            return dx

        return traced

    def _record(self, layer):
        name = self._names[id(layer)]
        if name not in self.layers:
            leaf = not any(isinstance(child, Layer) for child in layer.children().values())
            self.layers[name] = LayerTrace(repr(layer) if leaf else type(layer).__name__, leaf)
        return self.layers[name]

    def _look_for_nan(self, layer, method, before, after):
        if self.not_finite or after is None or after.is_finite:
            return
        who, numbers = label(self._names[id(layer)], self._record(layer)), f"{after.nan} NaN, {after.infinite} infinite"
        if before is not None and not before.is_finite:
            self.not_finite = f"{who}.{method} was given numbers that are not finite: look at what comes before it"
            return
        bad = [name for name, p in layer.named_parameters().items() if not statistics(p.data).is_finite]
        because = f", with its {' and '.join(bad)} not finite" if bad else ""
        self.not_finite = f"{who}.{method} made them ({numbers} of {after.size}) out of finite numbers{because}"

    def plot(self) -> "Figure":
        """A matplotlib Figure: how large the outputs and gradients are, layer by layer; dead units; updates."""
        from .plot import draw  # matplotlib takes a second to load

        return draw(self)

    def __str__(self):
        if not self.layers:
            return "nothing was traced: call network.forward(x) inside of the block, with nn.trace(network) as trace"
        from .table import table

        return table(self)


def named_layers(layer, name=""):
    """Pairs (name, layer) of the layer and of all that it holds, at any depth; its own name is ""."""
    yield name, layer
    for key, child in layer.children().items():
        if isinstance(child, Layer):
            yield from named_layers(child, f"{name}.{key}".lstrip("."))


def label(name, record):
    """What a layer is called in tables: its name and what it is."""
    return f"{name}: {record.layer}" if name else record.layer
