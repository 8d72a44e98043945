"""PyTorch's side of the comparisons: the networks of `vae.ARCHITECTURES` once more, and how to carry arrays across.

PyTorch has channels second where we have them last, and weights with the output first.
"""

import torch
from torch.nn import BatchNorm1d, BatchNorm2d, Conv2d, ConvTranspose2d, Flatten, Linear, ReLU, Sequential, Tanh
from torch.nn import Unflatten, ZeroPad2d
from torch.nn.functional import binary_cross_entropy_with_logits

BATCH_NORM = {"eps": 1e-4, "momentum": 1e-3}

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


class BetaVAETwin(torch.nn.Module):
    """The objective H = mean over the batch of [ -log p(x|z) + beta KL(q(z|x) || N(0, I)) ].

    images, target : (batch, 1, 64, 64), the target being the images if None;  eps : (batch, latents).
    After a forward, `reconstruction` and `kl`, (latents,), are the two terms' means over the batch.
    """

    def __init__(self, encoder, features, latent_dim, decoder, beta):
        super().__init__()
        self.encoder = encoder
        self.mean, self.log_variance = Linear(features, latent_dim), Linear(features, latent_dim)
        self.decoder = decoder
        self.beta = beta

    def forward(self, images, eps, target=None):
        target = images if target is None else target
        mean, log_variance = self.distribution(images)
        deviation = torch.exp(log_variance / 2)
        logits = self.decoder(mean + deviation * eps)
        reconstruction = binary_cross_entropy_with_logits(logits, target, reduction="sum") / len(images)
        kl = (mean**2 + deviation**2 - 1 - log_variance).mean(dim=0) / 2
        self.reconstruction, self.kl = reconstruction.detach(), kl.detach()
        return reconstruction + self.beta * kl.sum()

    def distribution(self, images):
        h = self.encoder(images)
        return self.mean(h), self.log_variance(h)


def shapes_dense(latent_dim=10, beta=4.0):
    """4096 - 1200 - 1200 - code - 1200 - 1200 - 1200 - 4096."""
    encoder = Sequential(Flatten(), *_dense(4096, 1200, ReLU), *_dense(1200, 1200, ReLU))
    decoder = Sequential(
        *_dense(latent_dim, 1200, Tanh),
        *_dense(1200, 1200, Tanh),
        *_dense(1200, 1200, Tanh),
        Linear(1200, 4096),
        Unflatten(1, (1, 64, 64)),
    )
    return BetaVAETwin(encoder, 1200, latent_dim, decoder, beta)


def shapes_conv(latent_dim=10, beta=4.0):
    """1x64x64 - 16x32x32 - 32x16x16 - 1024 - code - 1024 - 64x8x8 - 16x16x16 - 4x32x32 - 1x64x64."""
    encoder = Sequential(
        *(ZeroPad2d((0, 1, 0, 1)), Conv2d(1, 16, 3, stride=2, bias=False), BatchNorm2d(16, **BATCH_NORM), ReLU()),
        *(ZeroPad2d((0, 1, 0, 1)), Conv2d(16, 32, 3, stride=2, bias=False), BatchNorm2d(32, **BATCH_NORM), ReLU()),
        ToRows(),
        *_dense(16 * 16 * 32, 1024, ReLU),
    )
    decoder = Sequential(
        *_dense(latent_dim, 1024, Tanh),
        *_dense(1024, 8 * 8 * 64, Tanh),
        ToImages(8, 8, 64),
        *(ConvTranspose2d(64, 16, 3, stride=2, bias=False), CropLast(), BatchNorm2d(16, **BATCH_NORM), Tanh()),
        *(ConvTranspose2d(16, 4, 3, stride=2, bias=False), CropLast(), BatchNorm2d(4, **BATCH_NORM), Tanh()),
        *(ConvTranspose2d(4, 1, 3, stride=2), CropLast()),
    )
    return BetaVAETwin(encoder, 1024, latent_dim, decoder, beta)


TWINS = {"shapes-dense": shapes_dense, "shapes-conv": shapes_conv}


class ToRows(torch.nn.Module):
    """(batch, c, height, width) -> (batch, height*width*c), in the order of our `nn.Flatten`."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


class ToImages(torch.nn.Module):
    """(batch, height*width*c) -> (batch, c, height, width), from the order of our `nn.Reshape`."""

    def __init__(self, *shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.unflatten(1, self.shape).permute(0, 3, 1, 2)


class CropLast(torch.nn.Module):
    """Cut off the last row and column: 2n + 1 pixels become the 2n of our padding="same"."""

    def forward(self, x):
        return x[:, :, :-1, :-1]


def _dense(n_in, n_out, activation):
    return Linear(n_in, n_out, bias=False), BatchNorm1d(n_out, **BATCH_NORM), activation()


def copy_parameters(layer, twin):
    """Give `twin` the weights of our layer or network; both name their parameters in the same order."""
    with torch.no_grad():
        for ours, theirs in zip(layer.parameters(), twin.parameters(), strict=True):
            weight = weight_to_torch(ours.data, theirs.dtype)
            assert weight.shape == theirs.shape, f"{ours} does not fit {tuple(theirs.shape)}"
            theirs.copy_(weight)
