"""Mean and log variance of q(z|x), as the unsupervised metrics take them."""

import numpy as np

from .source import Rendered


def posterior_of(mean, log_variance, rng, samples):
    """Two float64 arrays (n, latents), from two arrays; or from a function images -> both and a data set with factors.

    Raises ValueError if they are not of the same shape (n, latents), n >= 2, and finite.
    """
    if callable(mean):
        source = Rendered(mean, log_variance)
        parts = [mean(images) for images in source.images(source.draw(samples, rng))]
        mean, log_variance = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    mean, log_variance = np.asarray(mean, np.float64), np.asarray(log_variance, np.float64)
    if mean.ndim != 2 or mean.shape != log_variance.shape or len(mean) < 2:
        raise ValueError(
            f"expected mean and log variance of shape (n, latents) each, from encode, for at least two images; got "
            f"{mean.shape} and {log_variance.shape}"
        )
    if not (np.isfinite(mean).all() and np.isfinite(log_variance).all()):
        raise ValueError("mean and log variance must be finite")
    return mean, log_variance
