"""The page of figures of a report."""

import math
import textwrap

import numpy as np
from matplotlib.figure import Figure

from . import plots
from .traversal_plots import with_overlay


def page(model, numbers, scores, pictures):
    """One A4 page.  Arguments as in `report.Report`."""
    figure = Figure(figsize=(8.3, 11.7), layout="constrained")
    figure.suptitle(_wrapped(model), fontsize="small")
    latents, grid = pictures["latents"], figure.add_gridspec(4, 2, height_ratios=(1, 1.4, 2.6, 1.8))
    _reconstructions(figure.add_subplot(grid[0, :]), pictures["pairs"])
    plots.draw_kl(figure.add_subplot(grid[1, 0]), latents)
    _explained(figure.add_subplot(grid[1, 1]), numbers["variance_explained"], latents.order)
    _traversals(figure.add_subplot(grid[2, :]), pictures["walks"], latents)
    _scores(figure.add_subplot(grid[3, 0]), scores)
    _aggregate_posterior(figure.add_subplot(grid[3, 1]), pictures["codes"], latents)
    return figure


def _wrapped(text, width=110):
    return "\n".join(textwrap.wrap(text, width)[:4])


def _reconstructions(axes, pairs):
    plots.show(axes, plots.sheet(pairs))
    axes.set_title("originals (above) and reconstructions", fontsize="small")


def _explained(axes, explained, order):
    shares = np.array(list(explained.values()))[:, order]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (k, j), share in np.ndenumerate(shares):
        if share >= 0.1:
            axes.text(j, k, f"{100 * share:.0f}", ha="center", va="center", fontsize="xx-small",
                      color="white" if share > 0.6 else "black")  # fmt: skip
    axes.set_yticks(range(len(explained)), explained, fontsize="small")
    axes.set_xticks(range(len(order)), [f"z{j}" for j in order], fontsize="small")
    axes.set_title("variance of each latent explained by a factor (%)", fontsize="small")


def _traversals(axes, walks, latents):
    plots.show(axes, plots.sheet(np.stack([with_overlay(walks[j]) for j in latents.order])))
    height = walks.shape[2]
    axes.set_yticks(
        np.arange(len(latents)) * (height + 1) + height / 2, [latents.title(j) for j in latents.order],
        fontsize="x-small",
    )  # fmt: skip
    axes.tick_params(length=0)
    axes.set_title("one latent at a time through its range in the data; last: from blue to orange", fontsize="small")


def _scores(axes, scores):
    """Those between 0 and 1 as points with their errors, and their chance levels."""
    shown = [score for score in scores.values() if 0 <= score <= 1][::-1]
    places = np.arange(len(shown))
    errors = [0 if math.isnan(score.error) else score.error for score in shown]
    axes.errorbar([float(score) for score in shown], places, xerr=errors, fmt="o", color="tab:blue", capsize=3)
    axes.plot([score.chance for score in shown], places, "x", color="gray", label="chance")
    axes.set_yticks(places, [score.metric.replace("_", " ") for score in shown], fontsize="x-small")
    axes.set(xlim=(-0.02, 1.02))
    axes.grid(axis="x", alpha=0.3)
    axes.legend(fontsize="x-small")
    axes.set_title("disentanglement, with standard errors", fontsize="small")


def _aggregate_posterior(axes, codes, latents):
    """The two busiest latents' codes over the prior's circles (compare Hassan, Figure 5.2)."""
    first, second = latents.order[:2] if len(latents) > 1 else (0, 0)
    axes.plot(codes[:, first], codes[:, second], ".", markersize=1, alpha=0.3, color="tab:blue")
    angles = np.linspace(0, 2 * np.pi, 200)
    for radius in (1, 2, 3):
        axes.plot(radius * np.cos(angles), radius * np.sin(angles), color="black", linewidth=0.6)
    axes.set(xlabel=latents.name(first), ylabel=latents.name(second), aspect="equal")
    inactive = " (inactive)" if latents.inactive(second) else ""
    axes.set_title(f"draws of q(z|x){inactive}\ncircles: 1, 2, 3 deviations of the prior", fontsize="small")
