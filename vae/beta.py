"""What a beta means: it weighs a KL summed over latents against a likelihood that is summed or averaged over pixels."""

import math


def beta_norm(beta, latents, image_shape, reduction="sum"):
    """beta * latents / pixels, for a beta that weighs the sum over pixels (Higgins et al. 2017, section 3).

    It compares betas between image sizes.  A beta for the mean over pixels counts `pixels` times as much (`as_sum`).
    """
    return as_sum(beta, image_shape, reduction) * latents / math.prod(image_shape)


def as_sum(beta, image_shape, reduction="sum"):
    """The beta that does the same where the likelihood is summed over pixels: pixels * beta for ``"mean"``."""
    return beta * (math.prod(image_shape) if reduction == "mean" else 1)


def describe_beta(beta, latents, image_shape, reduction="sum"):
    """A beta with the convention that gives it a meaning, and its conversions, in words."""
    pixels, norm = math.prod(image_shape), beta_norm(beta, latents, image_shape, reduction)
    if reduction == "sum":
        convention = f"likelihood summed over {pixels} pixels"
    else:
        total = as_sum(beta, image_shape, reduction)
        convention = f"likelihood averaged over {pixels} pixels, which counts as {total:.4g} for their sum"
    return f"beta = {beta:g} ({convention}; beta_norm = {norm:.4g})"
