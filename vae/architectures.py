"""The networks of the papers (dissertation, Table B.1)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import nn

from .gaussian_code import GaussianCode
from .network import Network


@dataclass(frozen=True)
class Architecture:
    """A network for images of one shape.

    image_shape : (height, width, channels);  build : (latent_dim, rng, dtype) -> `Network`.
    """

    image_shape: tuple
    build: Callable


def shapes_dense(latent_dim, rng, dtype):
    """4096 - 1200 - 1200 - code - 1200 - 1200 - 1200 - 4096."""
    encode, decode = _layer_makers(rng, dtype)
    encoder = nn.Sequential(
        nn.Flatten(),
        *encode(nn.Dense, 4096, 1200),
        *encode(nn.Dense, 1200, 1200),
    )
    decoder = nn.Sequential(
        *decode(nn.Dense, latent_dim, 1200),
        *decode(nn.Dense, 1200, 1200),
        *decode(nn.Dense, 1200, 1200),
        nn.Dense(1200, 4096, rng=rng, dtype=dtype),
        nn.Reshape((64, 64, 1)),
    )
    return Network(encoder, GaussianCode(1200, latent_dim, rng=rng, dtype=dtype), decoder)


def shapes_conv(latent_dim, rng, dtype):
    """64x64x1 - 32x32x16 - 16x16x32 - 1024 - code - 1024 - 8x8x64 - 16x16x16 - 32x32x4 - 64x64x1.

    All kernels are 3x3 with stride 2; another dense layer turns the decoder's 1024 into 8x8x64.
    """
    encode, decode = _layer_makers(rng, dtype)
    encoder = nn.Sequential(
        *encode(nn.Conv2D, 1, 16, kernel_size=3, stride=2),
        *encode(nn.Conv2D, 16, 32, kernel_size=3, stride=2),
        nn.Flatten(),
        *encode(nn.Dense, 16 * 16 * 32, 1024),
    )
    decoder = nn.Sequential(
        *decode(nn.Dense, latent_dim, 1024),
        *decode(nn.Dense, 1024, 8 * 8 * 64),
        nn.Reshape((8, 8, 64)),
        *decode(nn.ConvTranspose2D, 64, 16, kernel_size=3, stride=2),
        *decode(nn.ConvTranspose2D, 16, 4, kernel_size=3, stride=2),
        nn.ConvTranspose2D(4, 1, kernel_size=3, stride=2, rng=rng, dtype=dtype),
    )
    return Network(encoder, GaussianCode(1024, latent_dim, rng=rng, dtype=dtype), decoder)


ARCHITECTURES = {
    "shapes-dense": Architecture((64, 64, 1), shapes_dense),
    "shapes-conv": Architecture((64, 64, 1), shapes_conv),
}


def _layer_makers(rng, dtype):
    """Two functions that make one hidden layer, for the encoder and for the decoder.

    Encoder: He's initialisation and ReLU; decoder: Xavier's and tanh (section 3.2.5.1, Table B.1).
    """
    return (
        partial(_hidden_layer, nn.ReLU, initialiser=nn.he_normal, rng=rng, dtype=dtype),
        partial(_hidden_layer, nn.Tanh, initialiser=nn.xavier_uniform, rng=rng, dtype=dtype),
    )


def _hidden_layer(activation, linear, n_in, n_out, *, dtype, **arguments):
    """Linear map -> batch normalisation -> activation; no bias, which the normalisation would subtract (Fig 3.15)."""
    return linear(n_in, n_out, bias=False, dtype=dtype, **arguments), nn.BatchNorm(n_out, dtype=dtype), activation()
