"""The covariance gap (Hassan's thesis, section 5.1)."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nn.type_hints import Seed

from .posterior import posterior_of
from .resampling import bootstrap_error
from .score import Score


def covariance_gap(
    mean: ArrayLike | Callable[[Any], Any], log_variance: Any, rng: Seed = 0, *,
    samples: int = 10_000, repeats: int = 20,
) -> Score:  # fmt: skip
    """How far the code's spread for one image is from the spread of the mean codes over all images; 0 or more.

        gap = 1/N sum_i || diag s^2(x_i) - Cov_x m(x) ||_F

    m and s^2 are mean and variance of q(z|x), Cov the empirical covariance over the images, ||A||_F the root of the sum
    of A's squares.  The thesis reads a small gap as disentanglement.  Mind what else makes it small: an inactive
    latent has s^2 = 1 and no spread of its means, which adds 1 to the square of the norm, so that the gap of a
    collapsed code is the root of the number of latents; and it is 0 where both spreads are 1/2.

    Parameters
    ----------
    mean, log_variance : arrays (n, latents), what `BetaVAE.encode` returns; or a function images -> (mean,
        log_variance) and a data set with factors, from which `samples` images are rendered.
    rng : numpy Generator or seed.
    repeats : resamples for the error.

    Returns a `Score` without a chance level, since there is no factor in it.
    """
    rng = np.random.default_rng(rng)
    mean, log_variance = posterior_of(mean, log_variance, rng, samples)
    variance = np.exp(log_variance)
    error = bootstrap_error(gap_of_covariances, (mean, variance), rng, repeats)
    return Score(gap_of_covariances(mean, variance), "covariance_gap", error, settings={"points": len(mean)})


def gap_of_covariances(mean, variance):
    """1/N sum_i || diag variance_i - Cov(mean) ||_F of two arrays (n, latents), a float.

    The off-diagonal part of the square is the same for all images.
    """
    covariance = np.atleast_2d(np.cov(mean, rowvar=False))
    spread = np.diag(covariance)
    off_diagonal = np.sum(covariance**2) - np.sum(spread**2)
    return np.mean(np.sqrt(np.sum((variance - spread) ** 2, axis=1) + max(off_diagonal, 0)))
