"""A network as a table."""

import numpy as np

from .device import to_device
from .forms import device_of
from .layer import Layer, Parameter, unique
from .sequential import Sequential
from .type_hints import DType, Iterable, Shape


def count(parameters: Iterable[Parameter]) -> int:
    """How many numbers the parameters hold, a shared one counted once."""
    return sum(int(np.prod(parameter.data.shape)) for parameter in unique(parameters))


def summary(network: Layer, input_shape: Shape, dtype: DType = np.float32) -> str:
    """The layers of a network with output shapes and numbers of parameters, as printable text.

    Parameters
    ----------
    network : a `Sequential`, or any single layer.
    input_shape : the shape of one example, without the batch.
    dtype : of the input, a kind of integer for a network that begins with an `Embedding`.

    A parameter that stands in several layers is counted once, where it comes first.
    Raises ValueError, from the layer concerned, if the shapes do not fit.
    """
    layers = network.layers if isinstance(network, Sequential) else [network]
    devices = {device_of(parameter.data) for parameter in network.parameters()} or {"cpu"}
    x = to_device(np.zeros((1, *input_shape), dtype), *devices)
    rows, seen = [("input", str(tuple(input_shape)), 0)], set()
    for layer in layers:
        x = layer.forward(x)
        new = [parameter for parameter in layer.parameters() if id(parameter) not in seen]
        seen.update(map(id, new))
        rows.append((shortened(repr(layer)), str(x.shape[1:]), count(new)))
    rows.append(("total", "", sum(parameters for *_, parameters in rows)))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    lines = [f"{name:<{widths[0]}}  {shape:<{widths[1]}}  {parameters:>12,}" for name, shape, parameters in rows]
    head = f"{'layer':<{widths[0]}}  {'output':<{widths[1]}}  {'parameters':>12}"
    return "\n".join([head, "-" * len(head), *lines[:-1], "-" * len(head), lines[-1]])


def shortened(text, most=60):
    """The text, or if it is longer (a network within the network) its beginning."""
    return text if len(text) <= most else f"{text[: most - 3]}..."
