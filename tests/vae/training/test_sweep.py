"""Many trainings side by side, and going on after an interruption."""

from functools import partial

import numpy as np
import pytest

from vae.training import sweep as sweep_module
from vae.inference import Truth, inference_terms
from vae.training.sweep import sweep

SETTINGS = [{"beta": beta, "random_state": seed} for beta in (0.1, 2.0) for seed in (0, 1)]


def score(model, images):
    return {"score": model.score(images), "beta": model.beta}


@pytest.fixture
def model(make_model, tiny_architecture):
    return make_model(architecture=tiny_architecture, latent_dim=2)


def test_it_trains_what_a_loop_would(model, bars):
    results = sweep(model, SETTINGS, bars, partial(score, images=bars), jobs=1)
    for setting, result in zip(SETTINGS, results, strict=True):
        assert result == score(model.set_params(**setting).fit(bars), bars)


def test_two_processes_give_the_same(model, bars):
    measure = partial(inference_terms, images=bars, truth=Truth(np.zeros((len(bars), 2)), np.eye(2)))
    alone, together = (sweep(model, SETTINGS, bars, measure, jobs=jobs) for jobs in (1, 2))
    for one, other in zip(alone, together, strict=True):
        assert one == pytest.approx(other, rel=1e-3)


def test_what_is_stored_is_not_trained_again(model, bars, tmp_path, monkeypatch):
    measure, store = partial(score, images=bars), tmp_path / "models.json"
    first = sweep(model, SETTINGS[:3], bars, measure, jobs=1, store=store)
    trained = []
    original = sweep_module._train_and_measure

    def watched(model, setting, *arguments):
        trained.append(setting)
        return original(model, setting, *arguments)

    monkeypatch.setattr(sweep_module, "_train_and_measure", watched)
    results = sweep(model, SETTINGS, bars, measure, jobs=1, store=store)
    assert trained == SETTINGS[3:]
    assert results[:3] == first


def test_a_store_of_another_sweep_or_a_damaged_one_is_refused(model, bars, tmp_path):
    measure, store = partial(score, images=bars), tmp_path / "models.json"
    sweep(model, SETTINGS[:1], bars, measure, jobs=1, store=store)
    with pytest.raises(ValueError, match=r"models.json holds results of another model or of other images"):
        sweep(model, SETTINGS[:1], bars[::-1].copy(), measure, jobs=1, store=store)
    with pytest.raises(ValueError, match="of another model"):
        sweep(model.set_params(max_epochs=7), SETTINGS[:1], bars, measure, jobs=1, store=store)
    store.write_text("{")
    with pytest.raises(ValueError, match="is not a sweep's file, or damaged"):
        sweep(model, SETTINGS[:1], bars, measure, jobs=1, store=store)
