"""A beta-VAE small enough for tests, with convolutions, batch norms and all."""

import numpy as np
import pytest

import vae
from vae.specification import Conv2D, Dense, Output

TINY = vae.Architecture(
    encoder=[Conv2D(4, 3, stride=2, activation="relu", batch_norm=True), Dense(16, "relu")],
    decoder=[Dense(32, "tanh", batch_norm=True), Output()],
    image_shape=(8, 6, 1),
)


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    """Makes the architecture "tiny", for images of 8x6, known."""
    monkeypatch.setitem(vae.ARCHITECTURES, "tiny", TINY)


@pytest.fixture
def tiny_architecture():
    """The same by itself, for other processes, where the name is not known."""
    return TINY


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
            "architecture": "tiny", "latent_dim": 3, "beta": 0.5, "learning_rate": 1e-2, "batch_size": 16,
            "max_epochs": 3, "random_state": 0, "progress": False,
        }  # fmt: skip
        return vae.BetaVAE(**defaults | settings)

    return make
