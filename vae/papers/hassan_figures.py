"""The figures of `hassan_frey`, from its rows and from the arrays that each run has left."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from ..evaluation import plots
from ..evaluation.curves import draw_curve, select
from ..evaluation.plots import sheet
from .training import kept

PIXELS = 560
LIMIT = 4  # of the axes of Figure 5.2, in deviations of the prior


def draw(rows, folder_of):
    """All figures; pictures are those of the first start."""
    first = select(rows, random_state=rows[0]["random_state"])
    arrays = [(row, kept(folder_of(row))) for row in sorted(first, key=lambda row: row["beta"])]
    figures = {"hassan_gap": gap(rows), "hassan_trade_off": trade_off(rows), "hassan_losses": losses(arrays)}
    two = [(row, own) for row, own in arrays if row["latent_dim"] == 2]
    if two:
        figures["hassan_aggregate"] = aggregate(two)
    for latents in _values(first, "latent_dim"):
        own = [(row, pictures) for row, pictures in arrays if row["latent_dim"] == latents]
        figures[f"hassan_faces_{latents}"] = faces(
            own, "generated", f"{latents} latents: faces decoded from z ~ N(0, I)"
        )
        figures[f"hassan_plane_{latents}"] = faces(
            own, "plane", f"{latents} latents: faces over the first two latents, 5 % to 95 % of their codes"
        )
        figures[f"hassan_rebuilt_{latents}"] = rebuilt(own)
    return figures


def gap(rows):
    """Figure 5.1, the covariance gap over beta, in both readings."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    panels = {"gap": "with the covariance of the mean codes", "gap_of_samples": "with that of sampled codes"}
    for axes, (column, title) in zip(figure.subplots(1, 2, sharey=True), panels.items(), strict=True):
        for latents in _values(rows, "latent_dim"):
            draw_curve(axes, select(rows, latent_dim=latents), "beta", column, label=f"{latents} latents")
        axes.set(xscale="log", yscale="log", title=title, xlabel=BETA)
        axes.grid(alpha=0.3)
    figure.axes[0].set_ylabel("covariance gap")
    figure.axes[0].legend(fontsize="small")
    return figure


BETA = f"beta, of the mean over pixels (times {PIXELS} for the sum)"


def trade_off(rows):
    """Reconstruction, KL, variety of the faces and distance of the aggregate posterior from the prior, over beta."""
    figure = Figure(figsize=(10, 6.2), layout="constrained")
    panels = {
        "reconstruction": "reconstruction, -log p(x|z), held out (nats)",
        "kl": "KL, held out (nats)",
        "variety": "variance of generated faces / variance of the data",
        "kl_of_aggregate": "KL of the aggregate posterior's moments to the prior (nats)",
    }
    for axes, (column, title) in zip(figure.subplots(2, 2, sharex=True).flat, panels.items(), strict=True):
        for latents in _values(rows, "latent_dim"):
            draw_curve(axes, select(rows, latent_dim=latents), "beta", column, label=f"{latents} latents")
        axes.set_title(title, fontsize="medium")
        axes.set_xscale("log")
        if column == "kl_of_aggregate":
            axes.set_yscale("log")
        axes.axvline(0.01, color="gray", linewidth=0.8, linestyle=":", zorder=0)
        axes.grid(alpha=0.3)
    for axes in figure.axes[2:]:
        axes.set_xlabel(BETA)
    figure.axes[0].legend(fontsize="small")
    figure.suptitle("dotted: the thesis's threshold", fontsize="small")
    return figure


def losses(arrays):
    """Figures 5.4, 5.6 and 5.8: the loss over the epochs, a row for each number of latents, a column for each beta."""
    every = [row for row, _ in arrays]
    latents, betas = _values(every, "latent_dim"), _values(every, "beta")
    figure = Figure(figsize=(1.25 * len(betas) + 0.8, 1.35 * len(latents) + 0.7), layout="constrained")
    grid = figure.subplots(len(latents), len(betas), sharex=True, squeeze=False)
    for row, own in arrays:
        axes = grid[latents.index(row["latent_dim"]), betas.index(row["beta"])]
        epochs = np.arange(1, len(own["loss"]) + 1)
        axes.plot(epochs, own["loss"], label="training (mean over the epoch)")
        axes.plot(epochs, own["held_out_loss"], "--", label="held out (after it)")
        axes.tick_params(labelsize="xx-small")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3)
        axes.margins(y=0.15)
        low, high = axes.get_ylim()
        axes.set_ylim(min(low, high - 0.02), high)  # so that noise is not drawn as large as learning
    for axes, beta in zip(grid[0], betas, strict=True):
        axes.set_title(f"beta = {beta:g}", fontsize="small")
    for axes, k in zip(grid[:, 0], latents, strict=True):
        axes.set_ylabel(f"{k} latents\nnats a pixel", fontsize="x-small")
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, fontsize="x-small")
    figure.suptitle("loss over the epochs", fontsize="small")
    return figure


def aggregate(arrays):
    """Figure 5.2: the prior, and the aggregate posterior for each beta."""
    prior = np.random.default_rng(0).standard_normal((2000, 2))
    panels = [("prior", prior), *((f"beta = {row['beta']:g}", own["codes"]) for row, own in arrays)]
    columns = min(len(panels), 6)
    lines = -(-len(panels) // columns)
    figure = Figure(figsize=(1.6 * columns, 1.75 * lines + 0.4), layout="constrained")
    grid = figure.subplots(lines, columns, squeeze=False).ravel()
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    for axes, (title, z) in zip(grid, panels, strict=False):
        axes.plot(*z.T, ".", markersize=0.8, alpha=0.5)
        axes.add_patch(_ellipse(z))
        largest = max(LIMIT, np.quantile(np.abs(z), 0.998))
        axes.set(xlim=(-largest, largest), ylim=(-largest, largest), aspect="equal")
        axes.set_title(title, fontsize="small")
        axes.tick_params(labelsize="xx-small")
    figure.suptitle("aggregate posterior; ellipse: two deviations", fontsize="small")
    return figure


def _values(rows, name):
    """The different values of a column, in ascending order."""
    return sorted({row[name] for row in rows})


def _ellipse(z):
    """Where a normal distribution with the points' moments has two deviations."""
    values, vectors = np.linalg.eigh(np.cov(z, rowvar=False))
    angle = np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1]))
    width, height = 4 * np.sqrt(values[::-1])
    return Ellipse(z.mean(axis=0), width, height, angle=angle, fill=False, color="black", linewidth=0.8)


def faces(arrays, name, title):
    """Figures 5.3, 5.5 and 5.7: 6x6 faces for each beta."""
    columns = min(len(arrays), 5)
    lines = -(-len(arrays) // columns)
    figure = Figure(figsize=(max(1.3 * columns, 6), 2.0 * lines + 0.3), layout="constrained")
    grid = figure.subplots(lines, columns, squeeze=False).ravel()
    for axes in grid:
        axes.set_axis_off()
    for axes, (row, own) in zip(grid, arrays, strict=False):
        plots.show(axes, sheet(own[name] / 255))
        axes.set_title(f"beta = {row['beta']:g}", fontsize="small")
    figure.suptitle(title, fontsize="small")
    return figure


def rebuilt(arrays):
    """Held-out faces, and what each beta makes of them."""
    (_, first), *_ = arrays
    images = np.stack([first["originals"], *(own["rebuilt"] for _, own in arrays)]) / 255
    latents = arrays[0][0]["latent_dim"]
    labels = ["original", *(f"beta = {row['beta']:g}" for row, _ in arrays)]
    return plots.image_grid(images, f"{latents} latents: held-out faces rebuilt", labels)
