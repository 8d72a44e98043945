"""What the decoder's output says about the pixels: p(x|z)."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import nn


@dataclass(frozen=True)
class Likelihood:
    """A distribution of images around the decoder's output, each pixel independent of the others.

    nll : (output, target) -> (loss, doutput), -log p(target|z) as a loss of `nn.losses`: the mean over the batch.
    log_probability : (output, target) -> (batch,), log p(target|z) of every image by itself.
    mean : output -> the expected image.
    """

    nll: Callable
    log_probability: Callable
    mean: Callable


def _bernoulli_log_probability(logits, target):
    """sum_j [ l_j x_j - log(1 + exp(l_j)) ] (see `nn.losses.bernoulli_nll`)."""
    xp = nn.array_module(logits)
    return _sum_each(logits * target - xp.logaddexp(logits, xp.zeros_like(logits)))


def _gaussian_log_probability(mean, target):
    """-1/2 sum_j [ (x_j - m_j)^2 + log(2 pi) ]."""
    return _sum_each((target - mean) ** 2 + math.log(2 * math.pi)) / -2


def _sum_each(terms):
    return terms.reshape(len(terms), -1).sum(axis=1)


LIKELIHOODS = {
    "bernoulli": Likelihood(
        nn.losses.bernoulli_nll, _bernoulli_log_probability, mean=lambda logits: nn.Sigmoid().forward(logits)
    ),
    "gaussian": Likelihood(nn.losses.gaussian_nll, _gaussian_log_probability, mean=lambda mean: mean),
}
