"""What a beta means: it weighs a KL summed over latents against a likelihood that is summed or averaged over pixels."""

import math

from nn import schedules


def beta_norm(beta, latents, image_shape, reduction="sum"):
    """beta * latents / pixels, for a beta that weighs the sum over pixels (Higgins et al. 2017, section 3).

    It compares betas between image sizes.  A beta for the mean over pixels counts `pixels` times as much (`as_sum`).
    """
    return as_sum(beta, image_shape, reduction) * latents / math.prod(image_shape)


def as_sum(beta, image_shape, reduction="sum"):
    """The beta that does the same where the likelihood is summed over pixels: pixels * beta for ``"mean"``."""
    return beta * (math.prod(image_shape) if reduction == "mean" else 1)


def describe_beta(beta, latents, image_shape, reduction="sum"):
    """A beta with the convention that gives it a meaning, and its conversions, in words.

    beta : a number, or a schedule: then the number where it comes to rest is converted.
    """
    end = schedules.end(beta)
    if math.isnan(end):
        return f"beta = {beta!r} ({describe_betas(latents, image_shape, reduction)})"
    norm = beta_norm(end, latents, image_shape, reduction)
    counts = "" if reduction == "sum" else f", which counts as {as_sum(end, image_shape, reduction):.4g} for their sum"
    words = f"{beta!r}, at the end {end:g}" if callable(beta) else f"{end:g}"
    return f"beta = {words} ({_likelihood(image_shape, reduction)}{counts}; beta_norm = {norm:.4g})"


def describe_betas(latents, image_shape, reduction="sum"):
    """The same for a list of betas."""
    norm = beta_norm(1, latents, image_shape, reduction)
    return f"{_likelihood(image_shape, reduction)}; beta_norm = {norm:.4g} beta"


def _likelihood(image_shape, reduction):
    return f"likelihood {'summed' if reduction == 'sum' else 'averaged'} over {math.prod(image_shape)} pixels"
