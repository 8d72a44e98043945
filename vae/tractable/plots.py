"""The figures of the thesis on inference in the beta-VAE: terms of the objective over beta."""

from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter


def over_beta(betas, curves, best, collapse):
    """ELBO, MIE and TIE, reconstruction and KL over beta, the extrema marked (thesis, Figure 3).

    betas : (n,);  curves : {"elbo", "log_likelihood", "mie", "tie", "reconstruction", "kl": (n,)}, nats;
    best : {"elbo", "mie", "tie": the beta, one of betas, where it is largest or smallest};
    collapse : the betas at which a latent collapses into the prior.
    """
    figure = Figure(figsize=(10, 6.4), layout="constrained")
    grid = figure.subplots(2, 2, sharex=True)
    (elbo, error), (reconstruction, kl) = grid

    def draw(axes, name, colour, label=None, **style):
        axes.plot(betas, curves[name], color=colour, label=label, **style)

    def draw_with_extremum(axes, name, colour, words):
        draw(axes, name, colour, f"{words} at beta = {best[name]:.3g}")
        axes.axvline(best[name], color=colour, linewidth=1, linestyle="--", zorder=0)
        axes.plot(best[name], curves[name][betas.searchsorted(best[name])], "o", color=colour)

    draw(elbo, "log_likelihood", "tab:gray", "log p(x) of the decoder's model", linestyle="-.")
    draw_with_extremum(elbo, "elbo", "tab:blue", "ELBO, largest")
    draw_with_extremum(error, "tie", "tab:red", "TIE, to the true posterior: smallest")
    draw_with_extremum(error, "mie", "tab:orange", "MIE, to the model's posterior: smallest")
    draw(reconstruction, "reconstruction", "tab:green")
    draw(kl, "kl", "tab:purple")
    elbo.set_title("(A) ELBO: the gap to log p(x) is MIE")
    error.set_title("(B) inference errors")
    reconstruction.set_title("(C) reconstruction, E log p(x|z)")
    kl.set_title("(D) KL to the prior (conditional independence loss)")
    for axes in grid.flat:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.grid(alpha=0.3)
        for beta in collapse:
            axes.axvline(beta, color="gray", linewidth=0.8, linestyle=":", zorder=0)
    for axes, place in ((elbo, "lower left"), (error, "upper left")):
        axes.legend(fontsize="small", loc=place)
    for axes in grid[:, 0]:
        axes.set_ylabel("nats, averaged over the data")
    for axes in grid[1]:
        axes.set_xlabel("beta (dotted: a latent collapses into the prior)")
    return figure
