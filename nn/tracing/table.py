"""A `trace` as text."""

from .trace import label

FORWARD = f"{'shape':<20}{'mean':>9}{'deviation':>11}{'between':>9}{'largest':>9}{'zeros':>7}{'dead':>6}"
BACKWARD = f"{'deviation':>13}{'largest':>9}{'zeros':>7}"


def table(trace):
    """A row for each layer (what it gives, and the gradient that comes back to it), and one for each parameter.

    "between" is `Statistics.between_examples`: near 0, the layer says the same whatever the input is.
    """
    rows = [("input", next(iter(trace.layers.values())).x, next(iter(trace.layers.values())).dx)]
    rows += [(label(name, record), record.y, record.dy) for name, record in trace.layers.items()]
    width = min(max(len(name) for name, *_ in rows), 44) + 2
    lines = [
        f"{'':<{width}}{'output y':<{len(FORWARD)}}{'gradient dy':>13}",
        f"{'layer':<{width}}{FORWARD}{BACKWARD}",
        *(f"{_short(name, width - 2):<{width}}{_forward(y)}{_backward(dy)}".rstrip() for name, y, dy in rows),
        "",
        f"{'parameter':<{width}}{'shape':<20}{'norm':>10}{'gradient':>11}{'update / norm':>18}",
        *(f"{_short(name, width - 2):<{width}}{_parameter(row)}" for name, row in trace.parameters.items()),
        "",
        f"NaN or infinity: {trace.not_finite}" if trace.not_finite else "all numbers are finite",
    ]
    return "\n".join(lines)


def _short(name, width):
    return name if len(name) <= width else f"{name[: width - 3]}..."


def _forward(y):
    if y is None:
        return " " * len(FORWARD)
    numbers = f"{y.mean:>9.2g}{y.deviation:>11.2g}{y.between_examples:>9.2g}{y.largest:>9.2g}"
    return f"{y.shape!s:<20}{numbers}{y.zeros:>7.0%}{y.dead:>6.0%}"


def _backward(dy):
    return "" if dy is None else f"{dy.deviation:>13.2g}{dy.largest:>9.2g}{dy.zeros:>7.0%}"


def _parameter(row):
    update = "-" if row.update is None else f"{row.update:.2g}"
    return f"{row.shape!s:<20}{row.norm:>10.2g}{row.gradient:>11.2g}{update:>18}"
