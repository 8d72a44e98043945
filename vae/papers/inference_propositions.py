"""Thesis on inference in the beta-VAE, chapter III: its general statements, on random tractable models.

Each case draws sizes, a mixing matrix and a noise variance, solves the model over beta, and looks whether what the
thesis proves holds and where the extrema are.
"""

import numpy as np
from matplotlib.figure import Figure

from ..study import grid
from ..tractable import LinearBetaVAE
from .experiment import Experiment

BETAS = 60  # for each case; beta = 1 is one of them


def run(setting, folder):
    """The largest rise from one beta to the next, and the betas of the extrema."""
    rng = np.random.default_rng(setting["case"])
    sources = int(rng.integers(1, 5))
    observed = sources + int(rng.integers(0, 8))
    noise_variance = float(np.exp(rng.uniform(np.log(0.1), np.log(10))))
    mixing = rng.normal(size=(observed, sources)) * np.exp(rng.uniform(-1, 1))
    largest = float(np.linalg.eigvalsh(mixing @ mixing.T)[-1] + noise_variance)  # where the last latent collapses
    betas = np.unique([*np.geomspace(0.03 * min(1, noise_variance), 2 * max(1, largest), BETAS), 1.0])
    solutions = [LinearBetaVAE(mixing, noise_variance, beta).solve() for beta in betas]
    curve = {
        name: np.array([getattr(solution, name) for solution in solutions])
        for name in ("objective", "kl", "reconstruction", "elbo", "mie", "tie_matched", "log_likelihood")
    }
    fixed = mie_of_fixed_decoder(mixing, noise_variance, betas, rng)
    return {
        "sources": sources, "observed": observed, "noise_variance": noise_variance, "last_collapse": largest,
        **{f"{name}_rise": np.diff(curve[name]).max() for name in ("objective", "kl", "reconstruction")},
        "identity_error": np.abs(curve["log_likelihood"] - curve["elbo"] - curve["mie"]).max(),
        "best_beta_of_elbo": betas[curve["elbo"].argmax()],
        "best_beta_of_likelihood": betas[curve["log_likelihood"].argmax()],
        "best_beta_of_tie": betas[curve["tie_matched"].argmin()],
        "best_beta_of_fixed_decoders_mie": betas[fixed.argmin()],
    }  # fmt: skip


def mie_of_fixed_decoder(mixing, noise_variance, betas, rng):
    """The model inference error over beta when only the encoder is trained, for a random decoder."""
    decoder = rng.normal(size=mixing.shape)
    models = [LinearBetaVAE(mixing, noise_variance, beta) for beta in betas]
    return np.array([model.evaluate(decoder, *model.best_encoder(decoder)).mie for model in models])


def draw(rows, folder_of):
    """Where TIE is smallest, beside the noise variance, which is a bound for it (docs/tractable.md)."""
    figure = Figure(figsize=(5, 4.2), layout="constrained")
    axes = figure.subplots()
    noise, best = (np.array([row[name] for row in rows]) for name in ("noise_variance", "best_beta_of_tie"))
    axes.loglog(noise, best, "o", markersize=4, alpha=0.7)
    ends = np.array([noise.min(), noise.max()])
    axes.loglog(ends, ends, color="gray", label="beta = noise variance")
    axes.axhline(1, color="gray", linestyle=":", label="beta = 1")
    axes.set(xlabel="noise variance v", ylabel="beta with the smallest TIE", title="one point for each random model")
    axes.legend(fontsize="small")
    axes.grid(alpha=0.3)
    return {"inference_best_beta": figure}


EXPERIMENT = Experiment(
    "inference_propositions",
    "Thesis on inference in the beta-VAE, chapter III, propositions 1 to 3",
    run,
    settings={"quick": grid(case=range(5)), "default": grid(case=range(100)), "full": grid(case=range(500))},
    draw=draw,
)
