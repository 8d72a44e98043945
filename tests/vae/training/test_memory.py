"""Data stay as compact as they came while a model trains on them."""

import tracemalloc

import numpy as np
import pytest

import datasets
import vae
from vae.specification import Dense, Output

SMALL = vae.Architecture([Dense(8, "relu")], [Dense(8, "tanh"), Output()])


@pytest.mark.parametrize("corruption", [None, datasets.SaltAndPepper(0.2)])
def test_training_on_bytes_holds_a_batch_of_floats_and_no_more(corruption):
    images = np.random.default_rng(0).integers(256, size=(20_000, 28, 28, 1), dtype=np.uint8)
    model = vae.BetaVAE(SMALL, latent_dim=2, corruption=corruption, max_epochs=1, progress=False)
    tracemalloc.start()
    try:
        model.fit(images, validation=images)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    batch_of_floats = 4 * 100 * 28 * 28
    assert peak < 12 * batch_of_floats < images.nbytes / 2
