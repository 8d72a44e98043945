"""Many trainings side by side, and going on after an interruption."""

import json
from functools import partial

import numpy as np
import pytest

from vae.metrics import Score
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


def given(model, result):
    return result


def numpy_score(model, images):
    elbo = model.elbo(images)
    return {
        "float32": elbo.mean(), "int64": np.int64(len(images)), "0-d": np.array(elbo.max()), "each": elbo[:3],
        "nested": {"codes": [model.transform(images[:2]), None]}, "bool": np.bool_(True), "score": Score(0.5, "sap"),
    }  # fmt: skip


def test_numbers_and_arrays_of_numpy_can_be_measured_and_stored(model, bars, tmp_path):
    measure, store = partial(numpy_score, images=bars), tmp_path / "new folder" / "models.json"
    stored = sweep(model, SETTINGS[:2], bars, measure, jobs=1, store=store)
    fitted = model.set_params(**SETTINGS[0]).fit(bars)
    assert stored[0]["float32"] == fitted.elbo(bars).mean()
    assert stored[0]["each"] == fitted.elbo(bars)[:3].tolist()
    assert np.shape(stored[0]["nested"]["codes"][0]) == (2, 2)
    assert stored[0]["bool"] is True
    assert type(stored[0]["score"]) is float
    model.set_params(beta=0.5, random_state=0)
    assert sweep(model, SETTINGS[:2], bars, measure, jobs=1) == stored
    assert len(json.loads(store.read_text())["results"]) == 2


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ({"elbo": {"x": [1.0, {2}]}}, r"measure\['elbo'\]\['x'\]\[1\] is set \{2\}: expected numbers, texts"),
        ({"code": np.array([1j])}, r"measure\['code'\]\[0\] is complex"),
        ({3: 1.0}, r"measure returned a dict with the key 3: keys must be texts"),
    ],
)
def test_what_json_cannot_hold_is_named(model, bars, tmp_path, result, words):
    with pytest.raises(TypeError, match=words):
        sweep(model, SETTINGS[:1], bars, partial(given, result=result), jobs=1, store=tmp_path / "models.json")


def test_a_store_needs_a_measure_that_is_known_by_name(model, bars, tmp_path):
    with pytest.raises(TypeError, match="with a store, measure must stand at the top level of a module"):
        sweep(model, SETTINGS[:1], bars, lambda model: {}, jobs=1, store=tmp_path / "models.json")
    assert sweep(model, SETTINGS[:1], bars, lambda model: {"beta": model.beta}, jobs=1) == [{"beta": 0.1}]


@pytest.mark.parametrize(
    ("settings", "store", "error", "words"),
    [
        ([*SETTINGS, {"beta": -1}], None, ValueError, "beta must be a number of at least 0, got -1"),
        ([*SETTINGS, {"betta": 1}], None, ValueError, "Invalid parameter 'betta'"),
        (SETTINGS, f"{__file__}/models.json", OSError, "cannot write into the folder"),
    ],
)
def test_mistakes_are_found_before_any_training(model, bars, monkeypatch, settings, store, error, words):
    monkeypatch.setattr(sweep_module, "_train_and_measure", None)
    with pytest.raises(error, match=words):
        sweep(model, settings, bars, score, jobs=1, store=store)


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
