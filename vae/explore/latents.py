"""What each latent carries, as the page's sliders show it."""

import numpy as np

from ..evaluation.latents import Latents

SMALLEST_SPREAD = 1e-6  # keeps a latent that never moves from being divided by 0


def describe_latents(mean, log_variance, pictures):
    """A dict for each latent, in the order of the code.

    mean, log_variance : (n, latents), q(z|x) of the n `Pictures`.

    ``kl`` is its mean KL in nats and ``active`` whether it carries anything; ``centre`` and ``spread`` are the mean and
    the standard deviation of z over images and noise, about 0 and 1 if the model keeps to its prior; ``factor`` are the
    factors that it follows, or None, and ``share`` what they explain of its variance (`evaluation.latents.Latents`).
    """
    latents = Latents.of(mean, log_variance, None if pictures.factors is None else pictures)
    spread = np.sqrt(mean.var(axis=0) + np.exp(log_variance).mean(axis=0))
    return [
        {
            "kl": float(latents.kl[j]),
            "active": not latents.inactive(j),
            "centre": float(mean[:, j].mean()),
            "spread": float(max(spread[j], SMALLEST_SPREAD)),
            "factor": " and ".join(latents.factors(j)) or None,
            "share": float(latents.explained[latents.factors(j)][j]) if latents.factors(j) else 0.0,
        }
        for j in range(len(latents))
    ]
