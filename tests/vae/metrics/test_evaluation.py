import json
import sys

import numpy as np
import pytest

import vae
from vae import metrics


class Model:
    """A "beta-VAE" that finds the factors, with two inactive latents."""

    def encode(self, images):
        mean = np.concatenate([images.reshape(len(images), -1), np.zeros((len(images), 2))], axis=1)
        return mean, np.tile([-4.0, -4, -4, -4, 0, 0], (len(images), 1))

    def transform(self, images):
        return self.encode(images)[0]


ALL = {
    "difference_score", "beta_vae_score", "factor_vae_score", "mutual_information_gap", "disentanglement",
    "completeness", "informativeness", "sap_score", "modularity", "explicitness", "total_correlation",
    "covariance_gap", "active_latents",
}  # fmt: skip


def test_a_model_gets_every_metric_once_and_each_image_is_encoded_few_times(grid):
    scores = metrics.evaluate(Model(), grid, 0, repeats=2, progress=False)
    assert set(scores) == ALL
    assert scores["active_latents"] == 4
    for name in ("difference_score", "beta_vae_score", "factor_vae_score", "mutual_information_gap", "disentanglement"):
        assert scores[name] > 0.99
    table = str(scores).splitlines()
    assert len(table) == 1 + len(ALL)
    assert table[0].split() == ["metric", "score", "error", "chance", "settings"]
    assert "Model.transform" in table[1]


def test_codes_and_factors_get_the_metrics_that_need_no_model(half_mixed, factors):
    scores = metrics.evaluate(half_mixed, factors, only=("modularity", "sap_score"), progress=False)
    assert set(scores) == {"modularity", "sap_score"}
    with pytest.raises(ValueError, match="no metric covariance_gap, mig for these data: choose from difference_score"):
        metrics.evaluate(half_mixed, factors, only=("mig", "covariance_gap"))


def test_json_keeps_the_table(half_mixed, factors):
    scores = metrics.evaluate(half_mixed, factors, only=("modularity", "total_correlation"), progress=False)
    text = scores.to_json()
    assert json.loads(text)["modularity"]["settings"]["bins"] == 20
    again = metrics.Scores.from_json(text)
    assert str(again) == str(scores)
    assert {name: score.as_dict() for name, score in again.items()} == {
        name: score.as_dict() for name, score in scores.items()
    }


def test_what_cannot_be_told_from_chance_is_marked(factors, rng):
    scores = metrics.evaluate(rng.normal(size=(3000, 3)), factors, only=("mutual_information_gap",), progress=False)
    assert "not told from chance" in str(scores)


def test_a_metric_that_the_data_do_not_allow_is_left_out_with_a_warning():
    factors = np.arange(200)[:, None] % [4, 4]  # both change together
    with pytest.warns(UserWarning, match="difference_score is left out: no two of the 200 points"):
        scores = metrics.evaluate(factors, factors, only=("difference_score", "modularity"), progress=False)
    assert set(scores) == {"modularity"}


def test_unusable_codes_are_an_error_and_no_row_of_warnings(grid):
    with pytest.raises(ValueError, match="expected codes of shape"):
        metrics.evaluate(lambda images: images, grid, progress=False)


def test_progress_bars_name_the_metric_and_the_work_on_a_terminal_only(grid, monkeypatch, capsys):
    for terminal in (True, False):
        monkeypatch.setattr(sys.stderr, "isatty", lambda terminal=terminal: terminal, raising=False)
        metrics.evaluate(grid.flatten, grid, only=("modularity",))
        shown = capsys.readouterr().err
        assert all((words in shown) == terminal for words in ("modularity", "encoding", "image"))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    metrics.evaluate(grid.flatten, grid, only=("modularity",), progress=False)
    assert capsys.readouterr().err == ""


def test_baselines_are_representations(grid, rng):
    images = grid.render(grid.sample_factors(500, rng))
    for represent, latents in (
        (metrics.baselines.pixels, 4),
        (metrics.baselines.pca(images, 3), 3),
        (metrics.baselines.ica(images, 3), 3),
    ):
        assert represent(images).shape == (500, latents)
        score = metrics.mutual_information_gap(represent, grid)
        assert score > 0.2
    assert metrics.baselines.pca(images, 3).__qualname__ == "PCA(3)"


def test_linear_baselines_find_uncorrelated_codes_of_unit_variance(grid, rng):
    images = grid.render(grid.sample_factors(500, rng))
    for fit in (metrics.baselines.pca, metrics.baselines.ica):
        codes = fit(images, 4)(images)
        np.testing.assert_allclose(np.cov(codes, rowvar=False), np.eye(4), atol=0.01)


def test_independent_components_find_the_factors_where_principal_ones_mix_them(grid, rng):
    images = grid.render(grid.sample_factors(2000, rng))
    mixed = np.linalg.qr(rng.normal(size=(4, 4)))[0].astype(np.float32)
    represent = lambda images: images.reshape(-1, 4) @ mixed  # noqa: E731
    pixels = represent(images).reshape(-1, 2, 2, 1)
    ica, pca = metrics.baselines.ica(pixels, 4, 1), metrics.baselines.pca(pixels, 4)
    factors = grid.sample_factors(2000, rng)
    images = represent(grid.render(factors)).reshape(-1, 2, 2, 1)
    scores = [metrics.mutual_information_gap(fitted(images), factors) for fitted in (ica, pca)]
    assert scores[0] > scores[1] + 0.1


def test_an_untrained_encoder_is_a_baseline(rng):
    represent = metrics.baselines.untrained("tiny", 3, rng=0)
    images = rng.uniform(size=(700, 8, 6, 1))
    codes = represent(images)
    assert codes.shape == (700, 3)
    np.testing.assert_array_equal(codes, metrics.baselines.untrained("tiny", 3, rng=0)(images))
    network = vae.ARCHITECTURES["tiny"].build(3, np.random.default_rng(0), np.dtype("float32"))
    np.testing.assert_allclose(codes, network.encode(images.astype("float32"))[0], rtol=1e-4, atol=1e-5)
