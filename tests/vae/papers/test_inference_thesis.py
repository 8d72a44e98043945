"""The experiments of the thesis on inference in the beta-VAE: what they measure, and tiny runs of each."""

import numpy as np
import pytest

import datasets
from vae.papers import inference_digits, inference_mixing, inference_position, inference_propositions
from vae.papers import inference_tractable as tractable


@pytest.fixture
def mnist(monkeypatch):
    """Two digits: a bar that stands and one that lies."""
    images = np.zeros((2, 28, 28, 1), np.uint8)
    images[0, 4:24, 12:16] = images[1, 12:16, 4:24] = 255
    monkeypatch.setattr(datasets, "load_mnist", lambda: datasets.LabelledImages(images, np.array([3, 7])))


def test_the_tractable_model_has_its_extrema_where_theory_says(tmp_path):
    settings = tractable.settings(2, 6, 1.0, 25, 0)
    rows = [setting | tractable.run(setting, tmp_path) for setting in settings]
    curves, best = tractable.curves_of(rows)
    assert best["elbo"] == best["mie"] == 1
    assert 1 <= best["tie_matched"] < tractable.collapse_of(settings[0])[0]
    assert all(tractable.claims_of(curves).values())
    assert [row["in_use"] for row in rows][::24] == [2, 0]
    assert set(tractable.draw(rows, None)) == {"inference_tractable"}


@pytest.mark.parametrize("case", range(3))
def test_the_propositions_hold_for_random_models(case, tmp_path):
    found = inference_propositions.run({"case": case}, tmp_path)
    for name in ("objective", "kl", "reconstruction"):
        assert found[f"{name}_never_rises"]
    assert found["elbo_best_at_1"]
    assert found["fixed_decoders_mie_best_at_1"]
    assert found["tie_best_from_noise_to_collapse"]
    assert found["identity_error"] < 1e-8
    assert found["split_of_kl_error"] < 1e-8


def test_the_mutual_information_is_that_of_samples():
    """-1/2 log(1 - r^2) for one latent, r being its correlation with the best prediction from x."""
    rng = np.random.default_rng(0)
    mixing, W, S = rng.normal(size=(3, 1)), rng.normal(size=(1, 3)), np.array([0.3])
    x = rng.normal(size=(200_000, 1)) @ mixing.T + np.sqrt(0.5) * rng.normal(size=(200_000, 3))
    z = x @ W.T + np.sqrt(S) * rng.normal(size=(200_000, 1))
    correlation = np.corrcoef(z[:, 0], (x @ W.T)[:, 0])[0, 1]
    information, rest = inference_propositions.split_of_kl(W, S, mixing, 0.5)
    assert information == pytest.approx(-0.5 * np.log(1 - correlation**2), abs=0.01)
    assert rest == pytest.approx((z.var() - 1 - np.log(z.var())) / 2, abs=0.01)


def moving_dot(directions):
    """A decoder that moves a dot of light from (10, 10) along a direction (x, y) for each latent."""

    def decode(z):
        images = np.zeros((len(z), 21, 21, 1))
        for image, (x, y) in zip(images, np.rint(10 + z @ directions).astype(int), strict=True):
            image[y, x] = 1
        return images

    return decode


def test_the_angle_between_two_motions():
    assert inference_position.motion(moving_dot(np.array([[2.0, 0.0], [0.0, 3.0]]))) == {
        "motion_0": pytest.approx(8), "motion_1": pytest.approx(12), "angle": pytest.approx(90),
    }  # fmt: skip
    assert inference_position.motion(moving_dot(np.array([[2.0, 0.0], [-2.0, 2.0]])))["angle"] == pytest.approx(45)
    assert np.isnan(inference_position.motion(moving_dot(np.array([[2.0, 0.0], [0.0, 0.0]])))["angle"])


@pytest.mark.parametrize("experiment", [inference_mixing, inference_position])
def test_runs_measure_both_sets_and_draw_all_terms(experiment, mnist, tmp_path):
    rows = []
    for setting in experiment.EXPERIMENT.settings["quick"]:
        folder = tmp_path / f"{setting['beta']}"
        folder.mkdir()
        setting = setting | {"images": 50, "max_epochs": 1}
        rows.append(setting | experiment.run(setting, folder) | {"status": "done"})
    assert all(row["elbo"] == pytest.approx(row["reconstruction"] - row["kl"]) for row in rows)
    figures = experiment.draw(rows, lambda row: tmp_path / f"{row['beta']}")
    assert [name.split("_", 2)[2] for name in figures] == ["terms", "plane_small", "plane_middle", "plane_large"]
    summary = inference_digits.summary(rows)
    assert "new images" in summary
    assert ("best linear model" in summary) == (experiment is inference_mixing)
