"""The true posterior of the sources, and the true inference error of a code."""

from itertools import permutations, product
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from datasets import DigitPositions, MixedDigits

from ..tractable.linear_gaussian import posterior

ROUNDING = 1 / 12  # variance of what rounding to whole pixels adds, evenly between -1/2 and 1/2


class TrueInferenceError(NamedTuple):
    """Nats per image, and how latents were matched to sources: latent `order[i]`, times `signs[i]`, for source i."""

    tie: float
    order: tuple[int, ...]
    signs: tuple[int, ...]


class Truth(NamedTuple):
    """p(s|x) = N(mean, precision^-1), the posterior of the sources that generated each image x."""

    mean: np.ndarray  # (n, k)
    precision: np.ndarray  # (k, k), the same for all images


def truth_of_mixed(data: MixedDigits) -> Truth:
    """The posterior of the sources of `datasets.MixedDigits`, exactly: x = A s + noise is linear and Gaussian."""
    B, precision = posterior(data.mixing, data.noise_variance)
    return Truth(data.images.reshape(len(data), -1) @ B.T, precision)


def truth_of_positions(data: DigitPositions) -> Truth:
    """The posterior of the sources of `datasets.DigitPositions`, nearly.

    An image shows the position, and position = A s + offset + what rounding added, taken as Gaussian with the same
    variance, 1/12.  (Of the positions that were clipped the posterior is another; with the default A they are rare.)
    """
    B, precision = posterior(data.mixing, ROUNDING)
    return Truth((data.positions - data.offset) @ B.T, precision)


def true_inference_error(mean: ArrayLike, log_variance: ArrayLike, truth: Truth) -> TrueInferenceError:
    """TIE = mean over x of KL( q(z|x) || p(s|x) ), at the signed permutation of the latents where it is smallest.

    q(z|x) = N(m, diag S) is the encoder's, p(s|x) = N(mu, P) the posterior of the true sources.  Both are Gaussian, so
    for each x (thesis on inference in the beta-VAE, Appendix 4)

        KL = 1/2 [ tr(P^-1 diag S) + (m - mu)^T P^-1 (m - mu) - k - log det P^-1 - log det diag S ].

    A latent stands for a source only by convention: hence the search over the 2^k k! ways to match them.

    mean, log_variance : (n, k), m and log S, as `BetaVAE.encode` returns them.
    truth : `Truth`, mu and P^-1.

    Raises ValueError for other shapes.
    """
    mean, log_variance, (true_mean, precision) = np.asarray(mean, float), np.asarray(log_variance, float), truth
    n, k = true_mean.shape
    if mean.shape != (n, k) or log_variance.shape != (n, k) or precision.shape != (k, k):
        raise ValueError(
            f"expected codes and true means (n, k) and a precision (k, k), got {mean.shape}, {log_variance.shape}, "
            f"{true_mean.shape} and {precision.shape}"
        )
    # Over the data, each term depends on the codes only through these moments.
    variances, log_dets = np.exp(log_variance).mean(axis=0), log_variance.sum(axis=1).mean()
    codes, crossed = mean.T @ mean / n, mean.T @ true_mean / n
    constant = np.sum(precision * (true_mean.T @ true_mean / n)) - k - np.linalg.slogdet(precision)[1]

    def tie(order, signs):
        flip = np.outer(signs, signs)
        distance = precision * (codes[np.ix_(order, order)] * flip - 2 * signs[:, None] * crossed[order, :])
        return (np.diag(precision) @ variances[order] + distance.sum() + constant - log_dets) / 2

    ways = [(order, signs) for order in permutations(range(k)) for signs in product((1, -1), repeat=k)]
    ties = [tie(np.array(order), np.array(signs)) for order, signs in ways]
    best = int(np.argmin(ties))
    return TrueInferenceError(float(ties[best]), *ways[best])
