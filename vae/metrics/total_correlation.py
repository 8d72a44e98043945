"""The total correlation of the codes if they were Gaussian (as in Locatello et al. 2019)."""

import numpy as np

from nn.type_hints import Seed

from .resampling import bootstrap_error
from .score import Score
from .source import Codes, Factors, source_of

SINGULAR = 1e-10  # an eigenvalue of the correlation matrix below this, beside 1, is round-off


def total_correlation(
    codes: Codes, factors: Factors = None, rng: Seed = 0, *, samples: int = 10_000, repeats: int = 20
) -> Score:
    """How far the latents are from independent, in nats: KL( N(m, C) || prod_j N(m_j, C_jj) ), 0 or more.

        TC = 1/2 ( sum_j log C_jj - log det C ) = -1/2 log det(correlation matrix)

    with C the covariance of the codes.  It knows no factors.  It sees linear dependence only, and it says nothing of
    disentanglement by itself: rotated codes with equal variances are as uncorrelated as the factors.  Constant latents
    are left out.  If one latent is a linear function of the others, TC is infinite.

    codes : (n, latents), the factors are not looked at and may be missing; or a function and a data set.
    samples : points to use, at most.  The rest, and the returned `Score`, as in `mutual_information_gap`; its chance
    level is what n points of independent Gaussian latents give, about d (d - 1) / 4n.
    """
    rng = np.random.default_rng(rng)
    if factors is None and isinstance(codes, np.ndarray):
        factors = np.arange(len(codes))[:, None]  # any will do
    source = source_of(codes, factors)
    codes = source.points(samples, rng)[0]
    error = bootstrap_error(gaussian_total_correlation, (codes,), rng, repeats)
    latents = np.count_nonzero(codes.std(axis=0) > 0)
    chance = latents * (latents - 1) / (4 * len(codes))
    settings = {"codes": source.description, "points": len(codes), "fit": "Gaussian"}
    return Score(gaussian_total_correlation(codes), "total_correlation", error, chance, settings)


def gaussian_total_correlation(codes):
    """-1/2 log det of the correlation matrix of codes (n, latents), a float."""
    varying = codes[:, codes.std(axis=0) > 0]
    if varying.shape[1] < 2:
        return 0.0
    eigenvalues = np.linalg.eigvalsh(np.corrcoef(varying, rowvar=False))
    if eigenvalues[0] < SINGULAR:
        return np.inf
    return max(-np.log(eigenvalues).sum() / 2, 0.0)
