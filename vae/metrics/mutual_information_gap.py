"""The mutual information gap, MIG (Chen et al. 2018; Hassan's thesis, eq. 6.1)."""

import numpy as np

from nn.type_hints import Seed

from .information import equal_width_bins, gap_of_top_two, mutual_information, relabel
from .resampling import measure
from .score import Score
from .source import Codes, Factors, source_of


def mutual_information_gap(
    codes: Codes, factors: Factors = None, rng: Seed = 0, *, samples: int = 10_000, bins: int = 20, repeats: int = 20
) -> Score:
    """How much more the best latent knows about a factor than the second best does: 0 to 1, higher is better.

        MIG = 1/K sum_k ( I(z_j*; v_k) - max_{j != j*} I(z_j; v_k) ) / H(v_k),     j* = argmax_j I(z_j; v_k)

    It sees whether ONE latent holds a factor; it does not see whether that latent holds other factors too.

    Parameters
    ----------
    codes, factors : arrays (n, latents) and (n, k) int; or a function images -> codes and a data set with factors.
    rng : numpy Generator or seed.
    samples : points to use, at most.
    bins : equal-width intervals for each latent.
    repeats : resamples for the error, and shuffles for the chance level (`measure`).

    Returns a `Score`.  Chance is not 0: finite samples give even independent latents some information.
    """
    rng, source = np.random.default_rng(rng), source_of(codes, factors)
    codes, factors = source.points(samples, rng)
    numbers = measure(gap, equal_width_bins(codes, bins), relabel(factors), rng, repeats)
    settings = {"codes": source.description, "points": len(codes), "bins": bins}
    return Score(numbers[0], "mutual_information_gap", numbers[1], numbers[2], settings)


def gap(bins, factors):
    """MIG of binned codes (n, latents) and factors (n, k), a float.  A factor without entropy is left out."""
    information, entropies = mutual_information(bins, factors)
    varying = entropies > 0
    return np.mean(gap_of_top_two(information)[varying] / entropies[varying])
