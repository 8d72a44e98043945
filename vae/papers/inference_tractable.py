"""Thesis on inference in the beta-VAE, Figure 3: the tractable model over beta, in closed form.

The thesis's mixing matrix, noise and betas are lost in its text; here the entries of A are N(0, 1) and the noise has
the variance of the decoder's model.
"""

import numpy as np

from ..study import grid
from ..tractable import LinearBetaVAE
from ..tractable.plots import over_beta
from .experiment import Experiment

QUANTITIES = ("elbo", "mie", "tie", "tie_matched", "reconstruction", "kl", "objective", "log_likelihood")


def run(setting, folder):
    """All quantities at the optimal parameters, and how many latents are in use."""
    solution = LinearBetaVAE(mixing_of(setting), setting["noise_variance"], setting["beta"]).solve()
    in_use = (collapse_of(setting) > setting["beta"]).sum()
    return {name: getattr(solution, name) for name in QUANTITIES} | {"in_use": in_use}


def mixing_of(setting):
    """A, (observed, sources)."""
    return np.random.default_rng(setting["random_state"]).normal(size=(setting["observed"], setting["sources"]))


def collapse_of(setting):
    """The betas at which a latent collapses into the prior, the largest first: the largest eigenvalues of C."""
    covariance = LinearBetaVAE(mixing_of(setting), setting["noise_variance"], 1.0).covariance
    return np.sort(np.linalg.eigvalsh(covariance))[::-1][: setting["sources"]]


def settings(sources, observed, noise_variance, betas, random_state):
    """`betas` of them from well below all that happens to where the last latent has collapsed."""
    model = {"sources": sources, "observed": observed, "noise_variance": noise_variance, "random_state": random_state}
    ends = 0.1 * min(1, noise_variance), 2 * max(1, collapse_of(model)[0])
    chosen = np.unique([*np.geomspace(*ends, betas), 1.0, noise_variance])
    return grid(beta=[float(beta) for beta in chosen], **model)


def curves_of(rows):
    """Of rows in the order of beta: every quantity, (n,); the betas of the largest ELBO and the smallest errors."""
    curves = {name: np.array([row[name] for row in rows]) for name in ("beta", *QUANTITIES)}
    betas = curves["beta"]
    best = {"elbo": betas[curves["elbo"].argmax()]} | {
        name: betas[curves[name].round(12).argmin()]  # the first beta, where round-off makes the difference
        for name in ("mie", "tie", "tie_matched")
    }
    return curves, best


def claims_of(curves):
    """Whether what the thesis proves not to increase with beta does not."""
    return {name: bool((np.diff(curves[name]) <= 1e-9).all()) for name in ("objective", "kl", "reconstruction")}


def figure(rows):
    """Figure 3."""
    curves, best = curves_of(rows)
    return over_beta(curves["beta"], curves, best, collapse_of(rows[0]))


def draw(rows, folder_of):
    return {"inference_tractable": figure(rows)}


EXPERIMENT = Experiment(
    "inference_tractable",
    "Thesis on inference in the beta-VAE, Figure 3",
    run,
    settings={
        "quick": settings(2, 10, 1.0, 10, 0),
        "default": settings(2, 10, 1.0, 60, 0),
        "full": settings(2, 10, 1.0, 200, 0),
    },
    draw=draw,
    trains=False,
)
