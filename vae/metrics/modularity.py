"""Modularity (Ridgeway & Mozer 2018): does each latent know about one factor only?"""

import numpy as np

from nn.type_hints import Seed

from .information import equal_width_bins, mutual_information, relabel
from .resampling import measure
from .score import Score
from .source import Codes, Factors, source_of


def modularity(
    codes: Codes, factors: Factors = None, rng: Seed = 0, *, samples: int = 10_000, bins: int = 20, repeats: int = 20
) -> Score:
    """How close each latent comes to informing about a single factor, averaged over latents: 0 to 1.

        modularity = mean_j ( 1 - sum_{k != k*} I_jk^2 / (I_jk*^2 (K - 1)) ),   I_jk = I(z_j; v_k),  k* = argmax_k I_jk

    A latent with no information at all, such as a constant, counts as 0.  Trap: a latent of pure noise does not.  The
    little information that finite samples lend it is largest for the factor with the most values, so that noise may
    look modular: hence compare with ``chance``, and keep to the latents that are in use (`active_latents`).

    Parameters and the returned `Score` as in `mutual_information_gap`.  Needs two factors that vary.
    """
    rng, source = np.random.default_rng(rng), source_of(codes, factors)
    if len(source.names) < 2:
        raise ValueError("modularity needs at least two factors that vary, got one")
    codes, factors = source.points(samples, rng)
    numbers = measure(mean_modularity, equal_width_bins(codes, bins), relabel(factors), rng, repeats)
    settings = {"codes": source.description, "points": len(codes), "bins": bins}
    return Score(numbers[0], "modularity", numbers[1], numbers[2], settings)


def mean_modularity(bins, factors):
    """Modularity of binned codes (n, latents) and factors (n, k), a float."""
    squares = mutual_information(bins, factors)[0] ** 2
    largest = squares.max(axis=1)
    informed = largest > 0
    others = (squares.sum(axis=1) - largest)[informed] / (largest[informed] * (squares.shape[1] - 1))
    return np.sum(1 - others) / len(squares)
