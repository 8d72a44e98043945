"""Thesis on inference in the beta-VAE, chapter III: its general statements, on random tractable models.

Each case draws sizes, a mixing matrix and a noise variance, solves the model over beta, and looks whether what the
thesis proves holds and where the extrema are.
"""

import numpy as np
from matplotlib.figure import Figure

from ..study import grid
from ..tractable import LinearBetaVAE
from .experiment import Experiment

BETAS = 60  # for each case, besides 1 and the noise variance
ROUND_OFF = 1e-8  # nats


def run(setting, folder):
    """Which statements hold for this model, and the beta with the smallest TIE."""
    rng = np.random.default_rng(setting["case"])
    sources = int(rng.integers(1, 5))
    observed = sources + int(rng.integers(0, 8))
    noise_variance = float(np.exp(rng.uniform(np.log(0.1), np.log(10))))
    mixing = rng.normal(size=(observed, sources)) * np.exp(rng.uniform(-1, 1))
    collapse = float(np.linalg.eigvalsh(mixing @ mixing.T)[-1] + noise_variance)  # of the last latent
    ends = 0.03 * min(1, noise_variance), 2 * max(1, collapse)
    betas = np.unique([*np.geomspace(*ends, BETAS), 1.0, noise_variance])
    solutions = [LinearBetaVAE(mixing, noise_variance, beta).solve() for beta in betas]
    curve = {
        name: np.array([getattr(solution, name) for solution in solutions])
        for name in ("objective", "kl", "reconstruction", "elbo", "mie", "tie_matched", "log_likelihood")
    }
    fixed = mie_of_fixed_decoder(mixing, noise_variance, betas, rng)
    one = np.searchsorted(betas, 1.0)
    best = betas[curve["tie_matched"].argmin()]
    return {
        "sources": sources, "observed": observed, "noise_variance": noise_variance, "last_collapse": collapse,
        **{f"{name}_never_rises": np.diff(curve[name]).max() <= ROUND_OFF
           for name in ("objective", "kl", "reconstruction", "log_likelihood")},
        "elbo_best_at_1": curve["elbo"][one] >= curve["elbo"].max() - ROUND_OFF,
        "likelihood_best_at_1": curve["log_likelihood"][one] >= curve["log_likelihood"].max() - ROUND_OFF,
        "fixed_decoders_mie_best_at_1": fixed[one] <= fixed.min() + ROUND_OFF,
        "best_beta_of_tie": best,
        "tie_best_from_noise_to_collapse": noise_variance <= best < collapse,
        "identity_error": np.abs(curve["log_likelihood"] - curve["elbo"] - curve["mie"]).max(),
        "split_of_kl_error": max(
            abs(found.kl - sum(split_of_kl(found.W, found.S, mixing, noise_variance))) for found in solutions
        ),
    }  # fmt: skip


def mie_of_fixed_decoder(mixing, noise_variance, betas, rng):
    """The model inference error over beta when only the encoder is trained, for a random decoder."""
    decoder = rng.normal(size=mixing.shape)
    models = [LinearBetaVAE(mixing, noise_variance, beta) for beta in betas]
    return np.array([model.evaluate(decoder, *model.best_encoder(decoder)).mie for model in models])


def split_of_kl(W, S, mixing, noise_variance):
    """The two parts of E KL( q(z|x) || p(z) ) (Hassan, equation 3.14, without its beta), in nats.

    The codes over all data are q(z) = N(0, M), M = W C W^T + diag S, C being the data's covariance:

        I(x; z)           = 1/2 ( log det M - sum log S )
        KL( q(z) || p(z) ) = 1/2 ( tr M - k - log det M )
    """
    M = W @ (mixing @ mixing.T + noise_variance * np.eye(len(mixing))) @ W.T + np.diag(S)
    log_det = np.linalg.slogdet(M)[1]
    return (log_det - np.log(S).sum()) / 2, (np.trace(M) - len(M) - log_det) / 2


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
    trains=False,
)
