"""The networks of the papers, and how to write one's own."""

import math
from dataclasses import dataclass
from functools import partial

import nn

from .gaussian_code import GaussianCode
from .layers import Conv2D, ConvTranspose2D, Dense, Output, Reshape
from .network import Network


@dataclass(frozen=True)
class Architecture:
    """What stands between an image and its code, and between a code and its image.

    The layer from the encoder's features to the code, two dense layers for mean and log variance, comes by itself.

    Parameters
    ----------
    encoder, decoder : lists of `vae.layers`.  The decoder ends with the logits or means of an image: no activation.
    image_shape : (height, width, channels) of the images that it is for; None for whatever comes, as far as the
        layers can take it.  An architecture of dense layers then also takes vectors, (n, features).

    Raises TypeError for anything but `vae.layers`; ValueError if they do not fit together, as soon as the shapes of
    images and code are known.
    """

    encoder: tuple
    decoder: tuple
    image_shape: tuple | None = None

    def __post_init__(self):
        for part in ("encoder", "decoder"):
            object.__setattr__(self, part, tuple(getattr(self, part)))
            for layer in getattr(self, part):
                if not hasattr(layer, "output_shape") and not isinstance(layer, Output):
                    raise TypeError(f"{part} takes layers of vae.layers, such as Dense(512, 'relu'), got {layer!r}")
        if self.image_shape is not None:
            object.__setattr__(self, "image_shape", Reshape(self.image_shape).shape)
            self.plan(self.image_shape, latent_dim=1)

    def plan(self, image_shape, latent_dim):
        """(encoder, decoder), two lists of (layer, shape that comes into it).  Raises ValueError if they do not fit."""
        encoder = _plan("encoder", self.encoder, image_shape, image_shape)
        decoder = _plan("decoder", self.decoder, (latent_dim,), image_shape)
        made = _output_shape(decoder, (latent_dim,))
        if made != image_shape:
            raise ValueError(f"the decoder makes {made}, but the images are {image_shape}")
        return encoder, decoder

    def weights(self, image_shape, latent_dim):
        """The number of weights, without biases and batch norms."""
        encoder, decoder = self.plan(image_shape, latent_dim)
        features = math.prod(_output_shape(encoder, image_shape))
        return sum(layer.weights(shape) for layer, shape in encoder + decoder) + 2 * features * latent_dim

    def build(self, latent_dim, rng, dtype, image_shape=None, **objective):
        """A `Network` with new random weights; `objective` goes to it."""
        image_shape = image_shape or self.image_shape
        plans = self.plan(image_shape, latent_dim)
        encoder, decoder = (
            [made for layer, shape in plan for made in layer.build(shape, rng, dtype)] for plan in plans
        )
        features = _output_shape(plans[0], image_shape)
        if len(features) > 1:
            encoder.append(nn.Flatten())
        code = GaussianCode(math.prod(features), latent_dim, rng=rng, dtype=dtype)
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


_dense = partial(Dense, batch_norm=True)
_conv = partial(Conv2D, kernel_size=3, stride=2, batch_norm=True)
_conv_transpose = partial(ConvTranspose2D, kernel_size=3, stride=2, batch_norm=True)

ARCHITECTURES = {
    # Dissertation, Table B.1; batch normalisation before every hidden activation.
    "shapes-dense": Architecture(
        encoder=[_dense(1200, "relu"), _dense(1200, "relu")],
        decoder=[_dense(1200, "tanh"), _dense(1200, "tanh"), _dense(1200, "tanh"), Output()],
        image_shape=(64, 64, 1),
    ),
    "shapes-conv": Architecture(
        encoder=[_conv(16, activation="relu"), _conv(32, activation="relu"), _dense(1024, "relu")],
        decoder=[
            _dense(1024, "tanh"),
            _dense(8 * 8 * 64, "tanh"),
            Reshape((8, 8, 64)),
            _conv_transpose(16, activation="tanh"),
            _conv_transpose(4, activation="tanh"),
            ConvTranspose2D(1, 3, stride=2),
        ],
        image_shape=(64, 64, 1),
    ),
    "mnist-dense": Architecture(
        encoder=[_dense(512, "relu"), _dense(512, "relu")],
        decoder=[_dense(512, "tanh"), _dense(512, "tanh"), _dense(512, "tanh"), Output()],
        image_shape=(28, 28, 1),
    ),
    "mnist-conv": Architecture(
        encoder=[_conv(8, activation="relu"), _conv(16, activation="relu"), _dense(512, "relu")],
        decoder=[
            _dense(512, "tanh"),
            _dense(7 * 7 * 16, "tanh"),
            Reshape((7, 7, 16)),
            _conv_transpose(8, activation="tanh"),
            _conv_transpose(4, activation="tanh"),
            ConvTranspose2D(1, 3, stride=1),
        ],
        image_shape=(28, 28, 1),
    ),
    # Hassan, Tables 4.1 and 4.2.
    "frey-conv": Architecture(
        encoder=[
            Conv2D(32, 3, activation="relu"),
            Conv2D(64, 3, stride=2, activation="relu"),
            Conv2D(64, 3, activation="relu"),
            Conv2D(64, 3, activation="relu"),
            Dense(32, "relu"),
        ],
        decoder=[
            Dense(14 * 10 * 64, "relu"),
            Reshape((14, 10, 64)),
            ConvTranspose2D(32, 3, stride=2, activation="relu"),
            Conv2D(1, 3),
        ],
        image_shape=(28, 20, 1),
    ),
    # Mishra and Goutham, section 5: for 28x28x1 and 32x32x3.  The widths 12 and 24 are those for 12 latents.
    "digits-conv": Architecture(
        encoder=[
            Conv2D(64, 4, stride=2, activation="leaky_relu"),
            Conv2D(64, 4, stride=2, activation="leaky_relu"),
            Conv2D(64, 4, activation="leaky_relu"),
            Dense(12),
        ],
        decoder=[
            Dense(24, "leaky_relu"),
            Dense(49, "leaky_relu"),
            Reshape((7, 7, 1)),
            ConvTranspose2D(64, 4, stride=2, activation="relu"),
            ConvTranspose2D(64, 4, activation="relu"),
            ConvTranspose2D(64, 4, activation="relu"),
            Output(),
        ],
    ),
    # Thesis on inference in beta-VAE, "Model Architecture": for canvases of 40x40, and for any vectors.
    "mixing-dense": Architecture(
        encoder=[Dense(256, "tanh"), Dense(200, "tanh"), Dense(200, "tanh")],
        decoder=[Dense(200, "tanh"), Dense(200, "tanh"), Dense(256, "tanh"), Output()],
    ),
}
