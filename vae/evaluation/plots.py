"""The papers' figures.  Every function takes arrays and returns a matplotlib Figure; `save` writes it."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from datasets.shapes import SHAPES
from nn.files import atomic_write

from ..network.gaussian_code import INACTIVE
from ..network.images import to_float
from .measures import means_by_factor

RARE = 0.1  # of the usual number of images for a point: fewer have no mean worth drawing


def save(figure, path):
    """Write the figure, whole or not at all, in the format that the path's ending names."""
    with atomic_write(path) as file:
        figure.savefig(file, format=Path(path).suffix[1:], dpi=110)


def training_curves(history):
    """Objective, reconstruction and KL over the epochs, for the training and (if there is one) validation images.

    history : `BetaVAE.history_`.
    """
    figure = Figure(figsize=(10, 3.2), layout="constrained")
    for axes, name in zip(figure.subplots(1, 3), ("objective", "reconstruction", "kl"), strict=True):
        axes.plot(history["epoch"], history[name], "o-", label="training (mean over the epoch)")
        if f"validation_{name}" in history:
            axes.plot(history["epoch"], history[f"validation_{name}"], "s--", label="validation (after it)")
        axes.set(title=name if name != "kl" else "KL", xlabel="epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3)
    figure.axes[0].set_ylabel("nats per image")
    figure.axes[0].legend(fontsize="small")
    return figure


def kl_over_training(history):
    """The KL of each latent in the course of a training: which latent wakes up when, and which stays inactive.

    history : of a `nn.Recorder` that noted a step's terms: columns ``step``, ``kl.0``, ``kl.1``, ...
    """
    columns = sorted((name for name in history if name.startswith("kl.")), key=lambda name: int(name[3:]))
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    axes = figure.subplots()
    for position, name in enumerate(columns):
        active = history[name][-1] >= INACTIVE
        colour = f"C{position % 10}" if active else "0.75"
        axes.plot(history["step"], history[name], color=colour, lw=1.6 if active else 0.9, zorder=2 + active)
    axes.set(xlabel="step of Adam", ylabel="KL to the prior (nats)", title="which latent wakes up when")
    axes.grid(alpha=0.3)
    axes.set_ylim(bottom=0)
    _label_ends(axes, {f"z{name[3:]}": line for name, line in zip(columns, axes.lines, strict=True)})
    return figure


def _label_ends(axes, curves):
    """Write each curve's name beside its end, pushed apart where curves end close to each other."""
    gap, last = 0.045 * axes.get_ylim()[1], -np.inf
    for name, line in sorted(curves.items(), key=lambda item: item[1].get_ydata()[-1]):
        x, height = line.get_xdata()[-1], line.get_ydata()[-1]
        last = max(height, last + gap)
        place = {"va": "center", "annotation_clip": False, "fontsize": "small"}
        axes.annotate(name, (x, height), (x * 1.012, last), color=line.get_color(), **place)


def reconstructions(originals, rebuilt):
    """Originals (upper rows) beside what the autoencoder makes of them (lower rows).

    originals, rebuilt : (n, height, width, channels) in [0, 1], n up to a dozen.
    """
    figure = Figure(figsize=(1.1 * len(originals), 2.6), layout="constrained")
    grid = figure.subplots(2, len(originals), squeeze=False)
    for row, (images, label) in enumerate(((originals, "original"), (rebuilt, "rebuilt"))):
        for axes, image in zip(grid[row], images, strict=True):
            show(axes, image)
        grid[row, 0].set_ylabel(label)
    return figure


def latent_means(mean, data, latents):
    """What moves each latent: its mean over position, scale and rotation (Figures 4.4 and 4.6), the busiest first.

    mean : (n, latents), the mean codes of `data`, n images of `datasets.ShapesSet`;  latents : their `Latents`.

    A point that stands for less than a tenth of the images of a usual one is left out: a square turned by 90 degrees is
    in the set only where it differs from one that is not turned.
    """
    position, scale, rotation = (
        _means(mean, data, names) for names in (("x", "y"), ("shape", "scale"), ("shape", "rotation"))
    )
    figure = Figure(figsize=(1.5 * len(latents) + 1, 5.4), layout="constrained")
    grid = figure.subplots(3, len(latents), sharey="row", squeeze=False)
    largest = np.nanmax(np.abs(position))
    for j, (map_axes, scale_axes, rotation_axes) in zip(latents.order, grid.T, strict=True):
        picture = map_axes.imshow(position[:, :, j].T, cmap="RdBu_r", vmin=-largest, vmax=largest)
        map_axes.set_title(latents.title(j).replace(": ", "\n"), fontsize="medium", color=latents.colour(j))
        map_axes.set(xticks=[], yticks=[])
        for shape, name in enumerate(SHAPES):
            scale_axes.plot(scale[shape, :, j], label=name)
            rotation_axes.plot(np.linspace(0, 180, rotation.shape[1], endpoint=False), rotation[shape, :, j])
        rotation_axes.set_xticks([0, 90, 180])
        for axes in (scale_axes, rotation_axes):
            axes.axhline(0, color="gray", linewidth=0.5)
            axes.tick_params(labelsize="x-small")
    figure.colorbar(picture, ax=grid[0, -1], fraction=0.08)
    for axes, label in zip(grid[:, 0], ("position (x, y)", "scale", "rotation (degrees)"), strict=True):
        axes.set_ylabel(label)
    grid[1, 0].legend(fontsize="x-small")
    figure.suptitle("mean of each latent when one factor is held fixed (a flat panel: the latent ignores it)")
    return figure


def _means(mean, data, names):
    columns = [data.factor_names.index(name) for name in names]
    sizes = np.array(data.factor_sizes)[columns]
    return means_by_factor(mean, data.factors[:, columns], sizes, at_least=max(1, RARE * len(mean) / sizes.prod()))


def kl_bars(latents):
    """The KL of each latent: how much it tells about the image; inactive latents in grey."""
    figure = Figure(figsize=(6.5, 3), layout="constrained")
    draw_kl(figure.subplots(), latents)
    return figure


def draw_kl(axes, latents):
    """`kl_bars` on given axes."""
    order = latents.order
    inactive = latents.kl[order] < INACTIVE
    bars = axes.bar(range(len(latents)), latents.kl[order], color=np.where(inactive, "lightgray", "tab:blue"))
    axes.bar_label(bars, [f"{value:.2f}" for value in latents.kl[order]], fontsize="x-small")
    labels = [latents.name(j).replace(" = ", "\n").replace(", ", "\n") for j in order]
    axes.set_xticks(range(len(latents)), labels, fontsize="x-small")
    axes.set_ylabel("KL (nats per image)", fontsize="small")
    axes.set_title(
        f"{(~inactive).sum()} of {len(latents)} latents in use, {inactive.sum()} inactive (below {INACTIVE} nats)",
        fontsize="small",
    )
    axes.margins(y=0.12)


def image_grid(images, title, labels=()):
    """Images in rows and columns, in [0, 1]: (rows, columns, height, width, channels).  labels : of the rows."""
    rows, columns, height, width, _ = images.shape
    figure = Figure(figsize=(0.6 * columns * width / height + 0.8, 0.6 * rows + 0.4), layout="constrained")
    axes = figure.subplots()
    show(axes, sheet(images))
    axes.set_title(title, fontsize="medium")
    if len(labels):
        axes.set_yticks(np.arange(rows) * (height + 1) + height / 2, labels, fontsize="x-small")
        axes.tick_params(length=0)
    return figure


def sheet(images):
    """(rows, columns, height, width, channels) as one picture, with a grey line between any two."""
    rows, columns, height, width, channels = images.shape
    padded = np.pad(images, ((0, 0), (0, 0), (0, 1), (0, 1), (0, 0)), constant_values=0.5)
    sheet = padded.transpose(0, 2, 1, 3, 4).reshape(rows * (height + 1), columns * (width + 1), channels)
    return sheet[:-1, :-1]


def show(axes, image):
    """An image in [0, 1], (height, width, channels), without ticks."""
    axes.imshow(np.clip(image, 0, 1).squeeze(), cmap="gray", vmin=0, vmax=1)
    axes.set(xticks=[], yticks=[])


def as_pictures(images):
    """Images of any kind that a model takes, as floats in [0, 1]."""
    return to_float(np.asarray(images), np.float32)
