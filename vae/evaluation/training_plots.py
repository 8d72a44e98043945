"""Figures of what was recorded over the steps of a training; `plots.kl_over_training` is another one.

Every function returns a matplotlib Figure; `plots.save` writes it.
"""

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure


def terms_over_training(history):
    """Objective, reconstruction and the KL of all latents together in each recorded step; beta, if it is a schedule.

    history : of a `nn.Recorder` with ``every``: columns ``step``, ``objective``, ``reconstruction``, ``kl.0``, ...
    """
    curves = {name: history[name] for name in ("objective", "reconstruction") if name in history}
    if latents := columns(history, "kl."):
        curves["KL"] = np.sum([history[name] for name in latents], axis=0)
    if "beta" in history:
        curves["beta"] = history["beta"]
    if not curves:
        raise ValueError("the history has no terms of a beta-VAE: record them with callbacks=[nn.Recorder(every=10)]")
    figure = Figure(figsize=(3.3 * len(curves), 3.2), layout="constrained")
    for axes, (name, curve) in zip(figure.subplots(1, len(curves), squeeze=False)[0], curves.items(), strict=True):
        axes.plot(history["step"], curve, lw=1.2)
        axes.set(title=name, xlabel="step of Adam", ylabel="" if name == "beta" else "nats per image")
        axes.grid(alpha=0.3)
    return figure


def gradient_norms_over_training(history):
    """The norm of each parameter's gradient over the steps, on a logarithmic axis: dark near the input, light far off.

    history : of a `nn.Recorder` behind a `nn.GradientNorms`: columns ``step``, ``gradient_norm.<parameter>``, ...
    """
    names = columns(history, "gradient_norm.")
    if not names:
        raise ValueError(
            "the history has no gradient norms: record them with "
            "callbacks=[nn.GradientNorms(every=10), nn.Recorder(every=10)]"
        )
    figure = Figure(figsize=(9, max(4, 1 + 0.19 * len(names))), layout="constrained")
    axes = figure.subplots()
    for name, colour in zip(names, colormaps["viridis"](np.linspace(0, 0.92, len(names))), strict=True):
        norms = np.array(history[name])
        axes.semilogy(history["step"], np.where(norms > 0, norms, np.nan), color=colour, lw=1, label=name[14:])
    axes.set(xlabel="step of Adam", ylabel="norm of the gradient", title="how large each parameter's gradient is")
    axes.grid(alpha=0.3)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right upper", fontsize="x-small")
    return figure


def means_over_training(steps, means):
    """Which latent begins to follow which factor, and when: a strip for each latent (columns) and factor (rows).

    In a strip time runs to the right, the factor's values upwards, and the colour is the latent's mean over the images
    with that value: bands of one colour from bottom to top belong to a latent that ignores the factor.

    steps, means : of a `MeansByFactor`: (looks,) and {factor: (looks, values, latents)}.
    """
    if not len(steps):
        raise ValueError("there was no look at the means: the training had fewer steps than MeansByFactor's every")
    latents = next(iter(means.values())).shape[2]
    largest = max(np.nanmax(np.abs(array)) for array in means.values())
    figure = Figure(figsize=(1.4 * latents + 1.2, 1.25 * len(means) + 0.9), layout="constrained")
    grid = figure.subplots(len(means), latents, squeeze=False, sharex=True)
    for row, (name, array) in zip(grid, means.items(), strict=True):
        for j, axes in enumerate(row):
            picture = axes.imshow(
                array[:, :, j].T, cmap="RdBu_r", vmin=-largest, vmax=largest, aspect="auto", origin="lower",
                interpolation="nearest", extent=(_before(steps), steps[-1], -0.5, array.shape[1] - 0.5),
            )  # fmt: skip
            axes.set_yticks([])
            axes.tick_params(labelsize="x-small")
        row[0].set_ylabel(name)
    for j, axes in enumerate(grid[0]):
        axes.set_title(f"z{j}", fontsize="medium")
    grid[-1, latents // 2].set_xlabel("step of Adam")
    figure.colorbar(picture, ax=grid, fraction=0.02, label="mean of the latent")
    figure.suptitle("mean of each latent by factor, over the training")
    return figure


def columns(history, prefix):
    """The names of the columns that begin so, in their order in the network or the code."""
    names = [name for name in history if name.startswith(prefix)]
    numbers = [name.removeprefix(prefix) for name in names]
    return sorted(names, key=lambda name: int(name.removeprefix(prefix))) if all(map(str.isdigit, numbers)) else names


def _before(steps):
    """Where the first look's column begins: as far to the left of it as the looks are apart."""
    return steps[0] - (steps[1] - steps[0] if len(steps) > 1 else steps[0])
