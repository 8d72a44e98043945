"""How many latents are in use."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nn.type_hints import Seed

from ..network.gaussian_code import INACTIVE, kl_to_prior
from .posterior import posterior_of
from .resampling import bootstrap_error
from .score import Score


def active_latents(
    mean: ArrayLike | Callable[[Any], Any], log_variance: Any, rng: Seed = 0, *,
    samples: int = 10_000, repeats: int = 20,
) -> Score:  # fmt: skip
    """The number of latents whose KL to the prior, averaged over images, is at least 0.1 nats.

    An inactive latent repeats the prior, whatever the image: m = 0, s = 1, KL = 0.  The metrics that count
    every latent (`modularity`, `covariance_gap`) count these too: ``settings["active"]`` lists the others.

    Parameters as in `covariance_gap`.  Returns a `Score` without a chance level.
    """
    rng = np.random.default_rng(rng)
    mean, log_variance = posterior_of(mean, log_variance, rng, samples)
    kl = kl_to_prior(mean, log_variance)  # (n, latents)
    error = bootstrap_error(lambda some: np.sum(some.mean(axis=0) >= INACTIVE), (kl,), rng, repeats)
    active = np.flatnonzero(kl.mean(axis=0) >= INACTIVE).tolist()
    settings = {"points": len(mean), "latents": kl.shape[1], "threshold": f"{INACTIVE} nats", "active": active}
    return Score(len(active), "active_latents", error, settings=settings)
