"""What each latent carries, as the page's sliders show it."""

import numpy as np

from ..evaluation.measures import kl_per_latent, variance_explained
from ..network.gaussian_code import INACTIVE

NAMED = 0.25  # a latent gets a factor's name if the factor explains so much of its variance


def describe_latents(mean, log_variance, factors, factor_names):
    """A dict for each latent, in the order of the code.

    mean, log_variance : (n, latents), q(z|x) of n images;  factors : (n, k) whole numbers from 0, or None.

    ``kl`` is its mean KL in nats and ``active`` whether that is at least `INACTIVE`; ``centre`` and ``spread`` are the
    mean and the standard deviation of z over images and noise, about 0 and 1 if the model keeps to its prior;
    ``factor`` and ``share`` are the factor that explains most of its variance, or None and 0.
    """
    kl = kl_per_latent(mean, log_variance)
    spread = np.sqrt(mean.var(axis=0) + np.exp(log_variance).mean(axis=0))
    latents = [
        {
            "kl": float(kl[j]), "active": bool(kl[j] >= INACTIVE), "centre": float(mean[:, j].mean()),
            "spread": float(max(spread[j], 1e-6)), "factor": None, "share": 0.0,
        }
        for j in range(mean.shape[1])
    ]  # fmt: skip
    if factors is not None:
        sizes = factors.max(axis=0) + 1
        shares = np.stack([variance_explained(mean, factors[:, [k]], sizes[[k]]) for k in range(len(sizes))])
        for j, latent in enumerate(latents):
            best = int(shares[:, j].argmax())
            if latent["active"] and shares[best, j] >= NAMED:
                latent |= {"factor": factor_names[best], "share": float(shares[best, j])}
    return latents
