"""Denoising: what goes in is corrupted anew, what shall come out is clean."""

import numpy as np
import pytest

import datasets
import vae
from vae.training import Trainer


def inputs_and_targets(monkeypatch, model, images):
    """What every step's forward was given."""
    seen = []
    original = vae.Network.forward

    def watched(self, x, *, noise, target=None, training=False):
        if training:
            seen.append((x.copy(), target.copy()))
        return original(self, x, noise=noise, target=target, training=training)

    with monkeypatch.context() as patch:
        patch.setattr(vae.Network, "forward", watched)
        model.fit(images)
    return [np.stack(arrays) for arrays in zip(*seen, strict=True)]


def test_inputs_are_corrupted_anew_and_targets_stay_clean(monkeypatch, make_model, bars):
    images = np.tile(bars[:1], (16, 1, 1, 1))
    model = make_model(corruption=datasets.SaltAndPepper(0.4), max_epochs=30)
    inputs, targets = inputs_and_targets(monkeypatch, model, images)
    assert (targets == bars[0]).all()
    assert np.mean(inputs != bars[0]) == pytest.approx(0.2, abs=0.01)  # half of the pixels drawn anew stay the same
    assert np.mean(inputs[0] != inputs[1]) > 0.1


@pytest.mark.parametrize(("share", "corrupted"), [(0.0, 0), (0.5, 8), (0.9, 14), (1.0, 16)])
def test_only_a_share_of_each_batch_is_corrupted(monkeypatch, make_model, bars, share, corrupted):
    model = make_model(corruption=datasets.SaltAndPepper(1.0), corrupted_share=share, max_epochs=2)
    inputs, targets = inputs_and_targets(monkeypatch, model, bars[:16])
    changed = (inputs != targets).any(axis=(2, 3, 4)).sum(axis=1)
    np.testing.assert_array_equal(changed, corrupted)


def test_the_seed_reproduces_the_noise(make_model, bars):
    models = [make_model(corruption=datasets.SaltAndPepper(0.2)).fit(bars) for _ in range(2)]
    assert models[0].history_["objective"] == models[1].history_["objective"]
    assert models[0].history_["objective"] != make_model().fit(bars).history_["objective"]


def test_bytes_and_floats_are_corrupted_alike(make_model, bars):
    noise = datasets.GaussianNoise(0.3)
    one = make_model(corruption=noise).fit(bars)
    other = make_model(corruption=noise).fit((255 * bars).astype(np.uint8))
    assert one.history_["objective"] == other.history_["objective"]


def test_a_denoising_autoencoder_cleans_better_than_a_plain_one(make_model, bars):
    noise = datasets.SaltAndPepper(0.3)
    corrupted = noise(bars, np.random.default_rng(0))

    def error(model):
        return np.mean((model.fit(bars).reconstruct(corrupted) - bars) ** 2)

    settings = {"beta": 0.1, "latent_dim": 4, "max_epochs": 60}
    assert error(make_model(corruption=noise, **settings)) < 0.8 * error(make_model(**settings))


def test_a_step_of_bytes_takes_no_copy_of_the_data_set(bars):
    """Conversion happens a batch at a time."""
    network = vae.ARCHITECTURES["tiny"].build(3, np.random.default_rng(0), np.dtype("float32"))
    trainer = Trainer(network, learning_rate=1e-3, batch_size=4, rng=np.random.default_rng(1), device="cpu")
    taken = []

    class Bytes:
        dtype, shape = np.dtype(np.uint8), (16, 8, 6, 1)

        def __len__(self):
            return 16

        def __getitem__(self, key):
            batch = (255 * bars[:16]).astype(np.uint8)[key]
            taken.append(len(batch))
            return batch

    trainer.fit(Bytes(), None, epochs=1, patience=1, progress=False)
    assert taken == [4, 4, 4, 4]
