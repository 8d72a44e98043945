"""A beta-VAE small enough for tests, with convolutions, batch norms and all."""

import numpy as np
import pytest

import nn
import vae
from vae.architectures import Architecture


def build_tiny(latent_dim, rng, dtype):
    encoder = nn.Sequential(
        nn.Conv2D(1, 4, 3, 2, bias=False, initialiser=nn.he_normal, rng=rng, dtype=dtype),
        nn.BatchNorm(4, dtype=dtype),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dense(4 * 3 * 4, 16, rng=rng, dtype=dtype),
        nn.ReLU(),
    )
    decoder = nn.Sequential(
        nn.Dense(latent_dim, 32, bias=False, rng=rng, dtype=dtype),
        nn.BatchNorm(32, dtype=dtype),
        nn.Tanh(),
        nn.Dense(32, 48, rng=rng, dtype=dtype),
        nn.Reshape((8, 6, 1)),
    )
    return vae.Network(encoder, vae.GaussianCode(16, latent_dim, rng=rng, dtype=dtype), decoder)


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    """Makes the architecture "tiny", for images of 8x6, known."""
    monkeypatch.setitem(vae.ARCHITECTURES, "tiny", Architecture((8, 6, 1), build_tiny))


@pytest.fixture
def bars():
    """Binary images 8x6 of one horizontal bar and one vertical one: two factors."""
    images = np.zeros((8, 6, 8, 6, 1), np.float32)
    for row, column in np.ndindex(8, 6):
        images[row, column, row] = images[row, column, :, column] = 1
    return np.tile(images.reshape(-1, 8, 6, 1), (4, 1, 1, 1))


@pytest.fixture
def make_model():
    def make(**settings):
        defaults = {
            "latent_dim": 3, "beta": 0.5, "learning_rate": 1e-2, "batch_size": 16, "max_epochs": 3,
            "random_state": 0, "progress": False,
        }  # fmt: skip
        return vae.BetaVAE("tiny", **defaults | settings)

    return make
