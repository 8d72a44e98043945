"""The terms of the thesis's Figures 4 and 5, of a trained network and of the best linear one."""

from typing import Any

import numpy as np

from ..evaluation.measures import kl_per_latent
from ..tractable.linear_beta_vae import LinearBetaVAE
from .truth import Truth, true_inference_error


def inference_terms(model: Any, images: np.ndarray, truth: Truth) -> dict[str, float]:
    """The terms of Figures 4 and 5 for a trained `BetaVAE`: means over the images, in nats, as a dict.

    ``elbo`` = ``reconstruction`` - ``kl``, the reconstruction E_q log p(x|z) estimated with one z for each image; and
    ``tie`` (see `true_inference_error`), against the `Truth` of these images.
    """
    mean, log_variance = model.encode(images)
    elbo, kl = model.score(images), float(kl_per_latent(mean, log_variance).sum())
    tie = true_inference_error(mean, log_variance, truth).tie
    return {"elbo": elbo, "reconstruction": elbo + kl, "kl": kl, "tie": tie}


def linear_terms(mixing: np.ndarray, noise_variance: float, beta: float) -> dict[str, float]:
    """The same terms, exactly, of the best linear beta-VAE on x = A s + noise: no network can have a better objective.

    Of d dimensions only those that the k columns of A span carry a signal.  In all others, the noise alone, the best
    decoder outputs 0: each adds E log N(x; 0, 1) = -1/2 (log 2 pi + v) to the reconstruction.
    """
    d, k = mixing.shape
    solution = LinearBetaVAE(np.linalg.qr(mixing)[1], noise_variance, beta).solve()
    rest = -(d - k) / 2 * (np.log(2 * np.pi) + noise_variance)
    return {
        "elbo": solution.elbo + rest, "reconstruction": solution.reconstruction + rest,
        "kl": solution.kl, "tie": solution.tie_matched,
    }  # fmt: skip
