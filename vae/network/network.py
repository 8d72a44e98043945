"""The beta-VAE as one differentiable function: images in, objective out."""

import math

import numpy as np

import nn
from nn.type_hints import Any, Array, Device, Scalar, Shape

from .gaussian_code import GaussianCode
from .likelihoods import LIKELIHOODS


class Network(nn.Layer):
    """H = mean over the batch of [ -w log p(x|z) + beta KL(q(z|x) || N(0, I)) ], to be minimised.

    Dissertation, eqs. 3.8 and 3.12: x -> encoder -> h -> code -> z -> decoder -> output -> likelihood of the target.
    log p is a sum over pixels, the KL a sum over latents; w = 1, or 1 / pixels to take the mean over pixels.

    x, target : (batch, height, width, channels), or (batch, features);  noise : (batch, latents).

    Parameters
    ----------
    encoder : layer, images -> features (batch, features).
    code : `GaussianCode`, features -> z.
    decoder : layer, z -> output in the shape of the images.
    beta : weight of the KL, at least 0.
    likelihood : "bernoulli" (pixels in [0, 1], the output are logits) or "gaussian" (the output is the mean of a
        normal distribution with variance 1).
    reduction : "sum" or "mean" of log p over pixels.

    After a forward, ``reconstruction`` holds the mean of -log p(x|z), summed over pixels whatever `reduction` is, and
    ``kl``, (latents,), the mean KL of each latent, both in nats.
    """

    def __init__(
        self, encoder: nn.Layer, code: GaussianCode, decoder: nn.Layer, *,
        beta: float = 1.0, likelihood: str = "bernoulli", reduction: str = "sum",
    ):  # fmt: skip
        self.encoder, self.code, self.decoder = encoder, code, decoder
        self.beta, self.likelihood, self.reduction = float(beta), likelihood, reduction

    def forward(self, x: Array, *, noise: Array, target: Array | None = None, training: bool = False) -> Scalar:
        """The objective H, a 0-d value.  `target` is what the output shall resemble: x itself if None."""
        h = self.encoder.forward(x, training=training)
        z = self.code.forward(h, noise=noise, training=training)
        output = self.decoder.forward(z, training=training)
        self.reconstruction, doutput = self._likelihood.nll(output, x if target is None else target)
        self.kl = self.code.kl.mean(axis=0)
        if self.reduction == "mean":
            doutput *= self.weight(x.shape[1:])
        self.save_for_backward(doutput, len(x))
        return self.objective(self.reconstruction, self.kl.sum(), x.shape[1:])

    def objective(self, reconstruction: Any, kl: Any, image_shape: Shape, beta: float | None = None) -> Any:
        """H from its two terms: w * reconstruction + beta * kl, with the network's beta if it is None."""
        return self.weight(image_shape) * reconstruction + (self.beta if beta is None else beta) * kl

    def weight(self, image_shape: Shape) -> float:
        """w, what a nat of the reconstruction counts in the objective."""
        return 1 / math.prod(image_shape) if self.reduction == "mean" else 1

    def backward(self, dy: float = 1.0) -> Array:
        return self.encoder.backward(self._backward_to_features(dy))

    def backward_parameters(self, dy: float = 1.0) -> None:
        self.encoder.backward_parameters(self._backward_to_features(dy))

    def _backward_to_features(self, dy):
        doutput, batch = self.saved()
        dz = self.decoder.backward(doutput * dy)
        return self.code.backward(dz, dkl=dy * self.beta / batch)

    @property
    def _likelihood(self):
        return LIKELIHOODS[self.likelihood]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the parameters."""
        return self.code.mean.weight.data.dtype

    @property
    def device(self) -> Device:
        """Where the parameters are, "cpu" or "gpu"."""
        return nn.forms.device_of(self.code.mean.weight.data)

    def encode(self, x: Array) -> tuple[Array, Array]:
        """Mean and log variance of q(z|x), each (batch, latents)."""
        return self.code.distribution(self.encoder.forward(x))

    def decode(self, z: Array) -> Array:
        """The expected image x' for each z: with the Bernoulli likelihood sigmoid(output), the probability of white."""
        return self._likelihood.mean(self.decoder.forward(z))

    def elbo(self, x: Array, *, noise: Array) -> Array:
        """log p(x|z) - KL for every image by itself, (batch,) in nats: in the mean over noise a bound of log p(x)."""
        z = self.code.forward(self.encoder.forward(x), noise=noise)
        return self._likelihood.log_probability(self.decoder.forward(z), x) - self.code.kl.sum(axis=1)

    def __repr__(self):
        return (
            f"Network(encoder={self.encoder!r}, code={self.code!r}, decoder={self.decoder!r}, beta={self.beta}, "
            f"likelihood={self.likelihood!r}, reduction={self.reduction!r})"
        )
