"""PyTorch's side of the comparisons: the objective of `vae.Network` once more, and how to carry arrays across.

PyTorch has channels second where we have them last, and weights with the output first.
"""

import math

import torch
from torch.nn import Linear
from torch.nn.functional import binary_cross_entropy_with_logits, mse_loss

_WEIGHT_TO_TORCH = {1: (0,), 2: (1, 0), 4: (3, 2, 0, 1)}  # by number of axes
_WEIGHT_FROM_TORCH = {1: (0,), 2: (1, 0), 4: (2, 3, 1, 0)}


def to_torch(x, dtype=torch.float64):
    """A copy with channels second: (batch, height, width, c) -> (batch, c, height, width); rows stay as they are."""
    return torch.tensor(x, dtype=dtype).movedim(-1, 1).contiguous()


def from_torch(x):
    """The way back: channels last."""
    return x.detach().movedim(1, -1).numpy()


def weight_to_torch(weight, dtype=torch.float64):
    """A copy of a parameter, or of its gradient, in PyTorch's layout; the same for both kinds of convolution."""
    return torch.tensor(weight, dtype=dtype).permute(_WEIGHT_TO_TORCH[weight.ndim]).contiguous()


def weight_from_torch(weight):
    """The way back."""
    return weight.detach().permute(_WEIGHT_FROM_TORCH[weight.ndim]).numpy()


def copy_parameters(layer, twin):
    """Give `twin` the weights of our layer or network; both name their parameters in the same order."""
    with torch.no_grad():
        for ours, theirs in zip(layer.parameters(), twin.parameters(), strict=True):
            weight = weight_to_torch(ours.data, theirs.dtype)
            assert weight.shape == theirs.shape, f"{ours} does not fit {tuple(theirs.shape)}"
            theirs.copy_(weight)


def bernoulli_nll(logits, target):
    """-log p(target), summed over everything, every pixel a coin."""
    return binary_cross_entropy_with_logits(logits, target, reduction="sum")


def gaussian_nll(mean, target):
    """-log p(target), summed over everything, every pixel normal with variance 1."""
    return (mse_loss(mean, target, reduction="sum") + math.log(2 * math.pi) * target.numel()) / 2


NLLS = {"bernoulli": bernoulli_nll, "gaussian": gaussian_nll}


class BetaVAETwin(torch.nn.Module):
    """The objective H = mean over the batch of [ -w log p(x|z) + beta KL(q(z|x) || N(0, I)) ].

    w is 1 with reduction "sum", 1 / pixels with "mean".
    images, target : (batch, c, height, width), the target being the images if None;  eps : (batch, latents).
    After a forward, `reconstruction`, summed over pixels, and `kl`, (latents,), are the two terms' means over the
    batch.
    """

    def __init__(self, encoder, features, latent_dim, decoder, beta, likelihood="bernoulli", reduction="sum"):
        super().__init__()
        self.encoder = encoder
        self.mean, self.log_variance = Linear(features, latent_dim), Linear(features, latent_dim)
        self.decoder = decoder
        self.beta, self.nll, self.reduction = beta, NLLS[likelihood], reduction

    def forward(self, images, eps, target=None):
        target = images if target is None else target
        mean, log_variance = self.distribution(images)
        deviation = torch.exp(log_variance / 2)
        reconstruction = self.nll(self.decoder(mean + deviation * eps), target) / len(images)
        kl = (mean**2 + deviation**2 - 1 - log_variance).mean(dim=0) / 2
        self.reconstruction, self.kl = reconstruction.detach(), kl.detach()
        if self.reduction == "mean":
            reconstruction = reconstruction / images[0].numel()
        return reconstruction + self.beta * kl.sum()

    def distribution(self, images):
        h = self.encoder(images)
        return self.mean(h), self.log_variance(h)
