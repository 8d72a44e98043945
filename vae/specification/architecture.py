"""A whole network, specified: what stands between an image and its code, and between a code and its image."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

import nn
from nn.type_hints import Any, DType, Shape

from ..network.gaussian_code import GaussianCode
from ..network.network import Network
from .layers import Dense, Output, Reshape


@dataclass(frozen=True)
class Architecture:
    """What stands between an image and its code, and between a code and its image.

    The layer from the encoder's features to the code, two dense layers for mean and log variance, comes by itself.

    Parameters
    ----------
    encoder, decoder : lists of layers of `vae.specification`.  The decoder ends, without an activation, with the logits
        or means of an image.
    image_shape : (height, width, channels) of the images that it is for; None for whatever comes, as far as the
        layers can take it.  An architecture of dense layers then also takes vectors, (n, features).

    Raises TypeError for anything but layers of `vae.specification`; ValueError if they do not fit together, as soon as
    the shapes of images and code are known.
    """

    encoder: Sequence[Any]
    decoder: Sequence[Any]
    image_shape: Shape | None = None

    def __post_init__(self):
        for part in ("encoder", "decoder"):
            object.__setattr__(self, part, tuple(getattr(self, part)))
            for layer in getattr(self, part):
                if not hasattr(layer, "output_shape") and not isinstance(layer, Output):
                    raise TypeError(
                        f"{part} takes layers of vae.specification, such as Dense(512, 'relu'), got {layer!r}"
                    )
        if self.image_shape is not None:
            object.__setattr__(self, "image_shape", Reshape(self.image_shape).shape)
            self.plan(self.image_shape, latent_dim=1)

    def plan(self, image_shape: Shape, latent_dim: int) -> tuple[list[Any], list[Any]]:
        """(encoder, decoder), two lists of (layer, shape that comes into it).  Raises ValueError if they do not fit."""
        encoder = _plan("encoder", self.encoder, image_shape, image_shape)
        decoder = _plan("decoder", self.decoder, (latent_dim,), image_shape)
        made = _output_shape(decoder, (latent_dim,))
        if made != image_shape:
            raise ValueError(f"the decoder makes {made}, but the images are {image_shape}")
        return encoder, decoder

    def weights(self, image_shape: Shape, latent_dim: int) -> int:
        """The number of weights, without biases and batch norms."""
        encoder, decoder = self.plan(image_shape, latent_dim)
        features = math.prod(_output_shape(encoder, image_shape))
        return sum(layer.weights(shape) for layer, shape in encoder + decoder) + 2 * features * latent_dim

    def needs_two_images(self, image_shape: Shape, latent_dim: int) -> bool:
        """Whether one image alone leaves a batch normalisation with one number for each channel, of variance 0."""
        encoder, decoder = self.plan(image_shape, latent_dim)
        return any(
            getattr(layer, "batch_norm", False) and math.prod(layer.output_shape(shape)[:-1]) == 1
            for layer, shape in encoder + decoder
        )

    def build(
        self, latent_dim: int, rng: np.random.Generator, dtype: DType, image_shape: Shape | None = None, *,
        initial_code: float = 1.0, batch_norm_momentum: float = 0.999, **objective: Any,
    ) -> Network:  # fmt: skip
        """A `Network` with new random weights.

        initial_code, batch_norm_momentum : as for `BetaVAE`;  objective : what the network takes besides.
        """
        image_shape = image_shape or self.image_shape
        plans = self.plan(image_shape, latent_dim)
        encoder, decoder = (
            [made for layer, shape in plan for made in layer.build(shape, rng, dtype)] for plan in plans
        )
        features = _output_shape(plans[0], image_shape)
        if len(features) > 1:
            encoder.append(nn.Flatten())
        code = GaussianCode(math.prod(features), latent_dim, initial_scale=initial_code, rng=rng, dtype=dtype)
        for layer in encoder + decoder:
            if isinstance(layer, nn.BatchNorm):
                layer.momentum = batch_norm_momentum
        return Network(nn.Sequential(*encoder), code, nn.Sequential(*decoder), **objective)


def _plan(part, layers, shape, image_shape):
    """Each layer with the shape that comes into it; a mismatch names the layer and the shape."""
    plan = []
    for position, layer in enumerate(layers, 1):
        steps = [Dense(math.prod(image_shape)), Reshape(image_shape)] if isinstance(layer, Output) else [layer]
        for step in steps:
            plan.append((step, shape))
            try:
                shape = step.output_shape(shape)
            except ValueError as error:
                raise ValueError(f"layer {position} of the {part}, {layer}, got {shape}, but {error}") from error
    return plan


def _output_shape(plan, input_shape):
    if not plan:
        return input_shape
    layer, shape = plan[-1]
    return layer.output_shape(shape)
