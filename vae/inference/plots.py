"""The figures of trained networks beside the exact optimum: terms of the objective over beta (Figures 4 and 5)."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

PANELS = {
    "elbo": "(A) ELBO",
    "tie": "(B) TIE, true inference error",
    "reconstruction": "(C) reconstruction, E log p(x|z)",
    "kl": "(D) KL to the prior (conditional independence loss)",
}


def deep_terms_over_beta(betas, runs, exact=None):
    """The same for trained networks: mean, minimum and maximum over random starts (Figures 4 and 5, A to D).

    betas : (n,);  runs : {"training images": terms, "new images": terms}, each {"elbo", "tie", "reconstruction",
    "kl": (n, starts)}, nats;  exact : {the same names: (n,)}, the best linear model's, or None.
    """
    figure = Figure(figsize=(10, 6.8), layout="constrained")
    for axes, (name, title) in zip(figure.subplots(2, 2, sharex=True).flat, PANELS.items(), strict=True):
        for (label, terms), colour in zip(runs.items(), ("tab:blue", "tab:orange"), strict=True):
            values, mean = terms[name], terms[name].mean(axis=1)
            axes.plot(betas, mean, "o-", color=colour, markersize=3, label=label)
            for edge in (values.min(axis=1), values.max(axis=1)):
                axes.plot(betas, edge, "--", color=colour, linewidth=0.8)
            if name in ("elbo", "tie"):
                best = betas[np.argmax(mean) if name == "elbo" else np.argmin(mean)]
                axes.axvline(best, color=colour, linewidth=1, linestyle=":")
        if exact is not None:
            axes.plot(betas, exact[name], "-.", color="tab:gray", label="best linear model, exactly")
        if name == "tie":
            axes.set_yscale("log")
        axes.set(title=title, xscale="log")
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.grid(alpha=0.3)
    figure.axes[0].legend(fontsize="small")
    for axes in figure.axes[::2]:
        axes.set_ylabel("nats per image")
    for axes in figure.axes[2:]:
        axes.set_xlabel("beta (dotted: the extremum)")
    figure.suptitle("trained networks: mean (solid), minimum and maximum (dashed) over random starts")
    return figure
