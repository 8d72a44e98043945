"""A `trace` as a figure."""

import numpy as np
from matplotlib.figure import Figure

from .statistics import BINS_PER_DECADE, DECADES

HEALTHY = 1e-3  # of an update, in proportion to the parameter


def draw(trace):
    """How large are outputs and gradients, layer by layer; zeros and dead units; updates of the parameters.

    Raises ValueError if nothing was traced.
    """
    leaves = {
        f"{name} {record.layer.partition('(')[0]}".strip(): record
        for name, record in trace.layers.items()
        if record.is_leaf and record.y
    }
    if not leaves:
        raise ValueError("nothing was traced: call network.forward(x) inside of the block, then plot")
    figure = Figure(figsize=(max(7, 2 + 0.35 * len(leaves)), 11), layout="constrained")
    outputs, gradients, zeros, updates = figure.subplots(4, 1)
    draw_magnitudes(outputs, list(leaves), [record.y for record in leaves.values()], "outputs y")
    draw_magnitudes(gradients, list(leaves), [record.dy for record in leaves.values()], "gradients dy")
    draw_zeros(zeros, leaves)
    draw_updates(updates, trace.parameters)
    return figure


def draw_magnitudes(axes, names, statistics, title):
    """The distribution of log10 |a| in each array as a column, dark where many numbers are, and their deviation.

    statistics : a list of `Statistics` or None.
    """
    nothing = np.zeros((DECADES[1] - DECADES[0]) * BINS_PER_DECADE)
    columns = np.array([nothing if s is None else s.magnitudes / s.size for s in statistics])
    axes.imshow(
        columns.T,
        origin="lower",
        aspect="auto",
        cmap="Blues",
        vmin=0,
        interpolation="nearest",
        extent=(-0.5, len(names) - 0.5, *DECADES),
    )
    deviations = np.array([np.nan if s is None else s.deviation for s in statistics])
    visible = np.where(deviations > 0, deviations, np.nan)
    axes.plot(np.log10(visible), "o-", color="tab:red", markersize=3, label="standard deviation")
    between = np.array([np.nan if s is None or not s.between_examples > 0 else s.between_examples for s in statistics])
    axes.plot(np.log10(between), "--", color="black", linewidth=0.8, label="standard deviation between examples")
    axes.set(title=f"{title}: how large (0 is in the lowest row)", ylabel="log10 of the size")
    axes.legend(fontsize="small", loc="lower right")
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize="x-small")


def draw_zeros(axes, leaves):
    """Bars for the share of zeros in each output, and of units that are zero in the whole batch."""
    places = np.arange(len(leaves))
    axes.bar(places - 0.2, [record.y.zeros for record in leaves.values()], 0.4, label="zeros")
    axes.margins(x=0)
    axes.bar(places + 0.2, [record.y.dead for record in leaves.values()], 0.4, label="dead units: 0 in every example")
    axes.set(title="zeros in the outputs", ylabel="share", ylim=(0, 1))
    axes.legend(fontsize="small")
    axes.set_xticks(places, leaves, rotation=90, fontsize="x-small")


def draw_updates(axes, parameters):
    """The size of each parameter's update in proportion to the parameter."""
    updates = {name: row.update for name, row in parameters.items() if row.update is not None}
    axes.set(title="updates", ylabel="update / norm")
    if not updates:
        axes.text(0.5, 0.5, "no optimiser stepped in the block", ha="center", transform=axes.transAxes)
        return
    axes.semilogy([update or np.nan for update in updates.values()], "o", markersize=4)  # 0 has no place on the axis
    axes.axhline(HEALTHY, color="gray", linewidth=0.8, label="about what is healthy")
    axes.legend(fontsize="small")
    axes.set_xticks(range(len(updates)), updates, rotation=90, fontsize="x-small")
